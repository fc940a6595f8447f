"""A published table read as an attacker reads it: ``[17, 29]``, ``{a, b}``, ``*`` and nodes of a hierarchy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.checks.attacks.released_columns import Column, Intervals, People, Released, Sets
from quality.contracts.errors import GeowardError
from quality.contracts.untold import untold

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_INTERVAL = re.compile(rf"([\[\](])\s*({_NUMBER})\s*,\s*({_NUMBER})\s*([\])\[])")
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})")
_BEYOND = re.compile(rf"(<=|>=|<|>|≤|≥)\s*({_NUMBER})")

Domains = Mapping[str, Sequence[str]]
Nodes = Mapping[str, Mapping[str, Collection[str]]]


class UnreadableRelease(GeowardError):
    """A column has published values that are no interval, set or node of what its true values are."""

    def __init__(self, column: str, values: int) -> None:
        """Name the column and how many of its distinct values are meant."""
        super().__init__(
            f"Column {column}: {values} distinct published values are no interval, set or node.",
            mend=f"Name the hierarchy of {column}, or publish the column in one of these forms.",
        )


def domains_of(original: pa.Table, names: Collection[str]) -> dict[str, list[str]]:
    """Return the sorted categories of each column of ``names`` that is no number; the last, ``""``, is no value."""
    texts = {n: original[n].cast(pa.string()) for n in names if not _is_number(original[n].type)}
    return {name: [*sorted(set(filter(None, column.unique().to_pylist()))), ""] for name, column in texts.items()}


def read_people(original: pa.Table, names: Collection[str], domains: Domains) -> People:
    """Return the true values of ``names``: numbers, and of columns in ``domains`` the categories' numbers."""
    return {
        name: _numbers(original[name])
        if name not in domains
        else _category_numbers(original[name].cast(pa.string()), domains[name])
        for name in names
    }


def read_released(table: pa.Table, names: Collection[str], domains: Domains, nodes: Nodes | None = None) -> Released:
    """Return the published columns ``names``; raise ``UnreadableRelease`` rather than skip a value.

    Columns in ``domains`` hold categories: one, a set ``{a, b}``, a range ``[a, c]`` in the order of the domain, a
    node of ``nodes[column]`` (its name to its categories), or ``*``. Others hold numbers: one, ``[a, b]`` with open
    ends as ``(a, b)`` or ``]a, b[``, ``a-b``, ``<a``, ``>=a``, or ``*``. Null is no value.
    """
    found: dict[str, Column] = {}
    for name in names:
        column = table[name]
        if name not in domains and _is_number(column.type):
            values, codes = np.unique(_numbers(column), return_inverse=True)
            found[name] = Intervals(codes.astype(np.int64), values, values)
            continue
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode(null_encoding="encode")
        codes, texts = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()
        found[name] = _read(name, codes, texts, domains.get(name), (nodes or {}).get(name, {}))
    return found


@untold
def _read(
    name: str, codes: Any, texts: list[str | None], domain: Sequence[str] | None, nodes: Mapping[str, Collection[str]]
) -> Column:
    if domain is None:
        bounds = _all_read(name, texts, interval_of)
        return Intervals(codes, np.array([low for low, _ in bounds]), np.array([high for _, high in bounds]))
    order = {category: number for number, category in enumerate(domain)}
    members = np.zeros((len(texts), len(domain)), dtype=bool)
    for row, categories in enumerate(_all_read(name, texts, lambda text: categories_of(text, order, nodes))):
        members[row, [order[category] for category in categories]] = True
    return Sets(codes, members)


def _all_read(name: str, texts: list[str | None], read: Callable[[str | None], Any]) -> list[Any]:
    found = [read(text) for text in texts]
    if unread := sum(one is None for one in found):
        raise UnreadableRelease(name, unread)
    return found


def interval_of(text: str | None) -> tuple[float, float] | None:
    """Return the closed interval that a published number stands for; None if it is none. Null is (nan, nan)."""
    if text is None or text == "":
        return np.nan, np.nan
    if text == "*":
        return -np.inf, np.inf
    if inside := _INTERVAL.fullmatch(text):
        low, high = float(inside[2]), float(inside[3])
        return low if inside[1] == "[" else np.nextafter(low, np.inf), high if inside[4] == "]" else np.nextafter(
            high, -np.inf
        )
    if between := _RANGE.fullmatch(text):
        return float(between[1]), float(between[2])
    if beyond := _BEYOND.fullmatch(text):
        sign, limit = beyond[1], float(beyond[2])
        if sign[0] in "<≤":
            return -np.inf, limit if sign != "<" else np.nextafter(limit, -np.inf)
        return limit if sign != ">" else np.nextafter(limit, np.inf), np.inf
    return (float(text), float(text)) if re.fullmatch(_NUMBER, text) else None


def categories_of(text: str | None, order: Mapping[str, int], nodes: Mapping[str, Collection[str]]) -> list[str] | None:
    """Return the categories that a published value stands for; None if it is none of theirs. Null is no value."""
    if text is None or text == "":
        return [""]
    if text in order:
        return [text]
    if text in nodes:
        return [category for category in nodes[text] if category in order]
    if text == "*":
        return list(order)
    parts = _split(text[1:-1].split(", "), order) if text[:1] + text[-1:] in ("{}", "[]") else None
    if parts is None or text[0] == "{":
        return parts
    first, last = order[parts[0]], order[parts[-1]]
    return [category for category, number in order.items() if first <= number <= last and category]


def _split(parts: list[str], order: Mapping[str, int]) -> list[str] | None:
    """Return the categories whose texts, joined by ``", "``, are ``parts``: a category may hold a comma itself."""
    found = []
    while parts:
        length = next((n for n in range(len(parts), 0, -1) if ", ".join(parts[:n]) in order), 0)
        if not length:
            return None
        found.append(", ".join(parts[:length]))
        parts = parts[length:]
    return found


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _numbers(column: pa.ChunkedArray) -> Any:
    return column.cast(pa.float64(), safe=False).combine_chunks().fill_null(np.nan).to_numpy(zero_copy_only=False)


def _category_numbers(column: pa.ChunkedArray, domain: Sequence[str]) -> Any:
    found = pc.index_in(column.fill_null(""), pa.array(domain)).combine_chunks()
    if found.null_count:
        raise ValueError(f"{found.null_count} values are not in the column's domain")
    return found.to_numpy(zero_copy_only=False).astype(np.int64)
