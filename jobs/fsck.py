"""Whether what lies on disk is what was published: tables, landed files, catalog, audit log and vaults of subjects.

Needs no Spark and changes nothing. Whatever is damaged, the rest is still looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial

from jobs.audit_witness import audit_path, read_head
from jobs.damage import ASIDE, Checked, Damage, TablePlace, made_by
from jobs.fsck_audit import audit_damage, check_audit, lines_lost
from jobs.fsck_catalog import KnownToCatalog, check_references, read_catalog
from jobs.fsck_landed import check_landed
from jobs.fsck_table import check_table
from jobs.fsck_vault import check_counter, check_vault
from jobs.home import Home, Region
from jobs.land_files import LANDING
from jobs.landed_regions import covered
from jobs.landing.file_name import told
from jobs.manifest import FOLDER
from jobs.problem import Problem
from jobs.quarantine import quarantine_contract
from jobs.registry import JOBS
from jobs.run_lock import holds_run_lock, run_is_alive
from jobs.storage_problems import gone
from jobs.witnesses import Witness

Progress = Callable[[str], None]


def fsck(
    home: Home, region: str = "", tables: Collection[str] = (), *, checked: Checked,
    progress: Progress = lambda text: None,
) -> Iterator[Damage]:  # fmt: skip
    """Return every damage of the regions, counting in ``checked`` what was looked at.

    ``tables`` limits it to these; the witnesses, audit log and catalog, are looked at always.
    """
    said, damage = check_audit(home)
    yield from damage
    yield from check_counter(home)
    whole = not damage and not lines_lost(home)
    for place in covered(home, region):
        audited_here = {table: witness for (name, table), witness in said.items() if name == place.name}
        yield from _region(home, place, frozenset(tables), audited_here, whole, checked, progress)
        if not tables:
            progress(f"{place.name} vault")
            yield from check_vault(home, place, checked)


def _region(
    home: Home, place: Region, tables: frozenset[str], said: Mapping[str, Witness], whole: bool, checked: Checked,
    progress: Progress,
) -> Iterator[Damage]:  # fmt: skip
    progress(f"{place.name} catalog")
    if problem := _gone(home, place):
        mend = "Look whether its disk is mounted; else restore the region from a backup."
        yield Damage("table_missing", place.name, "", "", problem.what, mend)
        return
    if not place.root.is_dir():
        return
    names = _tables(place)
    catalog, damage = read_catalog(place, expected=bool(said or names or (place.root / LANDING).exists()))
    yield from damage
    known = catalog or KnownToCatalog()
    if known.publications and not audit_path(home).exists() and not read_head(home):
        yield audit_damage(home, place.name, "it is gone")
    witnesses = _witnesses(said, known)
    for name in sorted(names | witnesses.keys()):
        if not tables or name in tables:
            progress(f"{place.name} {told(name)}")
            made = made_by(name)
            table = TablePlace(place, name, known.held(made), known.begun(made), whole and catalog is not None)
            witness, alive = witnesses.get(name, Witness()), partial(_another_runs, home)
            yield from check_table(table, witness, alive, checked, progress)
    if not tables:
        progress(f"{place.name} landed files")
        if catalog:
            yield from check_references(place)
            yield from check_landed(home, place, catalog, checked)
        yield from _set_aside(place)


def _gone(home: Home, place: Region) -> Problem | None:
    with suppress(OSError, ValueError):  # an audit log that cannot be read is told of as such
        return gone(home, place)
    return None


def _another_runs(home: Home) -> bool:
    """Return whether a process other than this one runs, so that what is pending may be its own."""
    return run_is_alive(home) and not holds_run_lock(home)


def _tables(place: Region) -> set[str]:
    """Return the tables of which anything is there."""
    found = {path.parent for name in ("_delta_log", FOLDER) for path in place.root.glob(f"*/*/{name}")}
    expected = {*JOBS, *(quarantine_contract(name).name for name in JOBS)}
    there = {name for name in expected if place.root.joinpath(*name.split(".")).is_dir()}
    return there | {f"{path.parent.name}.{path.name}" for path in found}


def _witnesses(said: Mapping[str, Witness], known: KnownToCatalog) -> dict[str, Witness]:
    """Return what is said of each table; a quarantine table has the runs of the table whose rows it holds."""
    mine = known.witnesses()
    found = {name: said.get(name, Witness()).join(mine.get(name, Witness())) for name in said.keys() | mine.keys()}
    for name in list(found):
        rows = quarantine_contract(name).name
        if name in JOBS:
            least = Witness(1 if name in known.with_quarantine() else -1, runs=found[name].runs)
            found[rows] = found.get(rows, Witness()).join(least)
    return found


def _set_aside(place: Region) -> Iterator[Damage]:
    """Tell of what a person set aside: it may hold personal rows, and no run removes it."""
    for path in sorted(place.root.glob(f"*{ASIDE}*")):
        mend = "Once `geoward fsck` finds nothing else, delete what you set aside: nothing reads it."
        yield Damage("set_aside", place.name, "", path.name, "somebody set it aside", mend)
