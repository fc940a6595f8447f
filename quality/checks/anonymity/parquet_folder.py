"""A folder of Parquet files that are one table; folders named ``column=value`` (Hive) are a column of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


def parts_of(folder: Path) -> list[Path]:
    """Return the files, in order; raise ``UsageError``, naming file and column, if they have not the same columns.

    Names of folders are not told: they may be values.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not (parts := sorted(folder.glob("**/*.parquet"))):
        raise UsageError(f"There is no Parquet file in {folder.name}.", mend="Name a CSV file itself.")
    schemas: list[pa.Schema] = []
    for at, part in enumerate(parts, 1):
        told = f"{part.name}, file {at} of {len(parts)} in {folder.name},"
        try:
            schemas.append(pq.read_schema(part))
        except (pa.ArrowException, OSError):
            raise UsageError(f"{told} is no Parquet.", mend="It is damaged: write it anew, or move it away.") from None
        if fault := _differs(schemas[0], schemas[-1]):
            raise UsageError(f"{told} {fault}, unlike the first.", mend="Give all files of a table the same columns.")
    return parts


def is_hive(folder: Path) -> bool:
    """Return whether folders inside are named by a column and its value."""
    return any("=" in name for part in folder.glob("**/*.parquet") for name in part.relative_to(folder).parent.parts)


def _differs(first: pa.Schema, other: pa.Schema) -> str:
    if lacking := [name for name in first.names if name not in other.names]:
        return f"lacks column {', '.join(lacking)}"
    if more := [name for name in other.names if name not in first.names]:
        return f"has column {', '.join(more)}"
    texts = [name for name in first.names if _is_text(first.field(name).type) != _is_text(other.field(name).type)]
    return f"has other types in {', '.join(texts)}" if texts else ""


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
