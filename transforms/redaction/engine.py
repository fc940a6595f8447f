"""Find what points at a person in a text, with Presidio, without a language model and without the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from quality.contracts.errors import UsageError
from quality.policies.redaction import KINDS
from transforms.redaction.address_kinds import ADDRESS_KINDS
from transforms.redaction.contact_kinds import CARD_PATTERNS, CONTACT_KINDS
from transforms.redaction.device_kinds import DEVICE_KINDS
from transforms.redaction.finding import UNREAD, WHOLE, Finding, apart
from transforms.redaction.kind import Clues
from transforms.redaction.names import person_gate, person_spans
from transforms.redaction.numbers import NUMBER, SCORE, number_gate, number_spans
from transforms.redaction.phones import phone_gate, phone_spans
from transforms.redaction.place_kinds import PLACE_KINDS
from transforms.redaction.plain_text import plain_text
from transforms.redaction.towns import town_gate, town_spans

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

LONGEST = 20_000
"""Characters that are looked at. A longer text is one finding from end to end: nothing of it is let through."""

THRESHOLD = 0.4
"""Presidio's score from which a match counts."""


PASSES = 5
"""How often a text is looked at, at most, while something new is found."""

OF_WORDS = ("PERSON", "LOCATION", "ADDRESS")
"""Kinds that are looked for once: their words need what stands around them."""

_CUT_A_WORD = re.compile(r"[\w.:@/+#&$°-]\[|\[[\w@/+#&$°-]|\[[.:][^\s\[]")

Span = tuple[int, int, str, float]
"""Start, end, kind and score within a plain text."""


@dataclass(frozen=True)
class Spans:
    """A kind that code finds: ``spans`` returns where in a plain text, ``gate`` is necessary for any and cheap."""

    name: str
    spans: Callable[[str], Iterable[tuple[int, int]]]
    gate: Callable[[Clues], bool]
    score: float


class Model(Protocol):
    """A language model that a user has installed, such as a wrapped spaCy or GLiNER. None is installed here."""

    def spans(self, text: str) -> Iterable[tuple[int, int, str, float]]:
        """Return start, end, kind and score of what it finds in a plain text."""


OURS: tuple[Spans, ...] = (
    *(
        Spans(kind.name, kind.spans, kind.gate, kind.score)
        for kind in (*CONTACT_KINDS, *PLACE_KINDS, *DEVICE_KINDS, *ADDRESS_KINDS)
    ),
    Spans("PHONE_NUMBER", phone_spans, phone_gate, 0.6),
    Spans("PERSON", person_spans, person_gate, 0.5),
    Spans("LOCATION", town_spans, town_gate, 0.6),
)

_IBAN_LIKE = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2}")

_OURS = {kind.name: kind for kind in OURS}

GATES: dict[str, Callable[[Clues], bool]] = {
    **{kind.name: kind.gate for kind in OURS},
    "CREDIT_CARD": lambda clues: clues.digits >= 12,
    "IBAN_CODE": lambda clues: clues.digits >= 2 and _IBAN_LIKE.search(clues.text) is not None,
    NUMBER: number_gate,
}
"""Each kind with a condition that is necessary for it."""


def findings(
    text: str, *, kinds: Sequence[str] = KINDS, whole: bool = False, gated: bool = True, model: Model | None = None
) -> list[Finding]:
    """Return what of ``kinds`` is in ``text``, in its order, no two overlapping; ``whole``, all of it as one.

    ``gated`` off lets Presidio's analyzer ask every recognizer, which finds the same and takes longer: the measure of
    the short way, on which a text meets only the recognizers of kinds it may hold. What is left is looked at again:
    where something is taken out, what was inside a word stands alone. A long number is what no other kind has claimed.
    Raises ``UsageError`` for an unknown kind.
    """
    if whole:
        return [Finding(0, len(text), WHOLE, 1.0)] if text else []
    if len(text) > LONGEST:
        return [Finding(0, len(text), UNREAD, 1.0)]
    found: list[Finding] = []
    left, sought, more = text, [kind for kind in kinds if kind != NUMBER], model
    look = _gated if gated else _analyzed
    for _ in range(PASSES):
        plain = plain_text(left)
        new = look(plain.text, sought) if not found or _CUT_A_WORD.search(plain.text) else []
        if more is not None and plain.text:
            new += more.spans(plain.text)
        if not new and NUMBER in kinds and number_gate(Clues(plain.text)):
            new = [(start, end, NUMBER, SCORE) for start, end in number_spans(plain.text)]
        if not new:
            break
        placed = [Finding(*plain.place(start, end), kind, round(score, 2)) for start, end, kind, score in new]
        found += placed
        left, sought, more = _taken_out(left, placed), [kind for kind in sought if kind not in OF_WORDS], None
    return apart(found) if found else []


