"""What readers see of every table, as a digest, so that two installations can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable

APART = {"retain_until", "landed_at", "file_id"}
"""Columns that say when or as which file a row came."""


def digests(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Return the rows and the SHA-256 of the sorted rows of each table."""
    found = {}
    for log in sorted(warehouse.glob("*/*/_delta_log")):
        table = pa.table(DeltaTable(log.parent).to_pyarrow_table())
        table = table.select(sorted(set(table.column_names) - APART))
        rows = sorted(repr(row) for row in table.to_pylist())
        if rows:
            found[log.parent.relative_to(warehouse).as_posix()] = (
                len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest(),
            )  # fmt: skip
    return found
