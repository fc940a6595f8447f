"""Hold landed files to their names, the SHA-256 of what they hold, and to the catalog; and mappings to theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Set

from jobs import manifest
from jobs.catalog import Catalog
from jobs.damage import ASIDE, Checked, Damage, DamageKind
from jobs.durable import PART
from jobs.fsck_catalog import KnownToCatalog
from jobs.home import Home, Region
from jobs.land_files import COPY, LANDING, MAPPINGS, kept_file
from jobs.landed_notes import ENTRIES, Note, read_notes
from jobs.landing.file_keys import KeptKeys
from jobs.landing.file_name import told, typed
from jobs.landing.sealed_file import FileKeys, FileShredded, SealedFile, is_sealed
from jobs.landing.sound_file import is_whole, is_whole_stranger
from jobs.landing_ledger import File
from jobs.ledger_file import unchanged
from quality.contracts.errors import EnvironmentFault

_A_DAY = 24 * 60 * 60
_INGEST = "`geoward ingest --source {source} --region {region} FILE`"
_AGAIN = f"Ingest the file again from where it came: {_INGEST}; the same bytes take its place."
_ENTER = (
    "Find out who delivered it, then enter it under that source, no other: "
    "`geoward ingest --source SOURCE --region {region} {path}` in the region's root."
)
_NOTE = (
    "Find out which of them is right. If the catalog is, remove what lies there, if anything: "
    "the next `geoward ingest` notes it again."
)
_MAPPING = f"Ingest any file again under the same mapping, which puts it back: {_INGEST}."


def check_landed(home: Home, region: Region, known: KnownToCatalog, checked: Checked) -> Iterator[Damage]:
    """Return every damage of the region's landed files and mappings."""
    kept, keys = {f"{file.file_id}.{file.extension}": file for file in known.files}, KeptKeys(home, region)
    try:
        for name, file in sorted(kept.items()):
            yield from _kept(region, name, file, keys, checked)
    except EnvironmentFault as error:  # none of them can be opened
        yield _damage(region, "landed_changed", LANDING, f"landed files cannot be opened. {error.message}", error.mend)
    for version, source in sorted({file.mapping_version: file.source for file in known.files}.items()):
        yield from _mapping(region, version, source)
    yield from _notes(region, known)
    yield from _unknown(region, kept.keys(), keys)


def _kept(region: Region, name: str, file: File, keys: FileKeys, checked: Checked) -> Iterator[Damage]:
    mend, kept = _AGAIN.format(source=file.source, region=region.name), kept_file(region, file, keys)
    what, where = f"its bytes are not those of {file.name} that landed", f"{LANDING}/{name}"
    checked.files += 1
    try:
        checked.bytes += kept.path.stat().st_size
        if is_whole(kept) and not kept.path.is_symlink():
            return
        if not is_sealed(kept.path):
            what = f"it is not sealed as {file.name} was, or lies there as an earlier version of Geoward kept it"
    except FileNotFoundError:
        yield _damage(region, "landed_missing", where, f"the kept bytes of {file.name} are gone", mend)
        return
    except FileShredded as error:
        what, mend = f"nobody can read {file.name} any more: its key was destroyed", error.mend
    except OSError:
        pass
    yield _damage(region, "landed_changed", where, what, mend)


def _notes(region: Region, known: KnownToCatalog) -> Iterator[Damage]:
    """Compare entries with their notes; a region that never noted any does so with the next landing."""
    notes = {(note.source, note.file_id): note for note in read_notes(region)}
    for file in known.files if (region.root / ENTRIES).is_dir() else ():
        where, note = f"{ENTRIES}/{file.source}/{file.file_id}.json", notes.get((file.source, file.file_id))
        meant = Note(file.source, file.file_id, file.mapping_version, file.name, file.extension, file.landed_at)
        if note is None:
            yield _damage(region, "landed_missing", where, f"the note of {file.name} is gone or cannot be read", _NOTE)
        elif note != meant:
            yield _damage(region, "landed_changed", where, f"the note and the catalog differ of {file.name}", _NOTE)


def _mapping(region: Region, version: str, source: str) -> Iterator[Damage]:
    """A mapping's version is the begin of its SHA-256: landed files are read by it."""
    path, mend = region.root / MAPPINGS / f"{version}.yaml", _MAPPING.format(source=source, region=region.name)
    where = f"{MAPPINGS}/{path.name}"
    if not path.is_file():
        yield _damage(region, "landed_missing", where, "the mapping of landed files is gone", mend)
    elif not manifest.sha256_of(path).startswith(version):
        yield _damage(region, "landed_changed", where, "it is not the mapping under which files landed", mend)


def _unknown(region: Region, kept: Set[str], keys: FileKeys) -> Iterator[Damage]:
    """Tell of files that the catalog does not know; a file may land this very moment."""
    folder = region.root / LANDING
    names = {path.name for path in folder.glob("*") if not _incoming(path.name, path.lstat().st_mtime)}
    if names - kept:
        with unchanged():
            known = {file.file_id: f"{file.file_id}.{file.extension}" for file in Catalog(region).files()}
        noted = {note.copy for note in read_notes(region)}
        for name in sorted(names - kept - set(known.values())):
            what, mend = _stranger(region, name, known, noted, keys)
            yield _damage(region, "landed_added", f"{LANDING}/{told(name)}", what, mend)


def _stranger(region: Region, name: str, known: Mapping[str, str], noted: Set[str], keys: FileKeys) -> tuple[str, str]:
    """Return what a file is that the catalog does not know, and a mend after which it is found no more."""
    path = region.root / LANDING / name
    if name.endswith(PART):
        return "a copy that was never finished", f"`rm -r {typed(f'{LANDING}/{name}')}` in the region's root."
    if path.is_symlink() or not COPY.fullmatch(name) or not is_whole_stranger(SealedFile(path, name[:64], keys)):
        aside = f"`mv {typed(f'{LANDING}/{name}')} {typed(f'landing{ASIDE}_{name}')}` in the region's root"
        return (
            "nothing that landed has this name",
            f"Set it aside: {aside}; what is wanted of it can be ingested from there.",
        )
    if other := known.get(name[:64]):
        return f"the same bytes are kept as {other}", f"`rm {LANDING}/{name}` in the region's root."
    if name in noted:
        return (
            "the catalog does not know it",
            f"`geoward landed restore --region {region.name}` enters it as it landed.",
        )
    return "the catalog does not know it, and it does not say of which source it is", _ENTER.format(
        region=region.name, path=f"{LANDING}/{name}"
    )


def _incoming(name: str, modified: float) -> bool:
    """Return whether it may be a copy that is being written; what is older is removed by the next `geoward ingest`."""
    return name.endswith(PART) and modified > time.time() - _A_DAY


def _damage(region: Region, kind: DamageKind, path: str, what: str, mend: str) -> Damage:
    return Damage(kind, region.name, "", path, what, mend)
