"""How many of what, in words for people."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``, ``0 addresses`` or ``1,000 entries``; for regular nouns."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("ry"):
        return f"{number:,} {noun[:-1]}ies"
    return f"{number:,} {noun}{'es' if noun.endswith('ss') else 's'}"
