"""Pseudonyms, retention dates and storage region of the rows that are about to be published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from quality.checks.hex_digits import is_hex
from quality.checks.row_check import Numbers, RowCheck, count_where, judge_together
from quality.checks.verdict import Verdict
from quality.contracts import Contract, Sensitivity

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_DIGITS = 32
_PADDING = "0" * 12
"""Zeros at an end: a padded counter. A keyed hash ends or begins like this once in 2^47 values."""


def check_pseudonyms(df: DataFrame, contract: Contract) -> Verdict:
    """Return ``pseudonym_well_formed``: 32 lower-case hex digits, not padded, present where required."""
    return judge_together(df, [pseudonyms_row_check(df, contract)])[0]


def check_retention(df: DataFrame, today: date) -> Verdict:
    """Return ``retention_date_present``: each row has ``retain_until``, and it is not before ``today``."""
    return judge_together(df, [retention_row_check(df, today)])[0]


def pseudonyms_row_check(df: DataFrame, contract: Contract) -> RowCheck:
    """Return the pseudonym check, to be judged together with others on ``df``."""
    from pyspark.sql import functions as F

    columns = [c for c in contract if c.sensitivity is Sensitivity.PSEUDONYM]
    absent = [c.name for c in columns if c.name not in df.columns]
    aggregates = {}
    for column in columns:
        if column.name in absent:
            continue
        value = df[column.name]
        wrong = ~is_hex(value, _DIGITS) | value.startswith(_PADDING) | value.endswith(_PADDING)
        aggregates[column.name] = count_where(F.coalesce(wrong, F.lit(column.required)))

    def judge(numbers: Numbers) -> Verdict:
        failed = sorted({name for name, wrong in numbers.items() if wrong} | set(absent))
        return Verdict(
            "pseudonym_well_formed",
            not failed,
            "Every pseudonym is 128 bits of keyed hash in lower-case hex.",
            "Build these columns with the pseudonymizing transform, never from an identifier itself.",
            {"columns": len(columns), "malformed": int(sum(numbers.values())), "failed_on": ", ".join(failed)},
        )

    return RowCheck(aggregates, judge)


def retention_row_check(df: DataFrame, today: date) -> RowCheck:
    """Return the retention check, to be judged together with others on ``df``."""
    from pyspark.sql import functions as F

    aggregates: dict[str, Column] = {"rows": F.count(F.lit(1))}
    if "retain_until" in df.columns:
        until = F.to_date(df["retain_until"])
        aggregates |= {"missing": count_where(until.isNull()), "past": count_where(until < F.lit(today))}

    def judge(numbers: Numbers) -> Verdict:
        missing = int(numbers.get("missing", numbers["rows"]))
        past = int(numbers.get("past", 0))
        return Verdict(
            "retention_date_present",
            "missing" in numbers and not missing and not past,
            "Every row says until when it may be kept, and that day has not passed.",
            "Rows past their day belong in no run: narrow the run's dates, or state its retention in the policy.",
            {"rows": int(numbers["rows"]), "missing": missing, "past": past, "today": today.isoformat()},
        )

    return RowCheck(aggregates, judge)


def check_region(paths: Sequence[Path], root: Path) -> Verdict:
    """Return ``region_stays_home``: every path, and every link below it, ends below the region's ``root``."""
    home = root.resolve()
    outside = sum(not _below(path, home) for path in paths)
    leaving = sum(not _below(entry, home) for path in paths for entry in _links(path))
    return Verdict(
        "region_stays_home",
        not outside and not leaving,
        "Files of a region lie below the region's storage root.",
        "Point the region's storage at its own root and remove links that lead out of it.",
        {"paths": len(paths), "outside": outside, "links_out": leaving},
    )


def _below(path: Path, home: Path) -> bool:
    target = path.resolve()
    return target != home and target.is_relative_to(home)


def _links(path: Path) -> list[Path]:
    return [entry for entry in path.rglob("*") if entry.is_symlink()] if path.is_dir() else []
