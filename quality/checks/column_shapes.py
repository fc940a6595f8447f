"""Whether columns hold what their declaration says, told from the values alone."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from quality.checks.hex_digits import digits_of, is_hex
from quality.checks.row_check import Numbers, RowCheck, count_where
from quality.checks.verdict import Verdict
from quality.contracts import Contract, Sensitivity

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

FEWEST_ROWS = 30
"""Rows from which the spread of a column says something."""

_ANGLES = ("", "degree")


def shape_row_check(df: DataFrame, contract: Contract) -> RowCheck:
    """Return the structural half of ``no_direct_identifier``: patterns, allowed sets and columns like coordinates.

    Names do not matter. A pair of floating-point columns fails when one lies within 90, the other within 180, and most
    values of both have three decimals or more (111 m or finer). Columns declared in another unit than degrees, such as
    a speed, fail only if they also keep to a place: a mean of more than three standard deviations over 30 rows or more.
    """
    strings = {c.name: c for c in contract if (c.pattern or c.allowed) and c.type == "string" and c.name in df.columns}
    numbers = [f.name for f in df.schema.fields if f.dataType.simpleString() in ("double", "float")]
    declared = {c.name for c in contract if c.unit not in _ANGLES}
    direct = [c.name for c in contract if c.sensitivity is Sensitivity.DIRECT_ID]
    aggregates = {f"text.{n}": count_where(~_fits(df[n], c.pattern, c.allowed)) for n, c in strings.items()}
    for name in numbers:
        aggregates |= _number_shape(name, df[name])

    def judge(found: Numbers) -> Verdict:
        odd = [name for name in strings if found[f"text.{name}"]]
        pairs = [p for p in permutations(numbers, 2) if _like_coordinates(found, *p, declared)]
        failed = [f"{name}: pattern" for name in odd] + [f"{name}: direct identifier" for name in direct]
        failed += [f"{latitude}/{longitude}: coordinates" for latitude, longitude in pairs[:1]]
        return Verdict(
            "columns_well_shaped",
            not failed,
            "Structured texts match their contract and no two columns look like coordinates.",
            "Build these columns as their contract describes them.",
            {"mismatched": int(sum(found[f"text.{name}"] for name in strings)), "failed_on": ", ".join(failed)},
        )

    return RowCheck(aggregates, judge)


def _fits(value: Column, pattern: str, allowed: tuple[str, ...]) -> Column:
    from pyspark.sql import functions as F

    fits = F.lit(True)
    if pattern:
        fits = fits & _matches(value, pattern)
    return fits & value.isin(*allowed) if allowed else fits


def _matches(value: Column, pattern: str) -> Column:
    """Return whether the value matches; Java's $ also does before a final line break, which \\z does not."""
    if digits := digits_of(pattern):
        return is_hex(value, digits)
    if pattern.endswith("$") and pattern.count("$") == 1 and not pattern.endswith(r"\$"):
        return value.rlike(pattern[:-1] + r"\z")
    return value.rlike(pattern) & ~value.rlike(r"[\n\r\u0085\u2028\u2029]\z")


def _number_shape(name: str, value: Column) -> dict[str, Column]:
    from pyspark.sql import functions as F

    x = F.when(~F.isnan(value), value.cast("double"))
    hundredfold = F.abs(x * 100)
    return {
        f"rows.{name}": F.count(x),
        f"most.{name}": F.max(F.abs(x)),
        f"fine.{name}": count_where(F.abs(hundredfold - F.rint(hundredfold)) > 1e-6),
        f"mean.{name}": F.avg(x),
        f"spread.{name}": F.stddev_pop(x),
    }


def _like_coordinates(found: Numbers, latitude: str, longitude: str, declared: set[str]) -> bool:
    return all(
        found[f"rows.{name}"] > 0
        and found[f"most.{name}"] <= limit
        and found[f"fine.{name}"] * 2 > found[f"rows.{name}"]
        and (name not in declared or _keeps_to_a_place(found, name))
        for name, limit in ((latitude, 90), (longitude, 180))
    )


def _keeps_to_a_place(found: Numbers, name: str) -> bool:
    return found[f"rows.{name}"] >= FEWEST_ROWS and abs(found[f"mean.{name}"]) > 3 * found[f"spread.{name}"]
