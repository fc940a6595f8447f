"""Send a table's rows to the boxes of a split tree: survey it, then pack each box's rows into few pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.declaration import TableRelease
from transforms.anonymity.coded_table import Codes, Spread
from transforms.anonymity.domains import (
    ColumnUnfit,
    Domain,
    as_declared,
    survey_columns,
    unite_domains,
    with_hierarchies,
)
from transforms.anonymity.split_tree import Numbers, SplitTree, boxes_of, grow_tree

PACKED = pa.schema([("box", pa.int32()), ("payload", pa.binary())])
"""A piece of a box: Arrow's stream of its rows. Few large rows are moved, where the rows themselves would be many."""

ROWS_AT_ONCE = 500_000
"""Rows that a worker holds before it packs them."""

Whole = NDArray[np.uint64]
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What a part of the table, or all of it, says of its columns, with a sample of its quasi-identifiers."""

    domains: tuple[Domain, ...]
    sample: pa.Table
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class BoxPlan:
    """How every worker encodes a value, and which box a row goes to."""

    domains: tuple[Domain, ...]
    tree: SplitTree


@untold
def survey_part(batches: Iterable[pa.RecordBatch], release: TableRelease, stride: int) -> Survey:
    """Return the survey of the batches; every ``stride``-th row of each is in the sample."""
    domains, samples, rows = [], [], 0
    for batch in batches:
        table = pa.Table.from_batches([batch])
        rows += table.num_rows
        domains.append(survey_columns(table, release.coded))
        samples.append(table.select(list(release.quasi_ids)).take(pa.array(np.arange(0, table.num_rows, stride))))
    return Survey(
        unite_domains(domains) if domains else (), pa.concat_tables(samples) if samples else pa.table({}), rows
    )


@untold
def plan_boxes(
    parts: Sequence[Survey], release: TableRelease, *, rows_in_box: int, texts: Mapping[str, str], least: int = 100
) -> BoxPlan:
    """Return the plan for the table that the surveyed parts make; boxes hold about ``rows_in_box`` rows.

    ``texts`` are those of hierarchy files by column. Raises what ``unite_domains`` and ``with_hierarchies`` do.
    """
    told = [part for part in parts if part.rows]
    domains = with_hierarchies(unite_domains([part.domains for part in told]), texts)
    sample = pa.concat_tables([part.sample for part in told])
    numbers = numbers_of(
        sample, domains[: len(release.quasi_ids)], _spread(np.arange(sample.num_rows, dtype=np.uint64))
    )
    spans = np.array([*(_span(domain) for domain in domains[: len(release.quasi_ids)]), np.inf])
    boxes = max(1, round(sum(part.rows for part in told) / rows_in_box))
    return BoxPlan(domains, grow_tree(numbers, spans=spans, boxes=boxes, least=least))


def _span(domain: Domain) -> float:
    return domain.high - domain.low if domain.declared.kind == "numeric" else max(len(domain.texts) - 1, 1)


@untold
def numbers_of(table: pa.Table, domains: Sequence[Domain], spread: Numbers) -> Numbers:
    """Return the quasi-identifiers as numbers (columns, rows): of texts their place; no value is plus infinity.

    The last row is ``spread`` (rows,): what boxes are cut by where too many rows are alike, such as in a stadium.
    """
    made = np.empty((len(domains) + 1, table.num_rows))
    made[-1] = spread
    for row, domain in zip(made[:-1], domains, strict=True):
        column = as_declared(table, domain.name, domain.declared)
        if domain.declared.kind != "numeric":
            column = pc.index_in(column, value_set=domain.texts).cast(pa.float64())
        row[:] = column.fill_null(np.inf).to_numpy(zero_copy_only=False)
    return made


@untold
def with_spreads(batches: Iterable[pa.RecordBatch], release: TableRelease, plan: BoxPlan) -> BoxPlan:
    """Return the plan with how the values of each sensitive column are spread over all ``batches``, in subjects.

    Raises ``ColumnUnfit`` for values that were not surveyed.
    """
    import polars as pl

    sensitive = plan.domains[len(release.quasi_ids) :]
    seen: list[pl.DataFrame] = []
    rows = 0
    for batch in batches:
        table = pa.Table.from_batches([batch])
        who = np.arange(rows, rows + table.num_rows, dtype=np.uint64)
        who, rows = (who if release.subject is None else _people(table, release)), rows + table.num_rows
        codes = {domain.name: pl.Series(_codes_of(table, domain)) for domain in sensitive}
        seen.append(pl.DataFrame({"\0who": who, **codes}).unique())
    all_of_them = pl.concat(seen) if seen else pl.DataFrame({"\0who": np.empty(0, np.uint64)})
    people = max(all_of_them["\0who"].n_unique(), 1)
    made = []
    for domain in sensitive if seen else ():
        held = all_of_them.select("\0who", domain.name).unique()[domain.name].to_numpy()
        counts = np.bincount(held, minlength=len(domain.texts) + domain.nulls)
        made.append(replace(domain, spread=Spread(counts / max(len(held), 1), counts / people)))
    return replace(plan, domains=(*plan.domains[: len(release.quasi_ids)], *(made or sensitive)))


def _codes_of(table: pa.Table, domain: Domain) -> Codes:
    told = as_declared(table, domain.name, domain.declared)
    column = pc.index_in(told, value_set=domain.texts)
    if unknown := column.null_count - told.null_count:
        raise ColumnUnfit(domain.name, f"has {unknown} values that were not there before.", "Build the release again.")
    codes: Codes = column.fill_null(len(domain.texts)).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes


def pack_boxes(batches: Iterable[pa.RecordBatch], release: TableRelease, plan: BoxPlan) -> Batches:
    """Give the rows of ``batches`` as pieces of boxes (``PACKED``)."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= ROWS_AT_ONCE:
            yield _pack(held, release, plan)
            held = []
    if held:
        yield _pack(held, release, plan)


