"""Enter quarantined files again after their mapping was mended, and those with rows in quarantine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from jobs.audit_log import audit
from jobs.catalog import Catalog, File
from jobs.home import Home, Region
from jobs.land_files import LANDING, land_again
from jobs.landed_regions import catalogs
from jobs.landing.probe_file import probe_file
from quality.sources.load_mapping import load_mapping, mapping_text
from quality.sources.mapping import Mapping

ROWS = "rows in quarantine"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One file: why it was replayed, and what became of it: ``readable`` in a dry run, ``unchanged`` if nothing."""

    region: str
    name: str
    file_id: str
    was: str
    outcome: str
    reason: str


def replay(home: Home, source: str, region: str = "", *, dry_run: bool = False) -> list[Replayed]:
    """Enter the source's quarantined files, and those of dates with quarantined rows, under the mapping as it is now.

    The next run makes the dates of what changed, and nothing else. A file that has been entered under this mapping
    already, and is not quarantined as a whole, stays as it is. Raises ``ConfigError`` for a mapping that is wrong.
    """
    mapping, text = load_mapping(source), mapping_text(source)
    found = []
    for place, catalog in catalogs(home, region):
        wanted = [(file, why) for file in catalog.files(mapping.name) if (why := _why(catalog, mapping, file))]
        done = [_replay(place, mapping, text, file, why, dry_run) for file, why in wanted]
        if done and not dry_run:
            outcomes = dict(Counter(one.outcome for one in done))
            audit(home, "ingest", mapping.name, "replayed", region=place.name, mapping_version=mapping.version,
                  files=outcomes)  # fmt: skip
        found += done
    return found


def _why(catalog: Catalog, mapping: Mapping, file: File) -> str:
    if file.reason:
        return file.reason
    tables = {emit.to for emit in mapping.emits}
    tables |= {table.replace("raw.", "clean.") for table in tables}
    bad = {day for (table, day), (_, _, report) in catalog.published().items()
           if table in tables and report.get("quarantined")}  # fmt: skip
    return ROWS if bad & _dates(catalog, file) else ""


def _dates(catalog: Catalog, file: File) -> set[date]:
    key = (file.source, file.file_id)
    held = [(day, parts) for days in catalog.dates().values() for day, parts in days.items()]
    return {day for day, parts in held if any((part.source, part.file_id) == key for part in parts)}


def _replay(place: Region, mapping: Mapping, text: str, file: File, why: str, dry_run: bool) -> Replayed:
    if why == ROWS and file.mapping_version == mapping.version:
        return Replayed(place.name, file.name, file.file_id, why, "unchanged", "")
    if dry_run:
        reason = probe_file(place.folder(LANDING) / f"{file.file_id}.{file.extension}", mapping).reason
        return Replayed(place.name, file.name, file.file_id, why, "quarantined" if reason else "readable", reason)
    [landed] = land_again(place, mapping, text, [file])
    return Replayed(place.name, file.name, file.file_id, why, landed.outcome, landed.reason)
