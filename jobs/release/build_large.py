"""Build a release of a table that memory does not hold, on Spark: no row comes to the driver."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.box_files import WRITTEN, Reads, packs, plans, publishes, spreads, surveys, unites
from quality.contracts.errors import GeowardError, UsageError
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import TCloseness
from transforms.anonymity.box_rows import PACKED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from transforms.anonymity.box_rows import BoxPlan

ROWS_IN_BOX = 300_000
"""Rows of a box: some tens of megabytes in a worker."""

PERSONS = "persons.parquet"
"""In the folder of what is staged: which accounts are one with others."""

SAMPLE = 200_000
"""Rows that boxes are grown on."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Files in a folder that nobody reads yet: ``rows_in`` rows with a subject became ``rows_out``.

    ``unreached`` rows lay in boxes that cannot hold the models; others were suppressed. ``no_subject`` were rejected.
    """

    parts: tuple[str, ...]
    beside: tuple[str, ...]
    rows_in: int
    rows_out: int
    unreached: int
    no_subject: int
    loss: float


class NothingHolds(GeowardError):
    """Not even one class of all rows holds the models."""

    def __init__(self, rows: int) -> None:
        """State how many rows there are."""
        super().__init__(f"All {rows:,} rows together do not hold the models.", mend="Ask for less, or for more rows.")


def stage_large(
    spark: SparkSession, release: TableRelease, files: Sequence[Path], folder: Path, *, texts: dict[str, str],
    tell: Callable[[str], None], rows_in_box: int | None = None,
) -> Staged:  # fmt: skip
    """Publish the rows of Parquet ``files`` into new files in ``folder``; ``texts`` are hierarchy files' by column.

    Where boxes turn out too small for the models, they are made larger, down to one box of all rows: what a class
    holds never rests on the sample that boxes were grown on. Raises ``NothingHolds`` if not even that one does.
    """
    in_box = rows_in_box or ROWS_IN_BOX
    groups, rows = _row_groups(spark, files)
    release, reads = _united(groups, release, folder, tell)
    tell(f"Looking at {rows:,} rows")
    while True:
        plan = _plan(groups, release, max(1, rows // SAMPLE), in_box, texts, reads)
        tell(f"Making classes in {plan.tree.boxes:,} boxes")
        staged = _stage(groups, release, plan, folder, reads, rows)
        if staged.unreached <= release.suppression * staged.rows_in:
            return staged
        if plan.tree.boxes == 1:
            raise NothingHolds(staged.rows_in)
        _remove(folder, staged)
        in_box *= 4


def _united(
    groups: DataFrame, release: TableRelease, folder: Path, tell: Callable[[str], None]
) -> tuple[TableRelease, Reads]:
    """Return the release without links, and what reads rows of persons in place of those of accounts."""
    if not release.links or release.subject is None:
        return release, Reads(release.columns, release.subject)
    tell("Uniting accounts")
    path = folder / PERSONS
    told = groups.repartition(1).mapInArrow(unites(release.subject, release.links, path), "accounts long").collect()
    tell(f"Took {told[0]['accounts']:,} accounts for fewer persons")
    alone = without_links(release)
    return alone, Reads(alone.columns, alone.subject, path)


def without_links(release: TableRelease) -> TableRelease:
    """Return the release of a table whose accounts are persons."""
    return release.model_copy(update={"links": ()})


def _row_groups(spark: SparkSession, files: Sequence[Path]) -> tuple[DataFrame, int]:
    import pyarrow.parquet as pq

    told, rows = [], 0
    for file in files:
        footer = pq.read_metadata(file)
        rows += footer.num_rows
        told += [(str(file), group) for group in range(footer.num_row_groups)]
    if not rows:
        raise UsageError("The table has no rows, so nothing can be released.", mend="Name a table with rows.")
    tasks = min(len(told), spark.sparkContext.defaultParallelism * 4)
    return spark.createDataFrame(told, "file string, row_group int").repartition(tasks), rows


def _plan(
    groups: DataFrame, release: TableRelease, stride: int, rows_in_box: int, texts: dict[str, str], reads: Reads
) -> BoxPlan:
    surveyed = groups.mapInArrow(surveys(release, stride, reads), "part binary").repartition(1)
    told = surveyed.mapInArrow(plans(release, rows_in_box, texts), "plan binary").collect()
    plan: BoxPlan = pickle.loads(told[0]["plan"])
    if any(isinstance(model, TCloseness) for model in release.models):  # a box's own spread is not the table's
        named = tuple(dict.fromkeys([*release.sensitive, *([release.subject] if release.subject else [])]))
        all_rows = replace(reads, columns=named)
        told = groups.repartition(1).mapInArrow(spreads(release, plan, all_rows), "plan binary").collect()
        plan = pickle.loads(told[0]["plan"])
    return plan


def _stage(groups: DataFrame, release: TableRelease, plan: BoxPlan, folder: Path, reads: Reads, rows: int) -> Staged:
    from pyspark.sql import functions as F
    from pyspark.sql.pandas.types import from_arrow_schema

    packed = groups.mapInArrow(packs(release, plan, reads), from_arrow_schema(PACKED))
    boxed = packed.repartitionById(plan.tree.boxes, F.col("box"))
    worker = publishes(release, plan, folder, secrets.randbits(63))
    told = boxed.mapInArrow(worker, from_arrow_schema(WRITTEN)).collect()
    inside, out = (sum(line[name] for line in told) for name in ("rows_in", "rows_out"))
    return Staged(
        tuple(line["part"] for line in told if line["part"]), tuple(line["beside"] for line in told if line["beside"]),
        inside, out, sum(line["rows_in"] for line in told if not line["part"]), rows - inside,
        sum(line["loss"] * line["rows_out"] for line in told) / max(out, 1),
    )  # fmt: skip


def _remove(folder: Path, staged: Staged) -> None:
    for name in (*staged.parts, *staged.beside):
        (folder / name).unlink()