@untold
def _pack(held: list[pa.RecordBatch], release: TableRelease, plan: BoxPlan) -> pa.RecordBatch:
    table = pa.Table.from_batches(held).combine_chunks()
    numbers = numbers_of(table, plan.domains[: len(release.quasi_ids)], _spread(_people(table, release)))
    boxes: Codes = boxes_of(plan.tree.column, plan.tree.cut, plan.tree.left, numbers)
    order = np.argsort(boxes, kind="stable")
    table, ends = table.take(pa.array(order)), np.cumsum(np.bincount(boxes, minlength=plan.tree.boxes))
    named = [box for box in range(plan.tree.boxes) if ends[box] > (ends[box - 1] if box else 0)]
    pieces = [_written(table.slice(start := ends[box - 1] if box else 0, ends[box] - start)) for box in named]
    return pa.RecordBatch.from_arrays([pa.array(named, pa.int32()), pa.array(pieces, pa.binary())], schema=PACKED)


def _people(table: pa.Table, release: TableRelease) -> Whole:
    """Return a number (rows,) for each row, the same for all rows of a subject: a person is in one part of a crowd."""
    import polars as pl

    if release.subject is None:
        return np.arange(table.num_rows, dtype=np.uint64)
    return pl.Series(pl.from_arrow(table[release.subject])).hash(0).to_numpy()


def _spread(people: Whole) -> Numbers:
    """Return a number in [0, 1) for each, evenly spread (Fibonacci hashing: Knuth, TAOCP 3, section 6.4)."""
    with np.errstate(over="ignore"):
        mixed = people * np.uint64(0x9E3779B97F4A7C15)
    spread: Numbers = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return spread


def _written(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


@untold
def unpack_boxes(batches: Iterable[pa.RecordBatch]) -> dict[int, pa.Table]:
    """Return the rows of each box from its pieces."""
    pieces: dict[int, list[pa.Table]] = {}
    for batch in batches:
        for box, payload in zip(batch.column(0).to_pylist(), batch.column(1), strict=True):
            pieces.setdefault(box, []).append(pa.ipc.open_stream(payload.as_buffer()).read_all())
    return {box: pa.concat_tables(found) for box, found in pieces.items()}
