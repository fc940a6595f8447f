"""How top and bottom coding is published: ``<=18`` stands for 18 and whatever is less, ``>=90`` for 90 and more."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.releases.attributes import QuasiIdentifier

_INTERVAL = re.compile(r"\[(.+), (.+)([\][])")


def tell_limits(
    texts: Sequence[str], positions: NDArray[np.float64], declared: QuasiIdentifier, *, nodes: bool = False
) -> list[str]:
    """Return what is published of the sorted values at ``positions`` (m,), each ``texts`` (m,): a limit is open.

    ``nodes`` says that texts are nodes above the values: then the end of an interval that a limit lies in is open, and
    other names stay. Whether anybody was beyond a limit is not told: a value at it is open too.
    """
    size = len(positions)
    low = texts[0] if size and positions[0] == declared.bottom else None
    high = texts[size - 1] if size and positions[-1] == declared.top else None
    return [_told(text, "<=" if text == low else "", ">=" if text == high else "", nodes) for text in texts]


def _told(text: str, under: str, over: str, nodes: bool) -> str:
    if not nodes:
        return f"{under}{over}{text}"
    found = _INTERVAL.fullmatch(text)
    return f"[{under}{found[1]}, {over}{found[2]}{found[3]}" if found else text
