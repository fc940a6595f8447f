"""Release a table of the lake with noise, as its declaration says: each day's figures are made and paid for once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from jobs.allowed_rows import WHY, count_by_reason, reasoned_rows
from jobs.job import Built, Figures, Inputs, Job, NoisyFigures
from jobs.release_job import release_job
from quality.checks.check_noisy import check_changed, check_paid, check_partitions
from quality.checks.verdict import Verdict
from quality.contracts import DATE, Contract
from quality.contracts.errors import PolicyBreach

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from quality.releases.noisy import NoisyRelease

CHECKS = ("figures_paid", "partitions_public", "figures_of_these_rows")


def noisy_job(writes: Contract) -> Job:
    """Return the job that publishes a declared noisy release."""
    return release_job(writes, build_noisy_release, _holds, CHECKS)


def build_noisy_release(inputs: Inputs, *, name: str) -> Built:
    """Make noisy figures of each day's rows whose consent holds as of this use, once their loss is in the ledger.

    A day that was published keeps its figures, whatever became of its rows. Where the policy grants no budget, none
    are made, and the rows are told as withheld.
    """
    from pyspark.sql import functions as F

    release = _declared(name)
    rows = reasoned_rows(inputs, release)
    counted = count_by_reason(rows)
    left_out = {key: count for key, count in counted.items() if key[1] is not None}
    tables = []
    for day, figures in _figures(inputs, release, rows):
        allowed = counted.get((day, None), 0)
        if figures.table is not None and figures.table.num_rows:
            tables.append(_of_day(figures.table, day, allowed))
        elif allowed:
            left_out[day, figures.reason or "no_figures"] = allowed
    spark = rows.sparkSession
    withheld = spark.createDataFrame(
        [(*key, n) for key, n in left_out.items()], f"{DATE} date, reason string, rows long"
    )
    made = spark.createDataFrame(_joined(tables)) if tables else _nothing(inputs, name)
    return Built(made.select("*", F.lit("figures").alias("_level")), withheld)


def _declared(name: str) -> NoisyRelease:
    from quality.releases.contract_of import noisy_release

    return noisy_release(name)


def _noisy(inputs: Inputs) -> NoisyFigures:
    if inputs.noisy is None:
        mend = "Run it where the region is opened: `geoward run`."
        raise PolicyBreach("There is no ledger of privacy budgets, so nothing may be released with noise.", mend=mend)
    return inputs.noisy


def _figures(inputs: Inputs, release: NoisyRelease, rows: DataFrame) -> Iterator[tuple[date, Figures]]:
    for day in inputs.dates:
        mine = rows.where((rows[DATE] == day) & rows[WHY].isNull())
        yield day, _noisy(inputs).of(release, day, mine)


def _of_day(figures: pa.Table, day: date, allowed: int) -> pa.Table:
    """Return figures with their date, and with ``_rows``: the rows that they are of stand at the first."""
    import pyarrow as pa

    rows = pa.array([allowed] + [0] * (figures.num_rows - 1), pa.int64())
    return figures.append_column(DATE, pa.array([day] * figures.num_rows, pa.date32())).append_column("_rows", rows)


def _joined(tables: list[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(tables)


def _nothing(inputs: Inputs, name: str) -> DataFrame:
    from pyspark.sql import functions as F

    from quality.contracts import contract

    return inputs.nothing(contract(f"curated.{name}")).drop("_reason", "_payload").withColumn("_rows", F.lit(0))


def _holds(df: DataFrame, inputs: Inputs, *, name: str) -> list[Verdict]:
    release = _declared(name)
    rows = reasoned_rows(inputs, release)
    found = dict(_figures(inputs, release, rows))
    paid = [_of_day(one.table, day, 0).drop_columns("_rows") for day, one in found.items() if one.table is not None]
    changed = [day for day, one in found.items() if one.changed]
    public = _noisy(inputs).public(release)
    return [
        check_paid(df, df.sparkSession.createDataFrame(_joined(paid)) if paid else df.limit(0)),
        check_partitions(df, public, unchanged=[day for day in found if day not in changed]),
        check_changed(changed, release.name),
    ]