def _taken_out(text: str, found: Iterable[Finding]) -> str:
    """Return a text as long, with brackets for what was found: what stands instead of it begins and ends so."""
    signs = list(text)
    for one in found:
        signs[one.start : one.end] = "[" * (one.end - one.start)
    return "".join(signs)


def _gated(text: str, kinds: Sequence[str]) -> list[Span]:
    clues, found = Clues(text), []
    for name in kinds:
        if (gate := GATES.get(name)) is None:
            raise _no_kind()
        if not gate(clues):
            continue
        if kind := _OURS.get(name):
            found += [(start, end, name, kind.score) for start, end in kind.spans(text)]
        else:
            found += _spans(_presidios()[name].analyze(text, [name]))
    return found


def _no_kind() -> UsageError:
    return UsageError("Texts are not searched for a kind of that name.", mend=f"Known: {', '.join(GATES)}.")


def _analyzed(text: str, kinds: Sequence[str]) -> list[Span]:
    if not GATES.keys() >= set(kinds):
        raise _no_kind()
    return _spans(engine().analyze(text, language="en", entities=list(kinds))) if kinds else []  # of none, it asks all


def _spans(results: Iterable[Any]) -> list[Span]:
    found = [(result.start, result.end, result.entity_type, result.score) for result in results]
    return [one for one in found if one[3] >= THRESHOLD]


def findings_of(
    texts: Iterable[str | None], *, kinds: Sequence[str] = KINDS, whole: bool = False, model: Model | None = None
) -> list[list[Finding]]:
    """Return the findings of each text; equal texts are looked at once, null holds nothing."""

    @cache
    def once(text: str) -> list[Finding]:
        return findings(text, kinds=kinds, whole=whole, model=model)

    return [[] if text is None else once(text) for text in texts]


@cache
def engine() -> AnalyzerEngine:
    """Return Presidio's analyzer with all recognizers, made once in a process."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.app_tracer import AppTracer
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.pattern_recognizer import logger

    logger.disabled = True  # its errors hold the text, for one an IBAN that does not parse
    tracer = AppTracer()
    tracer.logger.disabled = True
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=_recognizers()),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}]),
        app_tracer=tracer,
        supported_languages=["en"],
        default_score_threshold=THRESHOLD,
    )


@cache
def _presidios() -> dict[str, Any]:
    """Return Presidio's own recognizers by kind."""
    known: Iterable[Any] = engine().registry.recognizers
    return {one.supported_entities[0]: one for one in known if one.name not in _OURS}


def _recognizers() -> list[EntityRecognizer]:
    from presidio_analyzer import EntityRecognizer, Pattern, RecognizerResult
    from presidio_analyzer import predefined_recognizers as known

    class Ours(EntityRecognizer):
        """One of our kinds as Presidio's recognizer. No pattern is given up after a time: none is slow."""

        def __init__(self, kind: Spans) -> None:
            super().__init__(supported_entities=[kind.name], name=kind.name)
            self.kind = kind

        def load(self) -> None:
            """There is nothing to load."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
            kind = self.kind
            return [RecognizerResult(kind.name, start, end, kind.score) for start, end in kind.spans(text)]

    cards = [Pattern(f"card {place}", pattern, 0.5) for place, pattern in enumerate(CARD_PATTERNS)]
    return [*map(Ours, OURS), known.CreditCardRecognizer(patterns=cards), known.IbanRecognizer()]
