"""Build a differentially private release of a file: its loss is spent in the ledger before the file is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.budget.open_ledger import choice_key, open_ledger
from jobs.budget.publish_noisily import publish_noisily
from jobs.home import Home
from jobs.manifest import sha256_of
from jobs.release.read_table import read_table
from jobs.release.verify_file import existing
from jobs.release.write_table import check_output, write_table
from quality.contracts.errors import UsageError
from quality.releases.noisy import Mean, NoisyRelease, Quantile, Sum
from quality.releases.noisy_keys import GridKey, PublicKeys, TimeKey

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class BuiltNoisily:
    """The noisy figures' rows, what one unit and one person lose, and what is left of the budgets."""

    rows_out: int
    claim: str
    epsilon: float
    delta: float
    lifetime_epsilon: float
    left: dict[str, tuple[float, float]]


def build_noisy(
    home: Home, release: NoisyRelease, declared_in: Path, source: Path, target: Path, *, consumer: str,
    days: tuple[date, date], tell: Callable[[str], None],
) -> BuiltNoisily:  # fmt: skip
    """Write the noisy figures of ``source``'s rows of ``days`` (UTC, both ends in) for ``consumer`` to ``target``.

    The same declaration, consumer, days and file give the same figures again, and cost nothing more. Raises what
    ``BudgetLedger.once`` does before a row is read, and ``UsageError`` for files that cannot be read or written.
    """
    check_output(source, target)
    listed = listed_in(release, declared_in)
    digests = [_digest(path) for path in (existing(source), *([listed] if listed else []))]
    ledger = open_ledger(home)
    tell(f"Spending {release.loss.main} of each {release.unit.per.replace('_', '-')}, for {consumer}")
    table = publish_noisily(
        ledger, release, lambda: rows_of(release, source, days), consumer=consumer,
        partition=f"{days[0]}/{days[1]}", days=days, input_version="-".join(digests), key=choice_key(home),
        listed=read_table(listed, list(release.keys)) if listed else None,
    )  # fmt: skip
    tell(f"Writing {target.name}")
    write_table(table, target)
    return _told(release, table, ledger.left(release.reads, release.unit.per, consumer, *days))


def _told(release: NoisyRelease, table: pa.Table, left: dict[str, tuple[Fraction, ...]]) -> BuiltNoisily:
    from transforms.noise.claim import claim_of

    claim = claim_of(release)
    return BuiltNoisily(
        table.num_rows, claim.said, float(claim.as_approximate.epsilon), float(claim.as_approximate.delta),
        float(claim.lifetime_as_approximate.epsilon),
        {name or "everybody": (float(main), float(delta)) for name, (main, delta) in left.items()},
    )  # fmt: skip


def listed_in(release: NoisyRelease, declared_in: Path) -> Path | None:
    """Return the file of public partitions, None if the declaration names none."""
    partitions = release.partitions
    if not isinstance(partitions, PublicKeys) or partitions.table is None:
        return None
    return existing(declared_in.parent / partitions.table)


def _digest(path: Path) -> str:
    if path.is_dir():
        raise UsageError("A noisy release is of one file.", mend="Name a CSV or Parquet file.")
    return sha256_of(path)


def rows_of(release: NoisyRelease, source: Path, days: tuple[date, date] | None) -> pa.Table:
    """Return the rows of the days that are paid for: what lies outside is not looked at. None are all days."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = read_table(source, columns_of(release))
    for name in _times(release):
        rows = rows.set_column(rows.column_names.index(name), name, _as_time(rows[name]))
    for name in _numbers(release):
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].cast(pa.float64()))
    if release.unit.time is None or days is None:
        return rows
    first, after = (datetime.combine(day, datetime.min.time()) for day in (days[0], days[1] + timedelta(days=1)))
    at = rows[release.unit.time]
    return rows.filter(pc.and_(pc.greater_equal(at, pa.scalar(first, at.type)), pc.less(at, pa.scalar(after, at.type))))


def _as_time(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times in UTC, of timestamps, of texts (ISO 8601) or of whole seconds since 1970."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind):
        return column.cast(pa.timestamp("s")).cast(pa.timestamp("us"))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    return column.cast(pa.timestamp("us"))


def columns_of(release: NoisyRelease) -> list[str]:
    """Return the columns that are read, each once."""
    others = [key.column for key in release.keys.values() if not isinstance(key, GridKey)]
    return list(dict.fromkeys([release.unit.user, *_times(release), *_numbers(release), *others]))


def _times(release: NoisyRelease) -> list[str]:
    keys = [key.column for key in release.keys.values() if isinstance(key, TimeKey)]
    return list(dict.fromkeys([*([release.unit.time] if release.unit.time else []), *keys]))


def _numbers(release: NoisyRelease) -> list[str]:
    places = [
        name for key in release.keys.values() if isinstance(key, GridKey) for name in (key.latitude, key.longitude)
    ]
    values = [measure.column for measure in release.measures.values() if isinstance(measure, Sum | Mean | Quantile)]
    return list(dict.fromkeys([*places, *values]))
