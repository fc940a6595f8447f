"""How a kind of finding is declared: its patterns, a check of what they match, and what a text must have for any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import regex  # type: ignore[import-untyped]


class Clues:
    """What gates ask of a text, each found out once."""

    def __init__(self, text: str) -> None:
        """Count the digits; the rest waits until it is asked for."""
        self.text = text
        self.digits = sum(map(text.count, "0123456789"))

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()


@dataclass(frozen=True)
class Kind:
    """A kind and where it is: ``patterns`` are matched without regard to case unless they say ``(?-i:...)``.

    ``gate`` is necessary for a match and cheap; ``valid`` decides on what a pattern matched. A match is all of it, or
    what follows ``\\K``.
    """

    name: str
    patterns: tuple[str, ...]
    gate: Callable[[Clues], bool]
    valid: Callable[[str], bool] = bool
    score: float = 0.6

    @cached_property
    def compiled(self) -> tuple[regex.Pattern[str], ...]:
        """The patterns, made once."""
        return tuple(regex.compile(pattern, regex.IGNORECASE | regex.MULTILINE) for pattern in self.patterns)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where this kind is in a plain text."""
        return [
            match.span()
            for pattern in self.compiled
            for match in pattern.finditer(text)
            if match.end() > match.start() and self.valid(match.group())
        ]


def luhn(text: str) -> bool:
    """Return whether the digits of ``text`` end in the check digit of ISO/IEC 7812-1, annex B; all zeros do not."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    total = sum(sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0 and any(digits)
