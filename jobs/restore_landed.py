"""Enter kept files again that the catalog does not know, each under the mapping it landed under."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Set
from contextlib import nullcontext
from dataclasses import replace

from jobs.audit_log import audit
from jobs.catalog import NAME, Catalog, is_gone, made_anew, needed_by
from jobs.explain_failure import explain_failure, explained
from jobs.home import Home, Region
from jobs.land_files import COPY, LANDING, MAPPINGS, entry_of
from jobs.landed_notes import Note, read_notes
from jobs.landed_regions import covered
from jobs.landing.file_keys import KeptKeys
from jobs.landing.probe_file import SHREDDED, probe_copy
from jobs.landing.sealed_file import FileKeys, FileShredded, SealedFile
from jobs.landing.sound_file import is_whole, is_whole_stranger
from jobs.landing_ledger import File
from jobs.ledger_file import unchanged
from jobs.listings.landed import RestoredFile, RestoreListing, RestoreOutcome
from jobs.reasons import explain_reason
from jobs.region_faults import Fence, unfenced
from jobs.storage_problems import refuse_lost
from quality.contracts.errors import ConfigError, EnvironmentFault
from quality.sources.load_mapping import load_mapping

_INGEST = "`geoward ingest --source {source} --region {region} {path}`"
_MENDS: dict[RestoreOutcome, str] = {
    "landed": "Run `geoward run`: it makes its dates.",
    "kept_bytes_gone": f"Ingest the file again from where it came: {_INGEST}.",
    "kept_bytes_changed": f"Ingest the file again from where it came: {_INGEST}.",
    "mapping_gone": f"Its kept mapping is gone or damaged: {_INGEST} in the region's root, with the mapping's YAML "
    "file if it is your own.",
    "shredded": explain_reason(SHREDDED)[1],
    "source_unknown": "It landed before kept files said of which source they are. Find out who delivered it, then "
    f"{_INGEST} in the region's root.",
}


def restore_landed(home: Home, region: str = "", *, dry_run: bool = False, fence: Fence = unfenced) -> RestoreListing:
    """Enter each kept file that the catalog does not know as its note says, with the time it landed at.

    What has no note is told and left: only a person knows of which source it is. Raises ``EnvironmentFault`` when a
    region's root is gone, its catalog cannot be read or the machine fails. All files of a region are judged and told to
    auditors before the first is entered: one that is killed goes on when it is repeated, and tells what is left again.
    """
    restored: list[tuple[int, list[RestoredFile]]] = []
    for place in covered(home, region):
        with fence(place):
            restored.append(_of_region(home, place, dry_run))
    found = [one for _, mine in restored for one in mine]
    ok = all(one.outcome in ("landed", "quarantined") for one in found)
    return RestoreListing(dry_run=dry_run, ok=ok, known=sum(known for known, _ in restored), files=found)


def _of_region(home: Home, place: Region, dry_run: bool) -> tuple[int, list[RestoredFile]]:
    """Return how many files the region's catalog knows, and what became of the others."""
    if not needed_by(place):  # elsewhere its catalog may be gone, and is made anew here
        refuse_lost(home, place)
    with explained(), made_anew(place) if is_gone(place) and not dry_run else nullcontext() as new:
        with unchanged(dry_run):
            entries = _entries(place, new)
        keys = KeptKeys(home, place)
        judged = [*_noted(place, entries, keys), *_without_note(place, entries, keys)]
        mine = [one for one, _ in judged]
        if mine and not dry_run:
            outcomes = {name: sum(one.outcome == name for one in mine) for name in {one.outcome for one in mine}}
            audit(home, "ingest", "landed", "restored", region=place.name, files=outcomes)
            for entry in (entry for _, entry in judged if entry):
                (new or Catalog(place)).land(entry)
    return len(entries), mine


def _entries(place: Region, new: Catalog | None) -> dict[tuple[str, str], File]:
    if not new and not (place.root / NAME).exists():
        return {}
    try:
        return {(file.source, file.file_id): file for file in (new or Catalog(place)).files()}
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise explain_failure(error) or EnvironmentFault(
            f"The catalog of region {place.name} cannot be read.",
            mend="`geoward fsck` says how to set it aside; then repeat this command.",
        ) from None


Judged = tuple[RestoredFile, File | None]
"""A file, and its entry if it is to be entered."""


def _noted(place: Region, entries: dict[tuple[str, str], File], keys: FileKeys) -> Iterator[Judged]:
    for note in read_notes(place):
        if (note.source, note.file_id) not in entries:
            yield _restore(place, note, keys)


def _without_note(place: Region, entries: dict[tuple[str, str], File], keys: FileKeys) -> Iterator[Judged]:
    said = {f"{file.file_id}.{file.extension}" for file in entries.values()} | {one.copy for one in read_notes(place)}
    for name in sorted(copies(place) - said):
        if is_whole_stranger(SealedFile(place.root / LANDING / name, name[:64], keys)):
            yield _told(place, "", name, name[:64], "source_unknown"), None


def copies(place: Region) -> Set[str]:
    """Return the names in the region's folder of landed files that are of kept copies."""
    return {path.name for path in (place.root / LANDING).glob("*") if COPY.fullmatch(path.name) and path.is_file()}


def _restore(place: Region, note: Note, keys: FileKeys) -> Judged:
    kept = SealedFile(place.root / LANDING / note.copy, note.file_id, keys)
    if not kept.path.is_file():
        return _of(place, note, "kept_bytes_gone"), None
    try:
        if not is_whole(kept):
            return _of(place, note, "kept_bytes_changed"), None
    except FileShredded:
        return _of(place, note, "shredded"), None
    path = place.root / MAPPINGS / f"{note.mapping_version}.yaml"
    try:
        mapping = load_mapping(path)
    except ConfigError:
        return _of(place, note, "mapping_gone"), None
    if (mapping.name, mapping.version) != (note.source, note.mapping_version):
        return _of(place, note, "mapping_gone"), None
    probe = probe_copy(kept, mapping)
    entry = replace(entry_of(mapping, note.name, probe, note.file_id, kept.size), landed_at=note.landed_at)
    told = _of(place, note, "quarantined" if probe.reason else "landed", probe.reason)
    return told, replace(entry, extension=note.extension)


def _of(place: Region, note: Note, outcome: RestoreOutcome, reason: str = "") -> RestoredFile:
    return _told(place, note.source, note.name, note.file_id, outcome, reason, note.copy)


def _told(
    place: Region, source: str, name: str, file_id: str, outcome: RestoreOutcome, reason: str = "", copy: str = ""
) -> RestoredFile:
    from_elsewhere = outcome in ("kept_bytes_gone", "kept_bytes_changed")
    path = "FILE" if from_elsewhere else f"{LANDING}/{copy or name}"
    if outcome == "quarantined":
        mend = explain_reason(reason)[1]
    else:
        mend = _MENDS[outcome].format(source=source or "SOURCE", region=place.name, path=path)
    return RestoredFile(
        region=place.name, source=source, name=name, file_id=file_id, outcome=outcome, reason=reason, mend=mend
    )
