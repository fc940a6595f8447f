"""Whether a region's catalog can be read, and agrees with itself and with what was published."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jobs.catalog import Catalog
from jobs.damage import ASIDE, Damage, TablePlace
from jobs.explain_failure import explain_failure
from jobs.home import Region
from jobs.landing_ledger import File
from jobs.ledger_file import unchanged
from jobs.manifest import Manifest
from jobs.publications import Publication, Publishing
from jobs.table_on_disk import TableOnDisk
from jobs.withdrawals import Begun
from jobs.witnesses import Witness, counts

CATALOG, RUNS = "catalog.sqlite", "runs.sqlite"
_TABLES = {CATALOG: {"files", "dates", "publications"}, RUNS: {"runs"}}


@dataclass(frozen=True)
class KnownToCatalog:
    """What a readable catalog says: files, and publications in the order in which they were."""

    files: tuple[File, ...] = ()
    publications: tuple[Publication, ...] = ()
    publishing: tuple[Publishing, ...] = ()
    withdrawing: tuple[Begun, ...] = ()

    def witnesses(self) -> dict[str, Witness]:
        """Return, by table, what is said of its versions."""
        found: dict[str, Witness] = defaultdict(Witness)
        for one in (each for each in self.publications if each.run_id):  # else entered only as it was taken back
            found[one.dataset].hear(one.version, one.run_id)
            each = one.version, one.date.isoformat()
            found[one.dataset].counts[each] = counts(one.report)
            found[one.dataset].marks[each] = bool(one.withdrawn)
            if isinstance(rows := one.report.get("rows_out"), int):
                found[one.dataset].rows[one.version, one.date.isoformat()] = rows
        return dict(found)

    def held(self, table: str) -> frozenset[str]:
        """Return the dates of a table whose last publication was withdrawn: a forced run would make it again."""
        last = {one.date: one for one in self.publications if one.dataset == table}
        return frozenset(day.isoformat() for day, one in last.items() if one.withdrawn)

    def begun(self, table: str) -> frozenset[str]:
        """Return the runs whose publication or withdrawal of a table was begun and is not entered."""
        publishing = frozenset(one.run_id for one in self.publishing if one.dataset == table)
        return publishing | {one.run_id for one in self.withdrawing if one.dataset == table}

    def with_quarantine(self) -> set[str]:
        """Return the tables of which rows are in quarantine by their last publications."""
        last = {(one.dataset, one.date): one for one in self.publications if not one.withdrawn}
        return {one.dataset for one in last.values() if one.report.get("quarantined")}


def read_catalog(region: Region, *, expected: bool) -> tuple[KnownToCatalog | None, list[Damage]]:
    """Return what the catalog says, None if it cannot be read, and what is wrong with it and the ledger of runs.

    ``expected`` says that something was landed or published here, so that there must be a catalog.
    """
    damages = [_damaged(region, RUNS, problem) for problem in [_problem(region, RUNS)] if problem]
    if not (region.root / CATALOG).exists():
        return None, [*damages, *([_damaged(region, CATALOG, "it is gone")] if expected else [])]
    problem = _problem(region, CATALOG)
    if not problem:
        try:
            with unchanged():
                return _read(region), damages
        except (ValueError, TypeError, sqlite3.DatabaseError) as error:
            _raise_if_machine(error)
            problem = "a line of it cannot be read"
    return None, [*damages, _damaged(region, CATALOG, problem)]


def check_rows(region: Region, table: str, manifests: Mapping[int, Manifest], witness: Witness) -> Iterator[Damage]:
    """Compare the rows that the catalog counts of each version and date with the manifests."""
    wrong = 0
    for (version, day), rows in witness.rows.items():
        if each := manifests.get(version):
            wrong += day not in each.dates or rows != sum(file.rows for file in each.files if file.date == day)
    if wrong:
        lines = "1 of its publications is" if wrong == 1 else f"{wrong:,} of its publications are"
        yield _differs(region, table, f"{lines} of other rows than were published")


def check_lines(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    """Compare the catalog's lines of a table with the audit log's, and its marks with what was withdrawn."""
    if count := len(witness.differ):
        yield _differs(place.region, place.name, f"the audit log says otherwise of {count:,} of its publications")
    taken = {
        (int(version), day)
        for each in disk.manifests.values()
        if each.kind == "withdraw" and each.run_id not in place.begun
        and (commit := disk.commits.get(each.version)) and (version := str(commit.info.get("withdraws"))).isdigit()
        for day in each.dates
    }  # fmt: skip
    if wrong := sum(marked != (each in taken) for each, marked in witness.marks.items()):
        yield _differs(place.region, place.name, f"{wrong:,} of its lines do not say right whether they were withdrawn")


def check_references(region: Region) -> Iterator[Damage]:
    """Return what the catalog says of files that it does not know."""
    with _opened(region.root / CATALOG) as db:
        query = """SELECT COUNT(*) FROM dates d LEFT JOIN files f USING (source, file_id) WHERE f.rowid IS NULL"""
        if lost := db.execute(query).fetchone()[0]:
            lines = "1 of its lines is of a file" if lost == 1 else f"{lost:,} of its lines are of files"
            yield _differs(region, "", f"{lines} that it does not know")


def _read(region: Region) -> KnownToCatalog:
    catalog = Catalog(region)
    catalog.dates(), catalog.published(), catalog.withdrawn()
    begun = tuple(catalog.begun_publications()), tuple(catalog.begun_withdrawals())
    return KnownToCatalog(tuple(catalog.files()), tuple(catalog.publications()), *begun)


def _problem(region: Region, name: str) -> str:
    """Return what is wrong with an SQLite file as such; empty if nothing is, or if it is not there."""
    if not (region.root / name).exists():
        return ""
    try:
        with _opened(region.root / name) as db:
            if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "it is damaged"
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        _raise_if_machine(error)
        return "it cannot be read"
    return "" if tables >= _TABLES[name] else "a table of it is gone"


def _opened(path: Path) -> closing[sqlite3.Connection]:
    """Open the file without making it."""
    return closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=60))


def _raise_if_machine(error: Exception) -> None:
    """A catalog that is in use, or on a full disk, is not damaged."""
    if fault := explain_failure(error):
        raise fault from None


def _damaged(region: Region, name: str, what: str) -> Damage:
    aside = name.replace(".", f"{ASIDE}.")
    move = f"`mv {name} {aside}` in the region's root"
    if name == RUNS:
        then = f"{move}: it is made anew, and `geoward audit list` still tells of past runs"
    else:
        there = f"{move} and " if (region.root / name).exists() else ""
        then = f"{there}enter the kept files again: {_enter_again(region)}"
    mend = f"Restore it from a backup, or {then}."
    return Damage("catalog_damaged", region.name, "", name, what, mend)


def _differs(region: Region, table: str, what: str) -> Damage:
    mend = f"Restore it from a backup, or `mv {CATALOG} {CATALOG.replace('.', ASIDE + '.')}` in the region's root"
    again = f" and enter the kept files again: {_enter_again(region)}."
    return Damage("catalog_differs", region.name, table, CATALOG, what, mend + again)


def _enter_again(region: Region) -> str:
    steps = f"`geoward landed restore --region {region.name}`, then `geoward run --region {region.name}`"
    return f"{steps}; what `geoward audit list` names as withdrawn is to be withdrawn again"
