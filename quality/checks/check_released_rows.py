"""Check an anonymous table of the lake: its classes, that it was proven, and that it is of the rows as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from quality.checks.differing_rows import differing_rows
from quality.checks.verdict import Verdict
from quality.contracts import DATE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def check_classes(df: DataFrame, quasi_ids: Sequence[str], k: int, declaration: str) -> Verdict:
    """Return whether each class of a day has at least ``k`` rows: fewer could not be of ``k`` persons.

    Asked of rows made by ``declaration``: another one may have asked for another k (``rows_as_they_are`` tells of
    those). A published row does not tell whose it is, so this is what anybody can count; persons are counted where rows
    are made (``days_released``).
    """
    from pyspark.sql import functions as F

    df = df.where(df["declaration"] == declaration)
    sizes = df.groupBy(DATE, *quasi_ids).count()
    found = sizes.agg(F.count_if(F.col("count") < k).alias("small"), F.min("count").alias("least")).first()
    assert found is not None  # an aggregate of nothing is a row too
    return Verdict(
        "classes_hold", found["small"] == 0, "Every class of equal rows of a day has at least k rows.",
        "Do not publish: report it as a defect.",
        {"k": k, "classes_below": found["small"], "least_rows": found["least"] or 0},
    )  # fmt: skip


def check_proven(df: DataFrame, proven: DataFrame, columns: Sequence[str]) -> Verdict:
    """Return whether the rows are those that were proven, or that were published before: all of them, and no other."""
    others, absent = (rows.count() for rows in differing_rows(df, proven, columns))
    return Verdict(
        "rows_proven", others == absent == 0, "Every published row was proven anonymous, or was out before.",
        "Do not publish. Make the table again: `geoward run TABLE --force`.",
        {"not_proven": others, "not_published": absent},
    )  # fmt: skip


def check_days(failed: Mapping[date, Collection[str]], undecided: Mapping[date, Collection[str]], k: int) -> Verdict:
    """Warn of days of which nothing is published, for what failed; ``k`` is the least persons of a class of any day.

    ``undecided`` are attacks on days of too few people, which the declaration accepts.
    """
    told = {f"failed {check}": days for check, days in _days_of(failed).items()}
    open_ = {f"undecided {check}": days for check, days in _days_of(undecided).items()}
    return Verdict(
        "days_released", not any(failed.values()), "Every day with rows is proven anonymous and of use, and published.",
        "See which check failed, and in docs/release-failures.md what mends it and at which cost.",
        {"least_persons": k, "days_not_released": sum(map(bool, failed.values())), **told, **open_}, "warn",
    )  # fmt: skip


def check_kept(days: Collection[date], others: Collection[date], release: str) -> Verdict:
    """Warn of days whose rows changed since they were published: new less old rows would tell who came or went.

    ``others`` are those of them that another declaration made: they are what that one promised.
    """
    return Verdict(
        "rows_as_they_are", not days, "The published rows are of the rows and the declaration of now.",
        f"Nothing need be done: release {release} makes a day's rows once. After `geoward withdraw` they are made "
        "anew; who kept both versions can then tell who came or went.",
        {"days_changed": len(days), "days_of_another_declaration": len(others)}, "warn",
    )  # fmt: skip


def _days_of(checks: Mapping[date, Collection[str]]) -> dict[str, int]:
    names = sorted({name for each in checks.values() for name in each})
    return {name: sum(name in each for each in checks.values()) for name in names}
