"""What is wrong with what is stored, as far as it can be told without reading every byte: `geoward fsck` does that.

What fsck found last is remembered, so that the status and alerts tell it until it looks again and finds all well.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path
from jobs.catalog import now, refuse_gone
from jobs.counted import counted
from jobs.damage import Damage
from jobs.durable import write_whole
from jobs.home import Home, Region
from jobs.problem import Problem
from jobs.region_faults import look_at, region_fault
from jobs.witnesses import audited
from quality.contracts.errors import EnvironmentFault

MEMORY = "fsck.json"


def remember(home: Home, found: Iterable[Damage], regions: Iterable[str]) -> None:
    """Keep what fsck found when it looked at all of these regions, in place of what it found there before."""
    looked_at, kept = set(regions), list[dict[str, str]]()
    with suppress(ValueError):  # a memory that cannot be read is made anew
        kept = [entry for entry in _remembered(home) if entry["region"] not in looked_at]
    counts = Counter((one.region, one.table, one.kind) for one in found)
    day = now().date().isoformat()
    new = [{"region": r, "table": t, "kind": k, "count": n, "date": day} for (r, t, k), n in counts.items()]
    write_whole(home.path / MEMORY, json.dumps(kept + new))


def remembered(home: Home) -> Iterator[Problem]:
    """Return what fsck found and nobody has shown to be mended, a problem for each table."""
    kinds: dict[tuple[str, str], list[str]] = {}
    days: dict[tuple[str, str], date] = {}
    try:
        entries = _remembered(home)
    except (OSError, ValueError):  # it may have told of damage
        yield Problem("storage", "", "", None, "what `geoward fsck` found last cannot be read", look_at(""))
        return
    for entry in entries:
        key = entry["region"], entry["table"]
        kinds.setdefault(key, []).append(f"{entry['count']} {entry['kind']}")
        days[key] = date.fromisoformat(entry["date"])
    for (region, table), found in kinds.items():
        day = days[region, table]
        what = f"`geoward fsck` found on {day}: {', '.join(sorted(found))}"
        yield Problem("storage", region, table, day, what, look_at(region))


def lost(home: Home, region: Region) -> Iterator[Problem]:
    """Return a problem if the region's catalog is gone, maybe with all its root, though the region was in use."""
    if (region.root / "catalog.sqlite").exists() or not audit_path(home).exists():
        return
    mine = [entry for entry in read_audit(home) if entry["region"] == region.name]
    tables = len(audited(mine))
    if tables or any(entry["kind"] == "ingest" and entry["detail"].get("files") for entry in mine):
        gone = "catalog" if region.root.is_dir() else "storage root"
        held = counted(tables, "published table") if tables else "landed files"
        mend = f"Look whether its disk is mounted. {look_at(region.name)}"
        yield Problem("storage", region.name, "", None, f"its {gone} is gone, which held {held}", mend)


def refuse_lost(home: Home, region: Region) -> None:
    """Raise ``EnvironmentFault`` for a region that is gone, or its catalog: what is made now would lie where its disk
    belongs, or be made from nothing.
    """
    refuse_gone(region)
    for problem in lost(home, region):
        raise EnvironmentFault(f"Region {region.name}: {problem.what}.", mend=problem.mend)


def unreadable(region: Region, error: Exception) -> Problem:
    """Return the problem of a region whose ledgers or tables cannot be read."""
    fault = region_fault(region, error)
    return Problem("storage", region.name, "", None, fault.message.rstrip("."), fault.mend)


def _remembered(home: Home) -> list[dict[str, str]]:
    path = home.path / MEMORY
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []
