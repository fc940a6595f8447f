"""Build a differentially private release of a file: its loss is spent in the ledger before a figure is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.budget.grant import refuse_of_the_lake
from jobs.budget.open_ledger import choice_key, open_ledger
from jobs.budget.publish_noisily import publish_noisily
from jobs.home import Home
from jobs.release.read_table import read_table
from jobs.release.verify_file import existing
from jobs.release.write_table import check_output, write_table
from quality.contracts.errors import UsageError
from quality.contracts.untold import ValueRefused
from quality.releases.noisy import Mean, NoisyRelease, Quantile, Sum
from quality.releases.noisy_keys import GridKey, PublicKeys, TimeKey

if TYPE_CHECKING:
    import pyarrow as pa

    from transforms.noise.claim import Claim

ALL_DAYS = date.min, date.max
"""The days of a release whose rows have no time."""

_ZONED = r":\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"


@dataclass(frozen=True, slots=True)
class BuiltNoisily:
    """The figures' rows, what people lose by them ``alone`` and ``in_all`` by what the ledger knows, what is left.

    ``in_all`` is None where delta reaches 1: nothing is claimed any more. ``sha256`` is the written file's.
    """

    rows_out: int
    alone: Claim
    in_all: Claim | None
    left: dict[str, tuple[float, float]]
    sha256: str


def build_noisy(
    home: Home, release: NoisyRelease, declared_in: Path, source: Path, target: Path, *, consumer: str,
    days: tuple[date, date], tell: Callable[[str], None],
) -> BuiltNoisily:  # fmt: skip
    """Write the noisy figures of ``source``'s rows of ``days`` (UTC, both ends in) for ``consumer`` to ``target``.

    The same declaration, consumer, days and file give the same figures again, and cost nothing more. What cannot be
    read, by its columns or their types, costs nothing either: whoever builds has the rows, and nobody else is told.
    Raises what ``BudgetLedger.once`` does, and ``UsageError`` for files that cannot be read or written.
    """
    from transforms.noise.claim import claim_in_all, claim_of

    check_output(source, target)
    if (days == ALL_DAYS) != (release.unit.time is None):
        raise UsageError("Rows without `unit.time` are of all days, and others of the days that are named.")
    refuse_of_the_lake(release.reads, consumer)
    content = _bytes(existing(source))
    rows = rows_of(release, source, days, content)
    if not rows.num_rows:  # told to who holds the file; to refuse would tell all others that nobody was there
        tell(f"No row of {source.name} lies in the days that are asked for: the figures will be noise alone")
    digests, names = [sha256(content).hexdigest()], None
    if (listed := listed_in(release, declared_in)) is not None:
        kept = _bytes(listed)
        digests.append(sha256(kept).hexdigest())
        names = read_table(listed, list(release.keys), kept)
    public, alone = fitting_partitions(release, rows, names, source), claim_of(release)
    ledger = open_ledger(home)
    tell(f"Asking the ledger for {release.loss.main} of each {release.unit.per.replace('_', '-')}, for {consumer}")
    table = publish_noisily(
        ledger, release, lambda: rows, consumer=consumer,
        partition=f"{days[0]}/{days[1]}", days=days, input_version="-".join(digests), key=choice_key(home),
        public=public, files=digests[:1],
    )  # fmt: skip
    tell(f"Writing {target.name}")
    written = write_table(table, target)
    left = ledger.left(release.reads, release.unit.per, consumer, *days)
    lost = ledger.lost(release.reads, release.unit.per) or release.loss
    return BuiltNoisily(
        table.num_rows, alone, claim_in_all(release, lost),
        {name or "everybody": (float(main), float(delta)) for name, (main, delta) in left.items()}, written,
    )  # fmt: skip


def fitting_partitions(release: NoisyRelease, rows: pa.Table, listed: pa.Table | None, source: Path) -> pa.Table | None:
    """Return the public partitions, if there are any, and make sure that figures can be made, before a loss is spent.

    Raises ``UsageError`` where columns are of other kinds than the partitions, users are no texts, or there is no such
    noise as the release asks for. It looks at kinds alone.
    """
    import pyarrow as pa

    from transforms.noise.derive_keys import public_partitions
    from transforms.noise.gather_contributions import gather_contributions

    refuse_undrawable(release)
    try:
        rows[release.unit.user].cast(pa.string())
        public = public_partitions(release.partitions, release.keys, listed)
        gather_contributions(rows.slice(0, 0), release, bytes(32), public)
    except (ValueRefused, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        mend = "Look at the types of the user's column and of the keys: partitions are of the same. Nothing was spent."
        raise UsageError(f"Columns of {source.name} are not of the kinds that the release takes.", mend=mend) from None
    return public


def refuse_undrawable(release: NoisyRelease) -> None:
    """Raise ``UsageError`` where OpenDP has no noise, or the release no claim, for its loss, shares and bounds."""
    from transforms.noise.claim import claim_of
    from transforms.noise.noise_scales import noise_scales

    try:
        noise_scales(release)
        claim_of(release)
    except ValueRefused:
        mend = "Raise the loss or a measure's share, or lower bounds. Nothing was spent."
        raise UsageError("No noise can be drawn for such a loss, shares and bounds.", mend=mend) from None


def listed_in(release: NoisyRelease, declared_in: Path) -> Path | None:
    """Return the file of public partitions, None if the declaration names none."""
    partitions = release.partitions
    if not isinstance(partitions, PublicKeys) or partitions.table is None:
        return None
    return existing(declared_in.parent / partitions.table)


def _bytes(path: Path) -> bytes:
    """Return a file's bytes, of which the digest is taken and the rows are read: another file may lie there by then."""
    if path.is_dir():
        raise UsageError("A noisy release is of one file.", mend="Name a CSV or Parquet file.")
    return path.read_bytes()


