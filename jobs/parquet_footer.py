"""How many values and bytes a Parquet footer says each column has.

Arrow says so too, but ends the process where the columns of a damaged footer are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_GROUPS, _COLUMNS, _ROWS, _META, _VALUES, _UNPACKED = 4, 1, 3, 3, 5, 6  # as parquet.thrift numbers them
_Wanted = dict[int, Any]
_WANTED: _Wanted = {_GROUPS: {_COLUMNS: {_META: {_VALUES: {}, _UNPACKED: {}}}, _ROWS: {}}}
_TAIL = 8
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _TEXT, _LISTS, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, (9, 10), 11, 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """A column of a row group: its values, nulls too, and its bytes when unpacked, but a repeated value once."""

    values: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class Group:
    """A row group."""

    rows: int
    chunks: tuple[Chunk, ...]


def row_groups(source: Path | BinaryIO) -> list[Group]:
    """Return the row groups of a file; raise ``ValueError`` for a footer that cannot be read."""
    try:
        read = _Compact(_footer(source)).struct(_WANTED)
        return [
            Group(_count(group[_ROWS]), tuple(_chunk(column[_META]) for column in group[_COLUMNS]))
            for group in read.get(_GROUPS, ())
        ]
    except (LookupError, TypeError, RecursionError):
        raise ValueError("no footer of Parquet") from None


def _chunk(meta: dict[int, Any]) -> Chunk:
    return Chunk(_count(meta[_VALUES]), _count(meta[_UNPACKED]))


def _count(read: Any) -> int:
    if not isinstance(read, int) or read < 0:
        raise ValueError("no count")
    return read


def _footer(source: Path | BinaryIO) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _footer(file)
    size = source.seek(0, os.SEEK_END)
    source.seek(max(size - _TAIL, 0))
    length = int.from_bytes(source.read(_TAIL)[:4], "little")
    source.seek(max(size - _TAIL - length, 0))
    return source.read(length)


class _Compact:
    """Reads what Thrift's compact protocol wrote: of structs the numbers and structs that are wanted."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._place = raw, 0

    def struct(self, wanted: _Wanted) -> dict[int, Any]:
        found, number = {}, 0
        for number, kind in self._fields():
            if number in wanted:
                found[number] = self._value(kind, wanted[number])
            else:
                self._skip(kind)
        return found

    def _fields(self) -> Iterator[tuple[int, int]]:
        number = 0
        while (head := self._byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._whole()
            yield number, head & 15

    def _value(self, kind: int, wanted: _Wanted) -> Any:
        if kind == _STRUCT:
            return self.struct(wanted)
        if kind in _LISTS:
            size, of = self._list()
            return [self._value(of, wanted) for _ in range(size)]
        return self._whole()

    def _skip(self, kind: int, *, within: bool = False) -> None:
        """Pass a value; a truth has a byte of its own only ``within`` a list or map."""
        if kind == _STRUCT:
            for _, of in self._fields():
                self._skip(of)
        elif kind in _LISTS:
            size, of = self._list()
            for _ in range(size):
                self._skip(of, within=True)
        elif kind == _MAP:
            size = self._varint()
            kinds = self._byte() if size else 0
            for _ in range(size):
                self._skip(kinds >> 4, within=True)
                self._skip(kinds & 15, within=True)
        elif kind == _TEXT:
            length = self._varint()
            self._place += length
        elif kind == _DOUBLE:
            self._place += 8
        elif kind == _BYTE or (kind in (_TRUE, _FALSE) and within):
            self._place += 1
        elif kind not in (_TRUE, _FALSE):
            self._varint()

    def _list(self) -> tuple[int, int]:
        head = self._byte()
        return (head >> 4 if head >> 4 != 15 else self._varint()), head & 15

    def _whole(self) -> int:
        coded = self._varint()
        return (coded >> 1) ^ -(coded & 1)

    def _varint(self) -> int:
        made = shift = 0
        while (byte := self._byte()) & 128:
            made |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("no number")
        return made | byte << shift

    def _byte(self) -> int:
        byte = self._raw[self._place]
        self._place += 1
        return byte
