"""Land files: keep their bytes under their SHA-256, enter them in the ledger, quarantine what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.catalog import Catalog, File, now
from jobs.home import Region
from jobs.landing.file_opening import Unreadable
from jobs.landing.keep_file import Copy, copied, drop_leftovers, write_text
from jobs.landing.probe_file import Probe, probe_file, unfit
from quality.sources.mapping import Mapping

MAPPINGS = "mappings"
LANDING = "landing"


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of one file: ``landed``, ``known`` (the same bytes were there already) or ``quarantined``."""

    name: str
    outcome: str
    reason: str
    file_id: str
    bytes: int
    dropped: tuple[str, ...]


def land_files(
    region: Region,
    mapping: Mapping,
    mapping_text: str,
    paths: Sequence[Path],
    progress: Callable[[Path], None] = lambda path: None,
) -> list[Landed]:
    """Land each file for ``mapping`` and say what became of it. A file is copied, never moved or changed.

    The same bytes under another name add nothing. A file that cannot be read is kept under raw's rules, with a
    reason code, while its neighbors land.
    """
    return list(landing(region, mapping, mapping_text, paths, progress))


def landing(
    region: Region,
    mapping: Mapping,
    mapping_text: str,
    paths: Sequence[Path],
    progress: Callable[[Path], None] = lambda path: None,
) -> Iterator[Landed]:
    """Land the files as ``land_files`` does, and yield what became of each at once: a fault may end it midway."""
    catalog = Catalog(region)
    write_text(region.folder(MAPPINGS) / f"{mapping.version}.yaml", mapping_text)
    drop_leftovers(region.folder(LANDING))
    for path in paths:
        progress(path)
        yield _land(region, catalog, mapping, path)


def land_again(region: Region, mapping: Mapping, mapping_text: str, files: Sequence[File]) -> Iterator[Landed]:
    """Enter the kept bytes of files again, under a mended mapping: their names and landing times stay."""
    catalog = Catalog(region)
    write_text(region.folder(MAPPINGS) / f"{mapping.version}.yaml", mapping_text)
    folder = region.folder(LANDING)
    for file in files:
        kept = folder / f"{file.file_id}.{file.extension}"
        try:
            with copied(kept, folder) as copy:
                yield _keep(catalog, mapping, file.name, copy)
        except (Unreadable, OSError):
            yield Landed(file.name, "quarantined", "unreadable", file.file_id, 0, ())


def _land(region: Region, catalog: Catalog, mapping: Mapping, path: Path) -> Landed:
    if reason := unfit(path):
        return _nothing_kept(path, reason)
    try:
        with copied(path, region.folder(LANDING)) as copy:
            return _keep(catalog, mapping, path.name, copy)
    except Unreadable as error:
        return _nothing_kept(path, str(error))


def _nothing_kept(path: Path, reason: str) -> Landed:
    return Landed(path.name, "quarantined", reason, "", 0, ())


def _keep(catalog: Catalog, mapping: Mapping, name: str, copy: Copy) -> Landed:
    probe = probe_file(copy.path, mapping)
    entry = _entry(mapping, name, probe, copy)
    copy.keep(f"{copy.file_id}.{entry.extension}")
    new = catalog.land(entry)
    outcome = "quarantined" if probe.reason else "landed" if new else "known"
    return Landed(name, outcome, probe.reason, copy.file_id, copy.bytes, probe.dropped)


def _entry(mapping: Mapping, name: str, probe: Probe, copy: Copy) -> File:
    extension = mapping.format + (".gz" if probe.gzipped else "")
    return File(
        mapping.name, copy.file_id, mapping.version, name, extension, copy.bytes, probe.columns, probe.dropped, now(),
        probe.reason,
    )  # fmt: skip