def rows_of(
    release: NoisyRelease, source: Path, days: tuple[date, date] | None, content: bytes | None = None
) -> pa.Table:
    """Return the rows of the days that are paid for: what lies outside is not looked at. None are all days.

    A value that is no time or number is none, and its row in no figure of it. Raises ``UsageError`` for a column that
    holds nothing else.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = read_table(source, columns_of(release), content)
    casts = dict.fromkeys(_numbers(release), _as_number) | dict.fromkeys(_times(release), _as_time)
    for name, cast in casts.items():
        try:
            made = cast(rows[name])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            made = _one_by_one(rows[name], cast)
        if made is None:
            kind = "number" if cast is _as_number else "time"
            raise UsageError(
                f"Column {name} of {source.name} holds no {kind}.",
                mend="Write numbers in digits and times as ISO 8601 (without a zone: UTC). Nothing was spent.",
            )
        rows = rows.set_column(rows.column_names.index(name), name, made)
    if release.unit.time is None or days is None:
        return rows
    at = rows[release.unit.time]
    first, last = (
        pa.scalar(datetime.combine(*moment), at.type) for moment in zip(days, (time.min, time.max), strict=True)
    )
    return rows.filter(pc.and_(pc.greater_equal(at, first), pc.less_equal(at, last)))


def _one_by_one(column: pa.ChunkedArray, cast: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.ChunkedArray | None:
    """Return what each value is cast to, null for those that cannot be; None if none can."""
    import pyarrow as pa
    import pyarrow.compute as pc

    distinct = column.unique()
    each: list[object] = []
    for value in distinct:
        try:
            each.append(cast(pa.chunked_array([pa.array([value.as_py()], distinct.type)]))[0].as_py())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            each.append(None)
    if all(value is None for value in each):
        return None
    kind = pa.float64() if cast is _as_number else pa.timestamp("us")
    place = pc.index_in(column.combine_chunks(), value_set=distinct)
    return pa.chunked_array([pa.array(each, kind).take(place)])


def _as_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return column.cast(pa.float64())


def _as_time(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times in UTC, of timestamps, of texts (ISO 8601, without a zone in UTC) or of whole seconds since 1970."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind):
        return column.cast(pa.timestamp("s")).cast(pa.timestamp("us"))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        zoned, none = pc.match_substring_regex(column, _ZONED), pa.scalar(None, kind)
        in_zone = pc.if_else(zoned, column, none).cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
        return pc.coalesce(in_zone, pc.if_else(zoned, none, column).cast(pa.timestamp("us")))
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
