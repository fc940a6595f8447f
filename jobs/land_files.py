"""Land files: keep their bytes under their SHA-256, enter them in the ledger, quarantine what cannot be read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.catalog import Catalog, File, now
from jobs.home import Region
from jobs.landing.probe_file import Probe, probe_file
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
    catalog = Catalog(region)
    (region.folder(MAPPINGS) / f"{mapping.version}.yaml").write_text(mapping_text, encoding="utf-8")
    landed = []
    for path in paths:
        progress(path)
        landed.append(_land(region, catalog, mapping, path))
    return landed


def _land(region: Region, catalog: Catalog, mapping: Mapping, path: Path) -> Landed:
    probe = probe_file(path, mapping)
    if not path.is_file():
        return Landed(path.name, "quarantined", probe.reason, "", 0, ())
    file_id, size = _digest(path), path.stat().st_size
    extension = mapping.format + (".gz" if probe.gzipped else "")
    _keep(path, region.folder(LANDING) / f"{file_id}.{extension}")
    new = catalog.land(_entry(mapping, path, probe, file_id, extension, size))
    outcome = "quarantined" if probe.reason else "landed" if new else "known"
    return Landed(path.name, outcome, probe.reason, file_id, size, probe.dropped)


def _entry(mapping: Mapping, path: Path, probe: Probe, file_id: str, extension: str, size: int) -> File:
    return File(
        mapping.name, file_id, mapping.version, path.name, extension, size, probe.columns, probe.dropped, now(),
        probe.reason,
    )  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(path: Path, kept: Path) -> None:
    if kept.exists():
        return
    part = kept.with_suffix(".part")
    shutil.copyfile(path, part)
    part.chmod(0o600)
    part.rename(kept)
