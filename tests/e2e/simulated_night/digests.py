"""What readers see of every table, as a digest, so that two installations can be compared."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from jobs.home import open_home
from tests.opened import rows_of, undrawn

APART = {"retain_until", "landed_at", "file_id"}
"""What says when or as which file a row came, as a column or in the payload of a row kept back."""


def digests(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Return the rows and the SHA-256 of the sorted rows of each table."""
    found, home = {}, open_home(warehouse.parent)
    (region,) = home.regions
    for log in sorted(warehouse.glob("*/*/_delta_log")):
        layer, table = log.parent.relative_to(warehouse).parts
        told = undrawn(f"{layer}.{table}", rows_of(home, region, f"{layer}.{table}"))
        rows = sorted(repr(_as_it_came({name: row[name] for name in sorted(set(row) - APART)})) for row in told)
        if rows:
            found[f"{layer}/{table}"] = (
                len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest(),
            )  # fmt: skip
    return found


def _as_it_came(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row; of one kept back, its payload without what says when it came."""
    if not row.get("payload"):
        return row
    payload = json.loads(row["payload"])
    return {**row, "payload": {name: payload[name] for name in sorted(set(payload) - APART)}}
