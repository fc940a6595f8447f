"""Find identifiers and places in texts with Presidio, without a language model and without the network."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from quality.checks.recognize_location import location_recognizers, places_in

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

THRESHOLD = 0.4
"""Presidio's score from which a match counts: what it gives a phone number without words around it."""

PHONE_REGIONS = ("US", "GB", "DE", "FR", "IN", "CN", "BR")
"""Where a number without a country code may be from; with one, any country's is found."""


_DIGIT = re.compile(r"\d")
_DIALLED = re.compile(r"\d(?:[\Wx]{0,4}\d){6}")
"""Seven digits at most four marks apart. Less is no person's number: some numbering plans would take a year for one."""

_IBAN_START = re.compile(r"[A-Z]{2}[0-9]{2}")


def scan_texts(texts: Iterable[str]) -> Counter[str]:
    """Return how many texts hold each entity type. A text is compared in Unicode form NFKC without invisible marks.

    Placeholders that redaction leaves, such as ``[EMAIL_ADDRESS]``, are no entities.
    """
    hits: Counter[str] = Counter()
    for text in texts:
        hits.update(entities_in(text))
    return hits


def entities_in(text: str) -> frozenset[str]:
    """Return the entity types found in one text."""
    plain = plain_text(text)
    possible = possible_entities(plain)
    if not possible:
        return frozenset()
    found = _engine().analyze(plain, language="en", entities=sorted(possible))
    return frozenset(r.entity_type for r in found if _holds(r.entity_type, plain, r.start, r.end))


def _holds(entity: str, text: str, start: int, end: int) -> bool:
    """Return whether a match is of enough digits: ``a::b`` is code, though it could be an address."""
    least = {"PHONE_NUMBER": _DIALLED, "IP_ADDRESS": _DIGIT}.get(entity)
    return least is None or least.search(text, start, end) is not None


def plain_text(text: str) -> str:
    """Return the text as people read it: full-width signs as plain ones, no zero-width characters."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def possible_entities(text: str) -> frozenset[str]:
    """Return the entity types that could match: each condition is necessary for its recognizer, none sufficient.

    Phone numbers cost by far the most and need digits close together, so most texts are never parsed.
    """
    digits = len(_DIGIT.findall(text))
    colons = text.count(":")
    conditions = {
        "EMAIL_ADDRESS": "@" in text,
        "URL": "://" in text or "www." in text.lower(),
        "IP_ADDRESS": (digits > 0 and colons >= 2) or (digits >= 4 and text.count(".") >= 3),
        "PHONE_NUMBER": digits >= 7 and _DIALLED.search(text) is not None,
        "US_SSN": digits >= 9,
        "CREDIT_CARD": digits >= 13,
        "IBAN_CODE": digits >= 2 and _IBAN_START.search(text) is not None,
    }
    possible = {entity for entity, holds in conditions.items() if holds}
    return frozenset(possible | places_in(text))


@cache
def _engine() -> AnalyzerEngine:
    for name in ("presidio-analyzer", "presidio_analyzer", "decision_process"):
        logging.getLogger(name).disabled = True  # its errors hold the text, for one an IBAN that does not parse
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognizers()),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}]),
        supported_languages=["en"],
        default_score_threshold=THRESHOLD,
    )


def recognizers() -> list[EntityRecognizer]:
    """Return the recognizers in use: Presidio's for identifiers, our own for links and places.

    E-mail addresses count whatever their domain, so no list of domain suffixes is consulted or fetched.
    """
    from presidio_analyzer import Pattern, PatternRecognizer
    from presidio_analyzer import predefined_recognizers as known

    email = PatternRecognizer("EMAIL_ADDRESS", name="EMAIL_ADDRESS", patterns=known.EmailRecognizer.PATTERNS)
    link = Pattern("link", r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s\[\]]+", 0.6)
    return [
        email,
        PatternRecognizer("URL", name="URL", patterns=[link]),
        known.PhoneRecognizer(supported_regions=PHONE_REGIONS),
        known.IpRecognizer(),
        known.CreditCardRecognizer(),
        known.IbanRecognizer(),
        known.UsSsnRecognizer(),
        *location_recognizers(),
    ]
