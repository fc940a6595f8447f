"""A digest of who was where at which hour: the same for the same rows, in whatever file and order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from quality.releases.places import PlacesRelease


def digest_rows(table: pa.Table, release: PlacesRelease) -> str:
    """Return the SHA-256 of the sorted rows (subject, finest cell, hour) of which a release could tell."""
    import polars as pl
    import pyarrow as pa

    from transforms.location.fixes import read_fixes

    fixes = read_fixes(table, release)
    rows = pl.DataFrame(
        {
            "who": pl.Series(table[release.subject].take(pa.array(fixes.rows)).cast(pa.string())),
            "cell": fixes.cells,
            "hour": fixes.seconds // 3_600,
        }
    ).sort("who", "cell", "hour")
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()
