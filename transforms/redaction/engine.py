"""Find what points at a person in a text, with Presidio, without a language model and without the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from transforms.redaction.address_kinds import ADDRESS_KINDS
from transforms.redaction.contact_kinds import CARD_PATTERNS, CONTACT_KINDS
from transforms.redaction.device_kinds import DEVICE_KINDS
from transforms.redaction.finding import Finding, apart
from transforms.redaction.kind import Clues
from transforms.redaction.names import person_gate, person_spans
from transforms.redaction.phones import phone_gate, phone_spans
from transforms.redaction.place_kinds import PLACE_KINDS
from transforms.redaction.plain_text import plain_text

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

LONGEST = 20_000
"""Characters that are looked at. A longer text is one finding from end to end: nothing of it is let through."""

UNREAD = "UNREAD"
"""The kind of a text that is too long to be looked at."""

THRESHOLD = 0.4
"""Presidio's score from which a match counts."""


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
)

_IBAN_LIKE = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2}")

_OURS = {kind.name: kind for kind in OURS}

GATES: dict[str, Callable[[Clues], bool]] = {
    **{kind.name: kind.gate for kind in OURS},
    "CREDIT_CARD": lambda clues: clues.digits >= 12,
    "IBAN_CODE": lambda clues: clues.digits >= 2 and _IBAN_LIKE.search(clues.text) is not None,
}
"""Each kind with a condition that is necessary for it."""

KINDS: tuple[str, ...] = tuple(sorted(GATES))


def findings(
    text: str, *, kinds: Sequence[str] = KINDS, gated: bool = True, model: Model | None = None
) -> list[Finding]:
    """Return what of ``kinds`` is in ``text``, in its order, no two overlapping.

    ``gated`` off lets Presidio's analyzer ask every recognizer, which finds the same and takes longer: the measure of
    the short way, on which a text meets only the recognizers of kinds it may hold.
    """
    if len(text) > LONGEST:
        return [Finding(0, len(text), UNREAD, 1.0)]
    plain = plain_text(text)
    found = _gated(plain.text, kinds) if gated else _analyzed(plain.text, kinds)
    if model is not None and plain.text:
        found += model.spans(plain.text)
    if not found:
        return []
    return apart(Finding(*plain.place(start, end), kind, round(score, 2)) for start, end, kind, score in found)


def _gated(text: str, kinds: Sequence[str]) -> list[tuple[int, int, str, float]]:
    clues, found = Clues(text), []
    for name in kinds:
        if not GATES[name](clues):
            continue
        if kind := _OURS.get(name):
            found += [(start, end, name, kind.score) for start, end in kind.spans(text)]
        else:
            found += _spans(_presidios()[name].analyze(text, [name]))
    return found


def _analyzed(text: str, kinds: Sequence[str]) -> list[tuple[int, int, str, float]]:
    return _spans(engine().analyze(text, language="en", entities=list(kinds)))


def _spans(results: Iterable[Any]) -> list[tuple[int, int, str, float]]:
    found = [(result.start, result.end, result.entity_type, result.score) for result in results]
    return [one for one in found if one[3] >= THRESHOLD]


def findings_of(texts: Iterable[str | None], *, model: Model | None = None) -> list[list[Finding]]:
    """Return the findings of each text; equal texts are looked at once, null holds nothing."""

    @cache
    def once(text: str) -> list[Finding]:
        return findings(text, model=model)

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
