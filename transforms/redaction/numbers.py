"""Numbers of seven digits or more that are of no other kind: whatever they are, they may point at a person."""

from __future__ import annotations

import re

from transforms.redaction.kind import Clues

NUMBER = "NUMBER"
DIGITS = 7
"""Fewer are no person's number in full."""

SCORE = 0.4

_SEPARATOR = r"[\sx().\[\]/~\u2044\u30fc\u2053-]"
_LONG = re.compile(rf"[+(]?[0-9](?:{_SEPARATOR}{{0,4}}[0-9]){{{DIGITS - 1},}}", re.IGNORECASE)
_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(
    rf"(?:{_YEAR}([-/.]){_MONTH}\1{_DAY}|{_DAY}/{_DAY}/{_YEAR})(?:\s[0-9]{{1,2}})?|{_YEAR}\s?[-/]\s?{_YEAR}"
)
"""Days, with the hour, and spans of years. With the day first and hyphens or dots a day may be a telephone number."""


def number_gate(clues: Clues) -> bool:
    """Return whether there are digits enough."""
    return clues.digits >= DIGITS


def number_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text holds a long number, days and spans of years apart."""
    return [match.span() for match in _LONG.finditer(text) if not _DATE.fullmatch(match.group())]
