"""Whether the counts of a release reach the floor, and whether the persons behind them exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.checks.hex_digits import is_hex
from quality.checks.persons import with_person
from quality.checks.row_check import Numbers, RowCheck, count_where, judge_together
from quality.checks.verdict import Verdict

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_RESOLUTION_BITS = 0xF << 52
"""Where an H3 index keeps its resolution (H3 index bit layout, mode 1)."""

_FIRST_MONDAY = 3 * 86_400
"""1970-01-01 was a Thursday: seconds to add so that weeks begin on Monday."""


def check_floor(release: DataFrame, k: int) -> Verdict:
    """Return ``k_reached``: published rows count at least ``k`` persons and suppressed rows count none."""
    return judge_together(release, [floor_row_check(release, k)])[0]


def floor_row_check(release: DataFrame, k: int) -> RowCheck:
    """Return the floor check, to be judged together with others on ``release``."""
    from pyspark.sql import functions as F

    status, persons = release["status"], release["persons"]
    published, suppressed = status.eqNullSafe("published"), status.eqNullSafe("suppressed")
    aggregates = {
        "published": count_where(published),
        "suppressed": count_where(suppressed),
        "other_status": count_where(~published & ~suppressed),
        "below_k": count_where(published & (F.coalesce(persons, F.lit(0)) < k)),
        "suppressed_with_count": count_where(suppressed & persons.isNotNull()),
        "floor_too_low": count_where(F.coalesce(release["k"], F.lit(0)) < k),
    }
    faults = ("other_status", "below_k", "suppressed_with_count", "floor_too_low")

    def judge(numbers: Numbers) -> Verdict:
        return Verdict(
            "k_reached",
            not any(numbers[fault] for fault in faults),
            f"Every published count is of at least {k} persons, and a suppressed row tells no count.",
            "Coarsen or suppress these groups; the floor is `release.k` in the policy.",
            {**{name: int(value) for name, value in numbers.items()}, "k": k},
        )

    return RowCheck(aggregates, judge)


def recount_crowds(release: DataFrame, pings: DataFrame, *, k: int, links: DataFrame | None = None) -> Verdict:
    """Return ``crowds_recounted``: the persons whom ``release`` (curated.mobility) counts exist in ``pings``.

    ``pings`` are the rows of protected.pings that the release was allowed to use. For each published cell and slot,
    the distinct persons among the pings inside that cell and slot must be at least the published count, which must be
    at least ``k``. More is fine: a coarse row leaves out what was published finer. Accounts that share a device are one
    person; ``links`` (actor_key, device_key) are those of ``pings`` unless given. Parents of cells come from the bits
    of the index and slots from seconds, not from the release's own code.
    """
    from pyspark.sql import functions as F

    published = release.where(F.col("status") == "published").select(
        _index(F.col("cell")).alias("tile"), _resolution(_index(F.col("cell"))).alias("resolution"),
        F.col("slot_hours"), F.col("slot_start").isNull().alias("weekly"), _stated_slot().alias("slot"),
        F.col("persons").alias("stated"),
    )  # fmt: skip
    shape = ["resolution", "weekly", "slot_hours"]
    shapes = [tuple(row) for row in published.select(*shape).distinct().collect()]
    keys = ["tile", *shape, "slot"]
    seen = _seen(with_person(pings, pings if links is None else links), [s for s in shapes if None not in s])
    asked = seen.join(published.select(*keys).distinct(), on=keys, how="leftsemi")  # most are of no published group
    found = asked.groupBy(*keys).agg(F.countDistinct("person").alias("found"))
    recounted = published.join(found, on=keys, how="left")
    persons, stated = F.coalesce("found", F.lit(0)), F.coalesce("stated", F.lit(0))
    row = recounted.agg(
        F.count(F.lit(1)).alias("published"),
        count_where(persons < stated).alias("overcounted"),
        count_where((persons < k) | (stated < k)).alias("below_k"),
        F.coalesce(F.sum(stated), F.lit(0)).alias("persons_stated"),
        F.coalesce(F.sum(persons), F.lit(0)).alias("persons_found"),
    ).collect()[0]
    return Verdict(
        "crowds_recounted",
        not row["overcounted"] and not row["below_k"],
        "An independent recount finds the persons behind every published count.",
        "Build the release again from the pings its purpose allows; count persons, not accounts or rows.",
        {**row.asDict(), "k": k},
    )


def _seen(rows: DataFrame, shapes: list[tuple[int, bool, int]]) -> DataFrame:
    """Return who was in which tile and slot, for each (resolution, weekly, slot_hours) that the release has."""
    from pyspark.sql import functions as F

    index, seconds = F.col("index"), F.unix_seconds("event_time")
    once = rows.select("person", _index(F.col("cell")).alias("index"), (seconds - seconds % 3600).alias("at"))
    views = [
        F.struct(
            _parent(index, resolution).alias("tile"), F.lit(resolution).alias("resolution"),
            F.lit(weekly).alias("weekly"), F.lit(hours).alias("slot_hours"), _slot(weekly, hours).alias("slot"),
        )
        for resolution, weekly, hours in shapes
    ]  # fmt: skip
    empty = "array<struct<tile:bigint,resolution:int,weekly:boolean,slot_hours:int,slot:bigint>>"
    seen = once.distinct().select("person", F.explode(F.array(*views).cast(empty)).alias("view"))
    return seen.select("person", "view.*")


def _stated_slot() -> Column:
    """Return the slot as the release states it: UTC seconds, or the hour of the week."""
    from pyspark.sql import functions as F

    return F.coalesce(F.unix_seconds("slot_start"), F.col("hour_of_week").cast("bigint"))


def _slot(weekly: bool, hours: int) -> Column:
    from pyspark.sql import functions as F

    at = F.col("at")
    if not weekly:
        return at - at % (hours * 3600)
    hour = F.floor(((at + _FIRST_MONDAY) % (7 * 86_400)) / 3600)
    return hour - hour % hours


def _index(cell: Column) -> Column:
    """Return the 64-bit index of a cell in hex; null when it is no hex number."""
    from pyspark.sql import functions as F

    digits = F.when(is_hex(cell, 15), cell)
    return F.conv(digits, 16, 10).try_cast("bigint")


def _resolution(index: Column) -> Column:
    from pyspark.sql import functions as F

    return F.shiftright(index.bitwiseAND(_RESOLUTION_BITS), 52).cast("int")


def _parent(index: Column, resolution: int) -> Column:
    """Return the cell of ``index`` at a coarser ``resolution``: finer digits become 7; null if it is coarser."""
    from pyspark.sql import functions as F

    unused = (1 << 3 * (15 - resolution)) - 1
    coarser = index.bitwiseAND(~_RESOLUTION_BITS).bitwiseOR((resolution << 52) | unused)
    return F.when(_resolution(index) >= resolution, coarser)
