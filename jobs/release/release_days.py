"""Make each day of a table of the lake anonymous, and prove it, in a Spark worker: no row reaches the driver."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from quality.contracts import DATE, Contract
from quality.contracts.errors import GeowardError
from quality.contracts.untold import ValueRefused, untold
from quality.releases.contract_of_table import DECLARATION
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame

    from jobs.release.build_file import Built

PROOF = "_proof"
"""Of one row of each day, which holds nothing else: what was proven of the day's rows, as JSON. Others have null."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a day's rows. It may be published if nothing ``failed``; ``undecided`` does not stop it.

    ``k`` is the least persons of a class, ``loss`` the information lost (NCP). Both hold names of checks.
    """

    day: date
    rows_in: int
    rows_out: int
    left_out: dict[str, int]
    failed: tuple[str, ...]
    undecided: tuple[str, ...]
    k: int
    loss: float


def release_days(rows: DataFrame, release: TableRelease, texts: dict[str, str], writes: Contract) -> DataFrame:
    """Return what may be published of each day of ``rows``, in the columns of ``writes``, and a row with its proof.

    A day that is not proven publishes nothing. ``texts`` are hierarchy files' by column. Raises, in the worker,
    ``ValueRefused`` for a defect; what else keeps a day from being released is told in its proof.
    """
    types = {field.name: field.dataType.simpleString() for field in writes.spark_schema}
    schema = ", ".join(f"`{name}` {kind}" for name, kind in {**types, PROOF: "string"}.items())
    chosen = rows.select(*release.columns, DATE)
    return chosen.groupBy(DATE).applyInArrow(_worker(release, texts, writes), schema)


def proofs(made: DataFrame) -> dict[date, Proof]:
    """Return what was proven of each day."""
    told = [json.loads(row[PROOF]) for row in made.where(made[PROOF].isNotNull()).select(PROOF).collect()]
    days = [Proof(**{**one, "day": date.fromisoformat(one["day"])}) for one in told]
    return {proof.day: proof for proof in days}


def _worker(release: TableRelease, texts: dict[str, str], writes: Contract) -> Callable[[pa.Table], pa.Table]:
    from jobs.commit import ARROW_TYPES

    schema = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in writes] + [(PROOF, pa.string())])

    def make(rows: pa.Table) -> pa.Table:  # guarded inside: Spark counts the parameters of what it is given
        return _with_proof(rows, release, texts, schema)

    return make


@untold
def _with_proof(rows: pa.Table, release: TableRelease, texts: dict[str, str], schema: pa.Schema) -> pa.Table:
    day = rows[DATE][0].as_py()
    table, proof = release_day(rows.drop_columns([DATE]), release, texts, day)
    told = pa.Table.from_pylist([{DATE: day, PROOF: json.dumps(asdict(proof), default=str)}], schema)
    for name, value in {DATE: day, DECLARATION.name: release.version[:12], PROOF: None}.items():
        table = table.append_column(name, pa.array([value] * table.num_rows, schema.field(name).type))
    return pa.concat_tables([told, table.select(schema.names).cast(schema)])


def release_day(rows: pa.Table, release: TableRelease, texts: dict[str, str], day: date) -> tuple[pa.Table, Proof]:
    """Return what may be published of one day's rows, none where it is not proven, and the proof."""
    from jobs.release.build_file import build_rows

    try:
        made, built = build_rows(release, rows.select(list(release.columns)), texts, lambda _: None, beside=Path())
    except ValueRefused:  # a defect, and no matter of this day
        raise
    except GeowardError:
        nothing = rows.slice(0, 0).select([*release.quasi_ids, *release.sensitive, *release.keep])
        return nothing, Proof(day, rows.num_rows, 0, {}, ("models",), (), 0, 1.0)
    proof = _proof(built, day)
    return (made.table if not proof.failed else made.table.slice(0, 0)), proof


def _proof(built: Built, day: date) -> Proof:
    fell = [verdict for verdict in built.verdicts if not verdict.passed]
    return Proof(
        day, built.rows_in, built.rows_out,
        {**built.rejected, **({"suppressed": built.suppressed} if built.suppressed else {})},
        tuple(sorted({one.check for one in fell if one.stops})),
        tuple(sorted({one.check for one in fell if not one.stops and one.measured.get("outcome") == "too_small"})),
        built.measured.k, built.utility.ncp,
    )  # fmt: skip
