"""What is wrong with what is stored, as far as it can be told without reading every byte: `geoward fsck` does that.

What fsck found last is remembered, so that the status and alerts tell it until it looks again and finds all well, or
until it is plain that it was mended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby

from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path
from jobs.catalog import now
from jobs.counted import counted
from jobs.damage import Damage
from jobs.durable import write_whole
from jobs.home import Home, Region
from jobs.land_files import LANDING
from jobs.look_again import look_again
from jobs.problem import Problem
from jobs.region_faults import look_at, region_fault
from jobs.witnesses import audited
from quality.contracts.errors import EnvironmentFault

MEMORY = "fsck.json"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What fsck found of one kind at a table, or at none, and where, below the region's root."""

    region: str
    table: str
    kind: str
    date: str
    paths: list[str]


def remember(home: Home, found: Iterable[Damage], regions: Iterable[str]) -> None:
    """Keep what fsck found when it looked at all of these regions, in place of what it found there before."""
    looked_at, kept = set(regions), list[_Entry]()
    with suppress(ValueError, TypeError):  # a memory that cannot be read is made anew
        kept = [entry for entry in _entries(home) if entry.region not in looked_at]
    paths: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        paths.setdefault((one.region, one.table, one.kind), []).append(one.path)
    new = [_Entry(*where, now().date().isoformat(), below) for where, below in paths.items()]
    write_whole(home.path / MEMORY, json.dumps([asdict(entry) for entry in kept + new]))


def remembered(home: Home) -> Iterator[Problem]:
    """Return what fsck found and may still be true, a problem for each table."""
    try:
        entries = sorted(_entries(home), key=lambda entry: (entry.region, entry.table))
    except (OSError, ValueError, TypeError):  # it may have told of damage
        yield Problem("storage", "", "", None, "what `geoward fsck` found last cannot be read", look_at(""))
        return
    for (name, table), group in groupby(entries, key=lambda entry: (entry.region, entry.table)):
        mine = list(group)
        found, day = _still(home, name, table, mine), date.fromisoformat(mine[-1].date)
        if found:
            what = ", ".join(sorted(f"{count} {kind}" for kind, count in found.items()))
            yield Problem("storage", name, table, day, f"`geoward fsck` found on {day}: {what}", look_at(name))


def _still(home: Home, region: str, table: str, entries: Iterable[_Entry]) -> Counter[str]:
    """Return how many findings may still be true, by kind; all of them outside the regions that are declared."""
    found = [(entry.kind, path) for entry in entries for path in entry.paths]
    if region in home.regions:
        return look_again(home.regions[region], table, found)
    return Counter(kind for kind, _ in found)


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
        yield Problem("storage", region.name, "", None, f"its {gone} is gone, which held {held}", mend, hides=True)


def refuse_lost(home: Home, region: Region) -> None:
    """Raise ``EnvironmentFault`` for a region that is gone: what is made now would lie where its disk belongs.

    Where its tables or landed files are and only the catalog is not, somebody has set that aside, to be made anew.
    """
    set_aside = any(any(region.root.glob(held)) for held in ("*/*/_delta_log", f"{LANDING}/*"))
    for problem in () if set_aside else lost(home, region):
        raise EnvironmentFault(f"Region {region.name}: {problem.what}.", mend=problem.mend)


def unreadable(region: Region, error: Exception) -> Problem:
    """Return the problem of a region whose ledgers or tables cannot be read."""
    fault = region_fault(region, error)
    return Problem("storage", region.name, "", None, fault.message.rstrip("."), fault.mend, hides=True)


def _entries(home: Home) -> list[_Entry]:
    path = home.path / MEMORY
    return [_Entry(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
