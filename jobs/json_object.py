"""One field of a JSON object, found in its text: all else stays as it came, to the last digit of a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from json.decoder import WHITESPACE, JSONDecoder, scanstring  # type: ignore[attr-defined]
from typing import Any, cast

_scan = cast(Callable[[str, int], tuple[str, int]], scanstring)


class KeyTwice(ValueError):
    """An object has a key twice: readers differ in which of the two they see."""


@dataclass(frozen=True, slots=True)
class Found:
    """A field's value, and what stands before and after it; of an object without the field, its keys only."""

    keys: int
    value: Any = None
    around: tuple[str, str] | None = None


def find_field(text: str, field: str) -> Found:
    """Return where ``field`` is in a JSON object; raise ``ValueError`` for what is none, ``KeyTwice`` where it is two.

    Objects within the object are held to the same.
    """
    text = text.strip(" \t\r\n")
    keys, value, around = set[str](), None, None
    end = _past(text, 0, "{")
    while text[end : end + 1] != "}" or keys:
        if text[end : end + 1] != '"':
            raise ValueError("no key")
        key, end = _scan(text, end + 1)
        begin = _past(text, end, ":")
        one, end = _DECODER.raw_decode(text, begin)
        if key in keys:
            raise KeyTwice
        keys.add(key)
        if key == field:
            value, around = one, (text[:begin], text[end:])
        end = WHITESPACE.match(text, end).end()
        if text[end : end + 1] == "}":
            break
        end = _past(text, end, ",")
    if end + 1 != len(text):
        raise ValueError("more than an object")
    return Found(len(keys), value, around)


def _past(text: str, place: int, sign: str) -> int:
    """Return the place after ``sign`` and the spaces around it; raise ``ValueError`` if it is not there."""
    place = WHITESPACE.match(text, place).end()
    if text[place : place + 1] != sign:
        raise ValueError("another sign")
    return int(WHITESPACE.match(text, place + 1).end())


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(made := dict(pairs)) != len(pairs):
        raise KeyTwice
    return made


_DECODER = JSONDecoder(object_pairs_hook=_once)
