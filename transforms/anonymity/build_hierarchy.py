"""Build a generalization hierarchy of a column's values as a release declares it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from quality.contracts.errors import ConfigError
from quality.contracts.untold import untold
from quality.releases.attributes import Dates, HierarchyBuild, Intervals, Order, Redaction
from transforms.anonymity.build_hierarchy_of_dates import lines_of_dates
from transforms.anonymity.coded_table import Hierarchy
from transforms.anonymity.hierarchies import ROOT, Line, hierarchy_of

LONGEST_TEXT = 64


@untold
def build_hierarchy(build: HierarchyBuild, values: Sequence[Any], *, column: str, null: bool = False) -> Hierarchy:
    """Return the hierarchy of the distinct ``values`` of a column, numbered as they come; ``null`` adds one of its own.

    ``Intervals`` takes numbers and labels a half-open interval ``[20, 40[``; ``Order`` takes texts and labels a group
    by its ends, ``[low, high]``; ``Dates`` takes dates or times, ``2026-11``; ``Redaction`` texts, ``12***``. Raises
    ``ConfigError`` with the count of values that the declaration is not for.
    """
    line_of: dict[type, Callable[[Any, Sequence[Any], str], list[Line]]] = {
        Intervals: _intervals,
        Order: _order,
        Dates: lines_of_dates,
        Redaction: _redaction,
    }
    lines = line_of[type(build)](build, values, column)
    return hierarchy_of(lines, [str(value) for value in values], column=column, null=null)


def _intervals(build: Intervals, values: Sequence[Any], column: str) -> list[Line]:
    numbers = [number for value in values if (number := _decimal(value)) is not None]
    if wrong := len(values) - len(numbers):
        raise ConfigError(f"Intervals are for numbers; {wrong} values of {column} are none.")
    start, width = Decimal(str(build.start)), Decimal(str(build.width))
    lines = []
    for value, number in zip(values, numbers, strict=True):
        steps, rest = divmod(number - start, width)  # of decimals, as they are written: 0.3 begins [0.3, 0.4[
        at = int(steps) - (rest < 0)
        labels = [str(value)]
        for level in range(build.levels):
            size = build.fanout**level
            low = start + (at // size) * size * width
            labels.append(f"[{_plain(low)}, {_plain(low + size * width)}[")
        lines.append((*labels, ROOT))
    return lines


def _order(build: Order, values: Sequence[Any], column: str) -> list[Line]:
    domain = build.values or tuple(str(value) for value in values)
    lines = [[value] for value in domain]
    size = build.fanout
    while size < len(domain):
        for at, line in enumerate(lines):
            group = domain[at - at % size : at - at % size + size]
            line.append(f"[{group[0]}, {group[-1]}]" if len(group) > 1 else group[0])
        size *= build.fanout
    return [(*line, ROOT) for line in lines]


def _redaction(build: Redaction, values: Sequence[Any], column: str) -> list[Line]:
    texts = [str(value) for value in values]
    longest = max(map(len, texts), default=0)
    if longest > LONGEST_TEXT:
        wrong = sum(len(text) > LONGEST_TEXT for text in texts)
        raise ConfigError(
            f"Redaction is for short texts; {wrong} of {column} have more than {LONGEST_TEXT} characters."
        )
    return [(*(_redacted(text, count, build.side) for count in range(longest)), ROOT) for text in texts]


def _redacted(text: str, count: int, side: str) -> str:
    count = min(count, len(text))
    return text[: len(text) - count] + "*" * count if side == "right" else "*" * count + text[count:]


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
