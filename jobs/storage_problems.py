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
from jobs.audit_witness import audit_path, contradiction, looking
from jobs.catalog import Catalog, is_gone, now, refuse_gone
from jobs.counted import counted
from jobs.damage import Damage
from jobs.durable import write_whole
from jobs.home import Home, Region
from jobs.look_again import look_again
from jobs.lost_keys import KEYSET, LOST, RESTORE, keys_are_lost, vault_is_lost
from jobs.problem import Problem
from jobs.region_faults import RegionFaults, look_at, region_fault
from jobs.witnesses import audited
from quality.contracts.errors import EnvironmentFault, GeowardError

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


def gone(home: Home, region: Region) -> Problem | None:
    """Return the problem of a region of which nothing is there, though it was in use: no command takes it for empty.

    Where its tables or landed files are and only the catalog is not, somebody has set that aside, to be made anew.
    """
    return None if is_gone(region) else next(lost(home, region), None)


def refuse_lost(home: Home, region: Region, table: str = "") -> None:
    """Raise ``EnvironmentFault`` for a region or a ``table`` that is gone.

    What is made now would lie where its disk belongs, or be made from nothing; and what is told now would be that
    nothing was ever there. So also while only its catalog is gone.
    """
    refuse_gone(region)
    problem = gone(home, region)
    if table and not problem:
        problem = next(gone_tables(region, table), None)
    if problem:
        raise _fault(problem)


def _fault(problem: Problem) -> EnvironmentFault:
    """Return the error of a region or a table that is gone."""
    where = f"{problem.table} in region {problem.region}" if problem.table else f"Region {problem.region}"
    return EnvironmentFault(f"{where}: {problem.what}.", mend=problem.mend)


def why_lost(home: Home, region: Region, table: str = "") -> GeowardError | None:
    """Return why what is stored in a region, or of a ``table``, cannot be told; None if it can."""
    try:
        refuse_lost(home, region, table)
    except Exception as error:
        return region_fault(region, error)
    return None


def lost_tables(home: Home, region: str, tables: Iterable[str]) -> RegionFaults:
    """Return why ``tables`` that were published in the region, or in all, cannot be told of, one of each region."""
    faults, names = RegionFaults(), set(tables)
    for place in [home.region(region)] if region else home.regions.values():
        with faults.fence(place):
            for problem in gone_tables(place):
                if problem.table in names:
                    raise _fault(problem)
    return faults


def gone_tables(region: Region, table: str = "") -> Iterator[Problem]:
    """Return a problem for the table, or each, that the catalog says is published and of which no log is there."""
    if not (region.root / "catalog.sqlite").exists():
        return
    for name in sorted({name for name, _ in Catalog(region).origins([table] if table else ())}):
        if not region.root.joinpath(*name.split(".", 1), "_delta_log").is_dir():
            what = "it was published and its folder, or the log in it, is gone"
            mend = f"Look whether somebody moved it, or restore it. {look_at(region.name)}"
            yield Problem("storage", region.name, name, None, what, mend)


def of_home(home: Home) -> Iterator[Problem]:
    """Return what is wrong with what all regions share, the audit log and the keyset, and with their vaults."""
    try:
        with looking(home):
            wrong = contradiction(home)
    except (OSError, ValueError):
        wrong = "it cannot be read"
    if wrong:
        yield Problem("storage", "", "", None, f"the audit log is damaged: {wrong}", look_at(""))
    if keys_are_lost(home):
        yield Problem("storage", "", "", None, f"the keyset is {LOST}", RESTORE.format(KEYSET))
    for region in home.regions.values():
        if not home.vault.postgres and vault_is_lost(home, region):  # a server tells of itself, to whoever runs
            mend = RESTORE.format(home.vault.where(region.name))
            yield Problem("storage", region.name, "", None, f"its vault is {LOST}", mend)


def unreadable(region: Region, error: Exception) -> Problem:
    """Return the problem of a region whose ledgers or tables cannot be read."""
    fault = region_fault(region, error)
    return Problem("storage", region.name, "", None, fault.message.rstrip("."), fault.mend, hides=True)


def _entries(home: Home) -> list[_Entry]:
    path = home.path / MEMORY
    return [_Entry(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
