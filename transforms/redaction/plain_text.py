"""Texts as people read them: full-width and styled signs as plain ones, invisible marks gone, with the way back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

_SIGNS = str.maketrans({**dict.fromkeys("º˚", "°"), **dict.fromkeys("‘’‛′´`ʹʼ", "'"), **dict.fromkeys("“”„‟", '"'),
                        "″": '"', "∆": "Δ", "−": "-", "﹣": "-", "\u00ad": ""})  # fmt: skip
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Marks that nobody sees although Unicode does not count them as format characters (UAX 44, Default_Ignorable)."""
_STEP = re.compile(r".[\u0300-\u036f\u3099\u309a\uff9e\uff9f]+|[^\x00-\x7f]", re.DOTALL)
"""A letter with its marks, or a sign beyond ASCII: the rest is as it is."""


@dataclass(frozen=True)
class PlainText:
    """``text`` and the ``original`` that it is the plain form of."""

    text: str
    original: str

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` is in the original; ``end`` is greater than ``start``."""
        if self.text is self.original:
            return start, end
        return self._places[start][0], self._places[end - 1][1]

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        places: list[tuple[int, int]] = []
        at = 0
        for step in _STEP.finditer(self.original):
            places += zip(range(at, step.start()), range(at + 1, step.start() + 1), strict=True)
            places += [step.span()] * len(_plain(step.group()))
            at = step.end()
        return places + list(zip(range(at, len(self.original)), range(at + 1, len(self.original) + 1), strict=True))


def plain_text(text: str) -> PlainText:
    """Return ``text`` in form NFKC (UAX 15), with ASCII's digits, hyphens and quotation marks, nothing invisible.

    A letter and its marks are one step: what comes of them is all of them in the original.
    """
    return PlainText(text if text.isascii() else _STEP.sub(lambda step: _plain(step.group()), text), text)


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    if cluster.isascii():
        return cluster
    form = unicodedata.normalize("NFKC", cluster.translate(_SIGNS)).translate(_SIGNS)
    return "".join(_sign(sign) for sign in form)


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    if kind == "Pd":
        return "-"
    if kind in {"Zs", "Zl", "Zp"}:
        return " "
    invisible = kind == "Cf" or sign in _BLANKS or "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return "" if invisible else sign
