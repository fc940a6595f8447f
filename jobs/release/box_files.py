"""What Spark's workers do for a release: read row groups, exchange boxes, write published files."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quality.releases.declaration import TableRelease
from transforms.anonymity.box_rows import (
    BoxPlan,
    Survey,
    pack_boxes,
    plan_boxes,
    survey_part,
    unpack_boxes,
    with_spreads,
)
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.publish_rows import publish_rows
from transforms.anonymity.unite_subjects import united_accounts

if TYPE_CHECKING:
    from transforms.anonymity.publish_rows import Published

Batches = Iterator[pa.RecordBatch]
Worker = Callable[[Batches], Batches]

WRITTEN = pa.schema(
    {
        "part": pa.string(), "beside": pa.string(), "rows_in": pa.int64(), "rows_out": pa.int64(), "loss": pa.float64(),
    }
)  # fmt: skip
"""What is told of a box: its published file, the same rows with who they are of, how many there are, and their loss."""

SUBJECT = "_subject"
"""The column of ``beside`` that tells subjects apart; ``beside`` is measured and then removed."""


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads the row groups that batches of (file, row_group) name, ``columns`` only, rows with a subject only.

    ``persons`` is a file of accounts that are one with others (``unites``): their person takes their place.
    """

    columns: tuple[str, ...]
    subject: str | None
    persons: Path | None = None

    def __call__(self, batches: Batches) -> Batches:
        """Give the rows as batches."""
        persons = pq.read_table(self.persons) if self.persons else None
        for batch in batches:
            for name, group in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                read = pq.ParquetFile(name).read_row_group(group, columns=list(self.columns), use_threads=False)
                known = read.filter(pc.is_valid(read[self.subject])) if self.subject else read
                if persons is not None and self.subject:
                    known = _with_persons(known, self.subject, persons)
                yield from known.combine_chunks().to_batches()


def _with_persons(rows: pa.Table, subject: str, persons: pa.Table) -> pa.Table:
    accounts = rows[subject].combine_chunks()
    place = pc.index_in(accounts, value_set=persons["account"].combine_chunks().cast(accounts.type))
    person = persons["person"].combine_chunks().cast(accounts.type).take(place)
    return rows.set_column(rows.column_names.index(subject), subject, pc.coalesce(person, accounts))


def unites(subject: str, links: tuple[str, ...], path: Path) -> Worker:
    """Return what writes the accounts of all rows that are one with others to ``path``, and tells how many they are."""

    def unite(batches: Batches) -> Batches:
        import polars as pl

        parts = [pl.DataFrame(batch).unique() for batch in Reads((subject, *links), subject)(batches)]
        seen = pl.concat(parts).unique().to_arrow() if parts else None
        made = united_accounts(seen, subject, links) if seen is not None else pa.table({"account": [], "person": []})
        _write(made, path)
        yield pa.RecordBatch.from_pydict({"accounts": [made.num_rows]})

    return unite


def surveys(release: TableRelease, stride: int, reads: Worker) -> Worker:
    """Return what surveys the rows of a task: one line, ``part``."""

    def survey(batches: Batches) -> Batches:
        yield pa.RecordBatch.from_pydict({"part": [pickle.dumps(survey_part(reads(batches), release, stride))]})

    return survey


def plans(release: TableRelease, rows_in_box: int, texts: dict[str, str]) -> Worker:
    """Return what makes the plan of all surveys: one line, ``plan``."""

    def plan(batches: Batches) -> Batches:
        parts: list[Survey] = [pickle.loads(part) for batch in batches for part in batch.column(0).to_pylist()]
        made = plan_boxes(parts, release, rows_in_box=rows_in_box, texts=texts)
        yield pa.RecordBatch.from_pydict({"plan": [pickle.dumps(made)]})

    return plan


def spreads(release: TableRelease, plan: BoxPlan, reads: Worker) -> Worker:
    """Return what adds to the plan how sensitive values are spread over the whole table: one line, ``plan``."""

    def spread(batches: Batches) -> Batches:
        yield pa.RecordBatch.from_pydict({"plan": [pickle.dumps(with_spreads(reads(batches), release, plan))]})

    return spread


def packs(release: TableRelease, plan: BoxPlan, reads: Worker) -> Worker:
    """Return what sends the rows of a task to their boxes."""

    def pack(batches: Batches) -> Batches:
        yield from pack_boxes(reads(batches), release, plan)

    return pack


def publishes(release: TableRelease, plan: BoxPlan, folder: Path, seed: int) -> Worker:
    """Return what writes each box's published rows into ``folder``: files of their own, each told of by one line.

    A task that is tried again writes other files: who reads must go by the lines. A box that cannot hold the models
    publishes nothing: suppression is spent on such boxes, and on no other rows. ``seed`` makes the digests that stand
    for subjects in ``beside``.
    """

    def publish(batches: Batches) -> Batches:
        for rows in unpack_boxes(batches).values():
            yield pa.RecordBatch.from_pylist([_written(rows, release, plan, folder, seed)], schema=WRITTEN)

    return publish


def _written(rows: pa.Table, release: TableRelease, plan: BoxPlan, folder: Path, seed: int) -> dict[str, object]:
    try:
        made = publish_rows(rows, release.model_copy(update={"suppression": 0.0}), plan.domains)
    except Unreachable:
        return {"part": "", "beside": "", "rows_in": rows.num_rows, "rows_out": 0, "loss": 0.0}
    name = uuid4().hex
    told = {"part": f"part-{name}.parquet", "beside": "", "rows_in": rows.num_rows, "rows_out": made.table.num_rows}
    _write(made.table, folder / told["part"])
    if release.subject:
        told["beside"] = f"beside-{name}.parquet"
        shown = made.table.select([*release.quasi_ids, *release.sensitive])
        _write(shown.append_column(SUBJECT, _digests(rows[release.subject], made, seed)), folder / told["beside"])
    return {**told, "loss": made.loss}


def _digests(subjects: pa.ChunkedArray, made: Published, seed: int) -> pa.Array:
    import polars as pl

    return cast(pl.Series, pl.from_arrow(subjects.take(pa.array(made.rows)))).hash(seed).to_arrow()


def _write(table: pa.Table, path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        pq.write_table(table, file, compression="snappy")
