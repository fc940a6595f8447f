"""Read a generalization hierarchy from the text of a CSV file as ARX writes it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO

from quality.contracts.errors import ConfigError
from transforms.anonymity.coded_table import Hierarchy
from transforms.anonymity.hierarchies import Line, contradiction, hierarchy_of


def parse_hierarchy(text: str, values: Sequence[str], *, column: str, null: bool = False) -> Hierarchy:
    """Return the hierarchy that ``text`` states for the distinct ``values`` of a column, numbered as they come.

    There is no header; ``;`` or ``,`` separates, ``"`` quotes. A line holds a value, its generalizations and the
    root, which is the same in all lines (``*`` in most). Values may be missing in the column, not in the text. A label
    means one node of its level. Raises ``ConfigError`` with the line and the column of the file at fault.
    """
    lines, places = _lines(text, column)
    _refuse_ragged(lines, places, column)
    _refuse_repeated(lines, places, column)
    if found := contradiction(lines):
        raise _refused(column, places[found[0]], found[1] + 1, "contradicts a line before: one node has two parents")
    for line, place in zip(lines, places, strict=True):
        if line[-1] != lines[0][-1]:
            raise _refused(column, place, len(line), "is not the root: the last column is the same in all lines")
    return hierarchy_of(lines, values, column=column, null=null)


def _lines(text: str, column: str) -> tuple[list[Line], list[int]]:
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line), "")
    delimiter = ";" if ";" in re.sub('"[^"]*"', "", first) else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, places = [], []
    try:
        for line in reader:
            if line:
                lines.append(tuple(line))
                places.append(reader.line_num)
    except csv.Error:
        raise _refused(column, reader.line_num, 1, "cannot be read: a quote is not closed or not at an end") from None
    if not lines:
        raise ConfigError(f"The hierarchy of {column} has no line.")
    return lines, places


def _refuse_ragged(lines: Sequence[Line], places: Sequence[int], column: str) -> None:
    width = len(lines[0])
    if width < 2:
        raise _refused(column, places[0], 1, "is alone: a line holds a value and at least the root")
    for line, place in zip(lines, places, strict=True):
        if len(line) != width:
            at = min(len(line), width) + 1
            raise _refused(column, place, at, f"ends the table's shape: {len(line)} columns where line 1 has {width}")


def _refuse_repeated(lines: Sequence[Line], places: Sequence[int], column: str) -> None:
    seen: dict[str, int] = {}
    for line, place in zip(lines, places, strict=True):
        if seen.setdefault(line[0], place) != place:
            raise _refused(column, place, 1, f"repeats the value of line {seen[line[0]]}")


def _refused(column: str, line: int, at: int, problem: str) -> ConfigError:
    return ConfigError(f"The hierarchy of {column}, line {line}, column {at} {problem}.", mend="Mend the CSV file.")
