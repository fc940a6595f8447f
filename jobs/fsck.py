"""Whether what lies on disk is what was published: every file against its manifest, every manifest against the next.

Needs no Spark and changes nothing. A change that keeps manifest, log and files in agreement still shows against the
SHA-256 of the manifest in the audit log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from jobs import manifest
from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.land_files import LANDING
from jobs.landed_regions import covered
from jobs.manifest import FileEntry, Manifest

REMAKE = "Make it again with `geoward run {table} --date {date} --force`; if it was a disk, look at the disk first."
HAND = "Someone or something else writes here: find out who, then `geoward withdraw` what is not ours."


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was published. ``path`` is below the region's root."""

    kind: str
    region: str
    table: str
    path: str
    what: str
    mend: str


@dataclass
class Checked:
    """How much was looked at."""

    tables: int = 0
    versions: int = 0
    files: int = 0
    bytes: int = 0


def fsck(
    home: Home, region: str = "", tables: Collection[str] = (), *, checked: Checked,
    progress: Callable[[str], None] = lambda text: None,
) -> Iterator[Damage]:  # fmt: skip
    """Return every damage of the regions' tables and landed files, counting in ``checked`` what was looked at."""
    anchors = {
        (entry["region"], entry["subject"], entry["detail"]["version"]): entry["detail"]["manifest"]
        for entry in read_audit(home)
        if "manifest" in entry["detail"]
    }
    for place in covered(home, region):
        for path in sorted(folder.parent for folder in place.root.glob("*/*/_delta_log")):
            name = f"{path.parent.name}.{path.name}"
            if not tables or name in tables:
                progress(f"{place.name} {name}")
                yield from _table(_Table(place, name, path, checked), anchors)
        if not tables and place.root.is_dir():
            progress(f"{place.name} landed files")
            yield from _landed(place, checked)


@dataclass(frozen=True)
class _Table:
    """One table that is looked at."""

    region: Region
    name: str
    path: Path
    checked: Checked

    def damage(self, kind: str, path: Path, what: str, mend: str) -> Damage:
        return Damage(kind, self.region.name, self.name, path.relative_to(self.region.root).as_posix(), what, mend)


def _table(table: _Table, anchors: dict[tuple[str, str, int], str]) -> Iterator[Damage]:
    table.checked.tables += 1
    known: list[Manifest] = []
    for version in manifest.versions(table.path):
        path = manifest.manifest_file(table.path, version)
        table.checked.versions += 1
        try:
            each = manifest.read(table.path, version)
        except ValueError:
            yield table.damage("manifest_edited", path, "it cannot be read", HAND)
            continue
        before = manifest.manifest_file(table.path, known[-1].version) if known else None
        if each.previous != (manifest.sha256_of(before) if before else ""):
            yield table.damage("manifest_edited", before or path, "the manifest after it names another SHA-256", HAND)
        known.append(each)
        said = anchors.get((table.region.name, table.name, version))
        if said and said != manifest.sha256_of(path):
            yield table.damage("manifest_edited", path, "the audit log names another SHA-256", HAND)
    yield from _logs(table, known)
    yield from _files(table, known)


def _logs(table: _Table, known: list[Manifest]) -> Iterator[Damage]:
    """Compare Delta's commits with what the manifests say of them."""
    said = {int(version): digest for each in known for version, digest in each.logs.items()}
    there = {int(path.stem): path for path in (table.path / "_delta_log").glob("*.json") if path.stem.isdigit()}
    for version in sorted(said.keys() | there.keys()):
        path = manifest.log_file(table.path, version)
        if version not in there:
            yield table.damage("log_missing", path, f"the commit of version {version} is gone", HAND)
        elif version not in said:
            mend = "If a run was killed just now, `geoward run` completes it. Otherwise: " + HAND
            yield table.damage("log_added", path, f"version {version} was committed, but no manifest is of it", mend)
        elif manifest.sha256_of(path) != said[version]:
            yield table.damage("log_edited", path, f"the commit of version {version} is not what was committed", HAND)


def _files(table: _Table, known: list[Manifest]) -> Iterator[Damage]:
    shown = {file.path: file for files in manifest.active(known).values() for _, file in files}
    for file in shown.values():
        yield from _file(table, file)
    if (named := _named(table)) != shown.keys():
        count = len(named ^ shown.keys())
        what = f"readers are shown other files than were published: {count} differ"
        yield table.damage("state_differs", table.path / "_delta_log", what, HAND)
    ever = {file.path for each in known for file in each.files}
    owned = {f"stage-{run_id}" for path, run_id in manifest.pending(table.region.root) if path == table.path}
    for path in sorted(path for path in table.path.rglob("*") if path.is_file()):
        name = path.relative_to(table.path).as_posix()
        if name.startswith(("_delta_log/", "_manifest/")) or name in ever or path.suffix == ".crc":
            continue
        if name.partition("/")[0] in owned:
            what, mend = "a run staged it and has not ended", "If no run is alive, `geoward run` removes it."
            yield table.damage("unfinished", path, what, mend)
        else:
            yield table.damage("file_added", path, "no version ever named it", "Find out who put it there; remove it.")


def _file(table: _Table, file: FileEntry) -> Iterator[Damage]:
    path, mend = table.path / file.path, REMAKE.format(table=table.name, date=file.date)
    table.checked.files += 1
    if not path.is_file():
        yield table.damage("file_missing", path, f"{file.rows:,} rows of {file.date} are gone", mend)
        return
    table.checked.bytes += path.stat().st_size
    if manifest.sha256_of(path) != file.sha256:
        yield table.damage("file_changed", path, f"its bytes are not those published for {file.date}", mend)


def _named(table: _Table) -> set[str]:
    """Return the files that Delta shows to readers, by checkpoint and commits."""
    from deltalake import DeltaTable

    return {unquote(name) for name in DeltaTable(table.path).get_add_actions()["path"].to_pylist()}


def _landed(region: Region, checked: Checked) -> Iterator[Damage]:
    """Compare landed files with their names, which are their SHA-256, and with the ledger."""
    folder = region.root / LANDING
    if not (region.root / "catalog.sqlite").exists():
        return
    mend = "Ingest the file again from where it came: the same bytes take its place."
    for file in Catalog(region).files():
        path = folder / f"{file.file_id}.{file.extension}"
        where = path.relative_to(region.root).as_posix()
        checked.files += 1
        if not path.is_file():
            yield Damage("landed_missing", region.name, "", where, "the kept bytes are gone", mend)
            continue
        checked.bytes += path.stat().st_size
        if manifest.sha256_of(path) != file.file_id:
            mend_it = f"Remove it, then: {mend}"
            yield Damage("landed_changed", region.name, "", where, "its bytes are not those that landed", mend_it)
