"""Land files: keep their bytes under their SHA-256, enter them in the ledger, quarantine what cannot be read.

A new entry may come while a run is alive; to change one, no run may be (docs/decisions/0015-landing-beside-a-run.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from jobs.catalog import Catalog, now
from jobs.durable import write_whole
from jobs.home import Home, Region
from jobs.landed_notes import note_missing, write_note
from jobs.landing.file_keys import KeptKeys
from jobs.landing.file_name import told
from jobs.landing.file_opening import Content, PlainFile, Unreadable
from jobs.landing.keep_file import Copy, copied, drop_leftovers
from jobs.landing.probe_file import SHREDDED, Probe, probe_copy, unfit
from jobs.landing.sealed_file import FileKeys, FileShredded, SealedFile, SealRefused, is_sealed
from jobs.landing.sound_file import is_whole
from jobs.landing_ledger import File
from quality.sources.mapping import Format, Mapping

MAPPINGS = "mappings"
LANDING = "landing"
COPY = re.compile(r"([0-9a-f]{64})\.(?:csv|tsv|jsonl|parquet)(?:\.gz)?")
"""The name of a kept copy: the SHA-256 of what it holds, and how that is read."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of one file: ``landed``, ``known`` (the same bytes were there already), ``quarantined``, ``refused``.

    ``restored`` is known too, but what was kept of it was gone, changed or not to be read, and is whole again. A file
    in use is refused when the mapping cannot read it: it stays in use as it was. Where there is nothing to keep the
    outcome is the reason, one of ``NOT_KEPT``.
    """

    name: str
    outcome: str
    reason: str
    file_id: str
    bytes: int
    dropped: tuple[str, ...]


def land_files(
    home: Home,
    region: Region,
    mapping: Mapping,
    mapping_text: str,
    paths: Sequence[Path],
    progress: Callable[[Path], None] = lambda path: None,
    alone: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> list[Landed]:
    """Land each file for ``mapping`` and say what became of it. A file is copied, never moved or changed.

    The same bytes under another name add nothing. A file that cannot be read is kept under raw's rules, with a
    reason code, while its neighbors land. ``alone`` keeps runs away, and is entered before an entry is changed.
    """
    return list(landing(home, region, mapping, mapping_text, paths, progress, alone))


def landing(
    home: Home,
    region: Region,
    mapping: Mapping,
    mapping_text: str,
    paths: Sequence[Path],
    progress: Callable[[Path], None] = lambda path: None,
    alone: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[Landed]:
    """Land the files as ``land_files`` does, and yield what became of each at once: a fault may end it midway."""
    catalog, keys = Catalog(region), KeptKeys(home, region)
    keep_mapping(region, mapping, mapping_text)
    drop_leftovers(region.folder(LANDING))
    note_missing(region, catalog)
    with ExitStack() as held:  # once changed, all of them are, before a run sees any
        for path in paths:
            progress(path)
            yield _land(region, keys, catalog, mapping, path, lambda: held.enter_context(alone()))


def keep_mapping(region: Region, mapping: Mapping, text: str) -> None:
    """Keep a version of a mapping, for as long as files are entered under it."""
    write_whole(region.folder(MAPPINGS) / f"{mapping.version}.yaml", text)


def entry_of(mapping: Mapping, name: str, probe: Probe, file_id: str, size: int) -> File:
    """Return what the ledger will say of a file whose bytes were judged under a mapping; its name as it is told."""
    extension = mapping.format + (".gz" if probe.gzipped else "")
    return File(
        mapping.name, file_id, mapping.version, told(name), extension, size, probe.columns, probe.dropped, now(),
        probe.reason,
    )  # fmt: skip


def kept_path(region: Region, file: File) -> Path:
    """Return where a file's bytes are kept."""
    return region.root / LANDING / f"{file.file_id}.{file.extension}"


def kept_file(region: Region, file: File, keys: FileKeys) -> SealedFile:
    """Return a file's kept bytes, which need not be there or sound."""
    return SealedFile(kept_path(region, file), file.file_id, keys)


def content_of(path: Path, keys: FileKeys) -> Content:
    """Return what a file that is to land holds: it may itself be a kept one, which is opened as such."""
    if COPY.fullmatch(path.name) and path.is_file() and is_sealed(path):
        return SealedFile(path, path.name[:64], keys)
    return PlainFile(path)


def drop_old_copies(region: Region, catalog: Catalog, file_id: str) -> None:
    """Remove a file's copies under the names of formats that no entry needs, of whatever source."""
    names = [f"{file_id}.{format_}{zipped}" for format_ in get_args(Format) for zipped in ("", ".gz")]
    there = [path for path in (region.root / LANDING / name for name in names) if path.exists()]
    if len(there) > 1:
        catalog.drop_unnamed(file_id, there)


def _land(
    region: Region, keys: FileKeys, catalog: Catalog, mapping: Mapping, path: Path, alone: Callable[[], None]
) -> Landed:
    if reason := unfit(path):
        return _nothing_kept(path, reason)
    try:
        with copied(content_of(path, keys), region.folder(LANDING), keys) as copy:
            return _keep(region, catalog, mapping, path.name, copy, alone)
    except Unreadable as error:
        return _nothing_kept(path, str(error))
    except SealRefused:
        return _nothing_kept(path, "unreadable")
    except FileShredded:
        return _nothing_kept(path, SHREDDED)


def _nothing_kept(path: Path, reason: str) -> Landed:
    return Landed(told(path.name), reason, reason, "", 0, ())


def _keep(
    region: Region, catalog: Catalog, mapping: Mapping, name: str, copy: Copy, alone: Callable[[], None]
) -> Landed:
    probe = probe_copy(copy.content, mapping)
    entry = entry_of(mapping, name, probe, copy.file_id, copy.bytes)
    kept = kept_file(region, entry, copy.content.keys)
    whole = _is_whole(kept)  # asked before the copy takes its place, while others may enter

    def keep(entered: File) -> None:
        copy.keep(kept_path(region, entered).name)
        write_note(region, entered)

    standing = catalog.land(entry, keep, change=False)
    if standing == "changes":
        alone()
        standing = catalog.land(entry, keep)
    outcome = "quarantined" if probe.reason else "landed"
    if standing == "known" and not probe.reason:
        outcome = "known" if whole else "restored"
    if standing == "refused":
        outcome = standing
    else:
        drop_old_copies(region, catalog, entry.file_id)
    return Landed(entry.name, outcome, probe.reason, copy.file_id, copy.bytes, probe.dropped)


def _is_whole(kept: SealedFile) -> bool:
    try:
        return is_whole(kept)
    except OSError:
        return False
