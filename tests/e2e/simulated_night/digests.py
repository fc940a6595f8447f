"""What readers see of every table, as a digest, so that two installations can be compared."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

APART = {"retain_until", "landed_at", "file_id"}
"""What says when or as which file a row came, as a column or in the payload of a row kept back."""


def digests(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Return the rows and the SHA-256 of the sorted rows of each table."""
    found = {}
    for log in sorted(warehouse.glob("*/*/_delta_log")):
        table = pa.table(DeltaTable(log.parent).to_pyarrow_table())
        table = table.select(sorted(set(table.column_names) - APART))
        rows = sorted(repr(_as_it_came(row)) for row in table.to_pylist())
        if rows:
            found[log.parent.relative_to(warehouse).as_posix()] = (
                len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest(),
            )  # fmt: skip
    return found


def _as_it_came(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row; of one kept back, its payload without what says when it came."""
    if not row.get("payload"):
        return row
    payload = json.loads(row["payload"])
    return {**row, "payload": {name: payload[name] for name in sorted(set(payload) - APART)}}
