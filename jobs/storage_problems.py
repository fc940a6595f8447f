"""What is wrong with what is stored, as far as it can be told without reading every byte: `geoward fsck` does that.

What fsck found last is remembered, so that the status and alerts tell it until it looks again and finds all well.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path
from jobs.catalog import now
from jobs.damage import Damage
from jobs.durable import write_whole
from jobs.home import Home, Region
from jobs.problem import Problem
from jobs.witnesses import audited
from quality.contracts.errors import EnvironmentFault

MEMORY = "fsck.json"
_LOOK = "Run `geoward fsck --region {region}`: it names each damage and its mend; once mended, run it again."


def remember(home: Home, found: Iterable[Damage], regions: Iterable[str]) -> None:
    """Keep what fsck found when it looked at all of these regions, in place of what it found there before."""
    looked_at = set(regions)
    kept = [entry for entry in _remembered(home) if entry["region"] not in looked_at]
    counts = Counter((one.region, one.table, one.kind) for one in found)
    day = now().date().isoformat()
    new = [{"region": r, "table": t, "kind": k, "count": n, "date": day} for (r, t, k), n in counts.items()]
    write_whole(home.path / MEMORY, json.dumps(kept + new))


def remembered(home: Home) -> Iterator[Problem]:
    """Return what fsck found and nobody has shown to be mended, a problem for each table."""
    kinds: dict[tuple[str, str], list[str]] = {}
    days: dict[tuple[str, str], date] = {}
    for entry in _remembered(home):
        key = entry["region"], entry["table"]
        kinds.setdefault(key, []).append(f"{entry['count']} {entry['kind']}")
        days[key] = date.fromisoformat(entry["date"])
    for (region, table), found in kinds.items():
        day = days[region, table]
        what = f"`geoward fsck` found on {day}: {', '.join(sorted(found))}"
        yield Problem("storage", region, table, day, what, _mend(region))


def lost(home: Home, region: Region) -> Iterator[Problem]:
    """Return a problem if the region's catalog is gone, maybe with all its root, though something was published."""
    if (region.root / "catalog.sqlite").exists() or not audit_path(home).exists():
        return
    if tables := [table for (name, table) in audited(read_audit(home)) if name == region.name]:
        gone = "catalog" if region.root.is_dir() else "storage root"
        what = f"its {gone} is gone, and {len(tables)} tables were published there"
        yield Problem("storage", region.name, "", None, what, f"Look whether its disk is mounted. {_mend(region.name)}")


def refuse_lost(home: Home, region: Region) -> None:
    """Raise ``EnvironmentFault`` for a region that is gone: what is made now would lie where its disk belongs.

    Where its tables are and only the catalog is not, somebody has set that aside, to be made anew.
    """
    for problem in () if any(region.root.glob("*/*/_delta_log")) else lost(home, region):
        raise EnvironmentFault(f"Region {region.name}: {problem.what}.", mend=problem.mend)


def unreadable(region: Region, error: Exception) -> Problem:
    """Return the problem of a region whose ledgers or tables cannot be read; a message might hold a value."""
    what = f"what is stored cannot be read ({type(error).__name__})"
    return Problem("storage", region.name, "", None, what, _mend(region.name))


def _mend(region: str) -> str:
    return _LOOK.format(region=region) if region else "Run `geoward fsck`: it names each damage and its mend."


def _remembered(home: Home) -> list[dict[str, str]]:
    path = home.path / MEMORY
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []
