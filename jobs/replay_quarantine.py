"""Enter quarantined files again after their mapping was mended, and those with rows in quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from jobs.audit_log import audit
from jobs.catalog import Catalog
from jobs.dismiss_quarantine import ENOUGH_DIGITS
from jobs.dismissals import Dismissals, file_subject
from jobs.explain_failure import explained
from jobs.home import Home, Region
from jobs.land_files import drop_old_copies, entry_of, keep_mapping, kept_file
from jobs.landed_notes import write_note
from jobs.landed_regions import catalogs, of_each
from jobs.landing.file_keys import KeptKeys
from jobs.landing.keep_file import copied
from jobs.landing.probe_file import SHREDDED, probe_copy
from jobs.landing.sealed_file import FileKeys, FileShredded
from jobs.landing.sound_file import is_whole
from jobs.landing_ledger import File
from jobs.ledger_file import unchanged
from jobs.listings.replay import ReplayedFile, ReplayListing, ReplayOutcome
from jobs.reasons import explain_reason
from jobs.region_faults import Fence, unfenced
from jobs.run_lock import run_lock
from quality.contracts.errors import UsageError
from quality.sources.load_mapping import load_mapping, mapping_text
from quality.sources.mapping import Mapping

ROWS = "rows in quarantine"

_FROM_ITS_SOURCE = "Run `geoward fsck`, then ingest the file again from where it came."
_MENDS: dict[ReplayOutcome, str] = {
    "landed": "Run `geoward run`: it makes its dates.",
    "unchanged": "It was entered under this very mapping before: mend the mapping first.",
    "refused": "It is in use and stays so, under the mapping it came with, since this one cannot read it. Nothing to "
    "do, unless this mapping was meant for it.",
    "kept_bytes_gone": _FROM_ITS_SOURCE,
    "kept_bytes_changed": _FROM_ITS_SOURCE,
    "shredded": explain_reason(SHREDDED)[1],
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """A file, what is told of it, and its new entry if the ledger is to change."""

    file: File
    told: ReplayedFile
    entry: File | None


def replay(
    home: Home, source: str, region: str = "", *, file: str = "", dry_run: bool = False,
    progress: Callable[[str], None] = lambda text: None, wait: bool = True, fence: Fence = unfenced,
) -> ReplayListing:  # fmt: skip
    """Enter the source's quarantined files, and those of dates with quarantined rows, under the mapping as it is now.

    The next run makes the dates of what changed, and nothing else. All files are judged before any entry is changed,
    and a region's entries change together or not at all; a file in use is never taken out of use. ``file`` is the id of
    one of these files, or 8 or more of its first digits: only that one is entered, also if it was dismissed. No run is
    alive meanwhile: ``progress`` is told which is waited for; without ``wait`` raises ``Busy``. Raises ``ConfigError``
    for a mapping that is wrong, ``UsageError`` when no such file of the source is in quarantine, and
    ``EnvironmentFault`` when the machine fails.
    """
    mapping, text = load_mapping(source), mapping_text(source)
    with explained(), unchanged() if dry_run else run_lock(home, progress, wait=wait):

        def look(name: str) -> Iterator[tuple[Region, Catalog, FileKeys, list[_Judged]]]:
            for place, catalog in catalogs(home, name):
                keys = KeptKeys(home, place)
                yield place, catalog, keys, [*_judged(place, catalog, keys, mapping, file)]

        judged = of_each(home, region, fence, look)
        if file and not any(found for *_, found in judged):
            raise UsageError(
                f"No such file of source {mapping.name} is in quarantine, or has rows there.",
                mend=f"Give {ENOUGH_DIGITS} or more of the first digits of its id: see `geoward quarantine list`.",
            )
        files = list[ReplayedFile]()
        for place, catalog, keys, found in judged:
            with fence(place):
                if found and not dry_run:
                    _enter(place, catalog, keys, mapping, text, found)
                    outcomes = dict(Counter(one.told.outcome for one in found))
                    audit(home, "ingest", mapping.name, "replayed", region=place.name, mapping_version=mapping.version,
                          files=outcomes)  # fmt: skip
                files += [one.told for one in found]
    # Files in use may have another layout, for which this mapping was never meant: nobody is to look at each of them.
    well = ("landed", "unchanged") if file else ("landed", "unchanged", "refused")
    ok = all(one.outcome in well for one in files)
    return ReplayListing(source=source, dry_run=dry_run, ok=ok, files=files)


def _judged(place: Region, catalog: Catalog, keys: FileKeys, mapping: Mapping, wanted: str) -> Iterator[_Judged]:
    """Judge each file that is in quarantine or shares a date with rows that are, or the one wanted; nothing is changed.

    What a person has dismissed stays as it was seen, unless it is wanted.
    """
    if wanted and len(wanted) < ENOUGH_DIGITS:
        return
    held: dict[tuple[str, str], set[date]] = {}
    for days in catalog.dates().values():
        for day, parts in days.items():
            for part in parts:
                held.setdefault((part.source, part.file_id), set()).add(day)
    bad, dismissed = _dates_with_quarantine(catalog, mapping), Dismissals(place).known()
    for file in catalog.files(mapping.name):
        dates = held.get((file.source, file.file_id), set())
        was = file.reason or (ROWS if bad & dates else "")
        if was and (file.file_id.startswith(wanted.lower()) if wanted else file_subject(file) not in dismissed):
            yield _judge(place, keys, mapping, file, was, sorted(dates))


def _dates_with_quarantine(catalog: Catalog, mapping: Mapping) -> set[date]:
    tables = {emit.to for emit in mapping.emits}
    tables |= {table.replace("raw.", "clean.") for table in tables}
    published = catalog.published().items()
    return {day for (table, day), (_, _, report) in published if table in tables and report.get("quarantined")}


def _judge(place: Region, keys: FileKeys, mapping: Mapping, file: File, was: str, dates: list[date]) -> _Judged:
    """Kept bytes must have the SHA-256 that is their name before anything else is done with them."""

    def judged(outcome: ReplayOutcome, reason: str = "", entry: File | None = None) -> _Judged:
        mend = explain_reason(reason)[1] if outcome == "quarantined" else _MENDS[outcome]
        told = ReplayedFile(
            region=place.name, name=file.name, file_id=file.file_id, was=was, outcome=outcome, reason=reason,
            mend=mend, dates=dates if outcome == "landed" else [],
        )  # fmt: skip
        return _Judged(file, told, entry)

    if was == ROWS and file.mapping_version == mapping.version:
        return judged("unchanged")
    kept = kept_file(place, file, keys)
    if not kept.path.is_file():
        return judged("kept_bytes_gone")
    try:
        if not is_whole(kept):
            return judged("kept_bytes_changed")
    except FileShredded:
        return judged("shredded")
    probe = probe_copy(kept, mapping)
    if probe.reason and not file.reason:
        return judged("refused", probe.reason)
    entry = entry_of(mapping, file.name, probe, file.file_id, file.bytes)
    return judged("quarantined" if probe.reason else "landed", probe.reason, entry)


def _enter(place: Region, catalog: Catalog, keys: FileKeys, mapping: Mapping, text: str, judged: list[_Judged]) -> None:
    """Change the ledger. Under another format a copy has its new name before that, and its old one until after."""
    changed = [(one.file, one.entry) for one in judged if one.entry]
    keep_mapping(place, mapping, text)
    for file, entry in changed:
        old, new = kept_file(place, file, keys), kept_file(place, entry, keys)
        if old.path != new.path and not entry.reason:
            with copied(old, old.path.parent, keys) as copy:
                copy.keep(new.path.name)
    catalog.land_again([entry for _, entry in changed], partial(write_note, place))
    for _, entry in changed:
        drop_old_copies(place, catalog, entry.file_id)
