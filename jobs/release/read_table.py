"""Read a table for a release: CSV as texts, Parquet as it is typed, only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.verify_file import existing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = ",;\t|"


def read_table(path: Path, columns: Sequence[str]) -> pa.Table:
    """Return ``columns`` of a CSV (also .gz) or Parquet file, or of a folder of Parquet files.

    CSV fields are texts, so that a code such as 02139 stays what it is; empty ones are null. Raises ``UsageError`` for
    a file that is neither, is damaged, or lacks a column; no value is told.
    """
    import pyarrow as pa

    kinds = {suffix.lower() for suffix in existing(path).suffixes}
    if not (path.is_dir() or kinds & {".parquet", ".pq", ".csv", ".tsv", ".txt"}):
        raise UsageError(f"{path.name} is neither CSV nor Parquet.", mend="Name it *.csv, *.csv.gz or *.parquet.")
    of_texts = not path.is_dir() and not kinds & {".parquet", ".pq"}
    try:
        return _read_csv(path, columns) if of_texts else _read_parquet(path, columns)
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError):
        raise UsageError(
            f"{path.name} cannot be read as a table.", mend="It is damaged or of another format."
        ) from None


def _require(path: Path, columns: Sequence[str], names: Sequence[str]) -> None:
    if missing := [name for name in columns if name not in names]:
        raise UsageError(f"{path.name} has no column {', '.join(missing)}.", mend=f"It has: {', '.join(names)}.")


def _read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    with pa.input_stream(str(path)) as head:
        first = head.read(1 << 16).decode("utf-8", "replace").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    names = csv.read_csv(
        pa.BufferReader(f"{first}\n".encode()), parse_options=csv.ParseOptions(delimiter=delimiter)
    ).column_names
    _require(path, columns, names)
    read: pa.Table = csv.read_csv(
        str(path),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            include_columns=list(columns),
        ),
    )
    return read


def _read_parquet(path: Path, columns: Sequence[str]) -> pa.Table:
    import pyarrow.dataset as ds

    source = ds.dataset(str(path), format="parquet")
    _require(path, columns, source.schema.names)
    return source.to_table(columns=list(columns))
