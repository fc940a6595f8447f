"""What was found in a text: where and of which kind, never its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

UNREAD = "UNREAD"
"""The kind of a text that is too long to be looked at."""

WHOLE = "TEXT"
"""The kind of a text of which a policy leaves nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """``start`` and ``end`` are characters (code points) of the text as it was given; ``score`` is from 0 to 1."""

    start: int
    end: int
    kind: str
    score: float


def apart(found: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of the text, no two of which overlap.

    Of those that do, the longest stays; of equals that with the greater score, then the first by kind, then by place.
    What the losers cover beyond the winner stays covered: a winner grows over every loser that touches it.
    """
    kept: list[Finding] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, -f.score, f.kind, f.start)):
        touching = [other for other in kept if other.start < one.end and one.start < other.end]
        if not touching:
            kept.append(one)
            continue
        if all(other.start <= one.start and one.end <= other.end for other in touching):
            continue
        winner = min(touching, key=lambda f: (f.start - f.end, -f.score, f.kind, f.start))
        kept = [other for other in kept if other not in touching]
        start = min(one.start, *(other.start for other in touching))
        end = max(one.end, *(other.end for other in touching))
        kept.append(Finding(start, end, winner.kind, winner.score))
    return sorted(kept)
