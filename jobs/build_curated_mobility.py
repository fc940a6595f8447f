"""Release positions: how many persons were in a tile and slot, at the finest level that k of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.allowed_rows import with_reason
from jobs.job import Built, Inputs, Job, Read
from quality.checks.check_crowds import check_floor, recount_crowds
from quality.checks.check_precision import check_precision
from quality.checks.verdict import Verdict
from quality.contracts import contract
from quality.contracts.errors import PolicyBreach

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

READ_LINKS = ("protected.pings", "protected.actions")
READS = (
    Read("protected.pings", counted=True),
    Read("protected.actions"),
    Read("raw.consents", "all_dates"),
)


def build_curated_mobility(inputs: Inputs) -> Built:
    """Count distinct persons by tile and time slot, for rows whose consent holds as of this use.

    Accounts that share a device count as one. The pseudonym they are counted by never rotates inside the window and
    is not published. Slots and then tiles are coarsened before anything is suppressed.
    """
    from pyspark.sql import functions as F

    from transforms.privacy.release_crowds import release_crowds

    release = inputs.rules.release
    visits, withheld = leveled_visits(inputs)
    groups = release_crowds(visits, k=release.k, slot_hours=release.slot_hours, time=release.time, window="_window")
    return Built(groups.withColumn("tiling", F.lit(inputs.tiling().version)), withheld)


def leveled_visits(inputs: Inputs) -> tuple[DataFrame, DataFrame]:
    """Return the allowed visits with the level at which each is published, and a count of those withheld.

    Both releases are made from them, and must be: a place's count less its tiles' would tell of a lone visitor.
    """
    from transforms.location.tile_cells import with_tiles
    from transforms.privacy.release_crowds import with_level

    release = inputs.rules.release
    allowed, withheld = allowed_persons(inputs)
    visits = inputs.share(
        "leveled visits",
        lambda: with_level(
            with_tiles(allowed, inputs.tiling()), k=release.k, slot_hours=release.slot_hours, time=release.time,
            window="_window",
        ),
    )  # fmt: skip
    return visits, withheld


def allowed_persons(inputs: Inputs) -> tuple[DataFrame, DataFrame]:
    """Return who was where in which hour, of the rows that this use allows, and a count of those withheld.

    Visits have ``actor_key``, ``person``, ``cell``, ``event_time`` (the hour), ``_window`` and ``_rows``, the rows
    each stands for. Withheld rows come as (event_date, reason, rows), where event_date is the window's first day.
    """
    from pyspark.sql import functions as F

    from transforms.privacy.unite_shared_devices import unite_shared_devices

    _refuse_rotation(inputs)
    purpose = inputs.policy.release_purpose
    inputs.policy.use(inputs.region.jurisdiction, purpose)
    rows = with_reason(inputs, "protected.pings", purpose).withColumn("_window", window_column(inputs))
    hour = F.date_trunc("hour", "event_time").alias("event_time")
    groups = rows.groupBy("_window", "cell", hour, "actor_key", "_why").agg(F.count("*").alias("_rows"))
    visits = inputs.share("visits", lambda: unite_shared_devices(groups, device_links(inputs)))
    of_withheld = visits.where("_why is not null").groupBy(
        F.col("_window").alias("event_date"), F.col("_why").alias("reason")
    )
    return visits.where("_why is null").drop("_why"), of_withheld.agg(F.sum("_rows").alias("rows"))


def device_links(inputs: Inputs) -> DataFrame:
    """Return which account was seen on which device, in positions and in actions."""
    pings, actions = (inputs.tables[name].select("actor_key", "device_key") for name in READ_LINKS)
    return pings.union(actions)


def window_column(inputs: Inputs) -> Column:
    """Return the first day of the window that ``event_date`` falls into."""
    from pyspark.sql import functions as F

    from jobs.job import EPOCH

    window = inputs.rules.release.window
    if window == "day":
        return F.col("event_date")
    return F.lit(EPOCH) if window == "epoch" else F.trunc("event_date", window)


def _refuse_rotation(inputs: Inputs) -> None:
    """A pseudonym that rotates inside the window would count one person twice."""
    if inputs.policy.pseudonym_epoch == "month" and inputs.rules.release.window in ("year", "epoch"):
        raise PolicyBreach(
            f"The release's window is a {inputs.rules.release.window}, but pseudonyms rotate monthly.",
            mend="Set pseudonym_epoch: none, or window: day or month.",
        )


def _holds(df: DataFrame, inputs: Inputs) -> list[Verdict]:
    release = inputs.rules.release
    precision = inputs.policy.use(inputs.region.jurisdiction, inputs.policy.release_purpose).precision
    allowed, _ = allowed_persons(inputs)
    return [
        check_floor(df, release.k),
        recount_crowds(df, allowed.drop("person"), k=release.k, links=device_links(inputs)),
        check_precision(df, precision),
    ]


JOB = Job(
    contract("curated.mobility"),
    READS,
    build_curated_mobility,
    "aggregate",
    checks=(_holds,),
    verifies=("k_reached", "crowds_recounted", "precision_ceiling"),
    windowed=True,
)
