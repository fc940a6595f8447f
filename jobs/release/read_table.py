"""Read a table for a release: CSV as texts, Parquet as it is typed, only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.unfit_columns import refuse_unfit_types
from jobs.release.verify_file import existing
from quality.checks.anonymity.csv_file import csv_file, require_columns
from quality.checks.anonymity.parquet_folder import parts_of
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds


def read_table(path: Path, columns: Sequence[str], content: bytes | None = None, *, delimiter: str = "") -> pa.Table:
    """Return ``columns`` of a CSV (also .gz) or Parquet file, of its ``content``, or of a folder of Parquet files.

    CSV fields are texts, so that a code such as 02139 stays what it is; empty ones are null. Their ``delimiter`` is
    told by the header if it is not stated. Raises ``UsageError`` for a file that is neither, is damaged, or lacks a
    column; no value is told.
    """
    import pyarrow as pa

    if not (is_parquet(existing(path)) or _suffixes(path) & {".csv", ".tsv", ".txt"}):
        raise UsageError(f"{path.name} is neither CSV nor Parquet.", mend="Name it *.csv, *.csv.gz or *.parquet.")
    try:
        if is_parquet(path):
            return _read_parquet(path, columns, content)
        return _read_csv(path, columns, content, delimiter)
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError):
        raise _unreadable(path) from None


def schema_of(path: Path) -> pa.Schema | None:
    """Return the schema of Parquet; None of CSV, all of whose fields are texts."""
    import pyarrow as pa

    if not is_parquet(path):
        return None
    try:
        return _dataset(path).schema
    except (pa.ArrowInvalid, OSError):
        raise _unreadable(path) from None


def is_parquet(path: Path) -> bool:
    """Return whether a path is Parquet by its name, or a folder of it."""
    return path.is_dir() or bool(_suffixes(path) & {".parquet", ".pq"})


def _suffixes(path: Path) -> set[str]:
    return {suffix.lower() for suffix in path.suffixes}


def _unreadable(path: Path) -> UsageError:
    return UsageError(f"{path.name} cannot be read as a table.", mend="It is damaged or of another format.")


def _read_csv(path: Path, columns: Sequence[str], content: bytes | None, delimiter: str) -> pa.Table:
    import pyarrow as pa

    file = csv_file(path, content=content, delimiter=delimiter)
    try:
        rows: pa.Table = file.read(columns).read_all()
    except pa.ArrowInvalid:
        if fault := file.fault():
            raise fault from None
        raise
    file.check(rows.num_rows)
    return rows


def _read_parquet(path: Path, columns: Sequence[str], content: bytes | None) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if content is not None:
        file = pq.ParquetFile(pa.BufferReader(content))
        require_columns(path.name, columns, file.schema_arrow.names)
        refuse_unfit_types(path.name, columns, file.schema_arrow)
        return file.read(columns=list(columns))
    source = _dataset(path)
    require_columns(path.name, columns, source.schema.names)
    refuse_unfit_types(path.name, columns, source.schema)
    return source.to_table(columns=list(columns))


def _dataset(path: Path) -> ds.Dataset:
    """Return a Parquet file, or a folder of them, of which folders named ``column=value`` are a column."""
    import pyarrow.dataset as ds

    if path.is_dir():
        parts_of(path)
    return ds.dataset(str(path), format="parquet", partitioning="hive")
