"""What a kept file's bytes do not say, noted beside it should the catalog be lost: its source, name and landing time.

One small file for each entry, ``entries/<source>/<file_id>.json`` in the region's root, for the owner alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.catalog import Catalog
from jobs.durable import write_whole
from jobs.home import Region
from jobs.landing.file_name import told
from jobs.landing_ledger import File

ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of an entry. All else is learned from the kept bytes and the kept mapping."""

    source: str
    file_id: str
    mapping_version: str
    name: str
    extension: str
    landed_at: datetime

    @property
    def copy(self) -> str:
        """The name of the kept copy."""
        return f"{self.file_id}.{self.extension}"


def write_note(region: Region, file: File) -> None:
    """Note an entry, in place of what was noted of it before."""
    facts = {
        "mapping_version": file.mapping_version, "name": file.name, "extension": file.extension,
        "landed_at": file.landed_at.isoformat(),
    }  # fmt: skip
    write_whole(region.folder(ENTRIES, file.source) / f"{file.file_id}.json", json.dumps(facts))


def read_notes(region: Region) -> Iterator[Note]:
    """Yield all notes that can be read, by source and file; one that cannot is as good as none."""
    for path in sorted((region.root / ENTRIES).glob("*/*.json")):
        if note := _read(path):
            yield note


def note_missing(region: Region, catalog: Catalog) -> None:
    """Note the entries that an older version of Geoward made, or whose note is gone."""
    noted = {(path.parent.name, path.stem) for path in (region.root / ENTRIES).glob("*/*.json")}
    if any((file.source, file.file_id) not in noted for file in catalog.files()):
        with catalog.alone():  # else a change of an entry might pass between reading and noting it
            for file in catalog.files():
                if (file.source, file.file_id) not in noted:
                    write_note(region, file)


def _read(path: Path) -> Note | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        landed_at = datetime.fromisoformat(facts["landed_at"])
        if landed_at.tzinfo is None:  # no moment: two entries could not be put in order by it
            return None
        return Note(
            path.parent.name, path.stem, str(facts["mapping_version"]), told(str(facts["name"])),
            str(facts["extension"]), landed_at,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
