"""What could not be used and why: whole files and rows, from the catalog's ledger and reports, never a payload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from jobs.dismissals import Dismissals, Subject, file_subject, rows_subject
from jobs.home import Home, Region
from jobs.landed_regions import catalogs, of_each
from jobs.landing_ledger import File, Try
from jobs.listings import QuarantineDetail, QuarantinedFile, QuarantinedRows, QuarantineListing, ReasonCount
from jobs.quarantine import quarantine_contract
from jobs.reasons import explain_reason
from jobs.region_faults import Fence, unfenced
from quality.contracts import CONTRACTS
from quality.contracts.errors import UsageError


def list_quarantine(home: Home, region: str = "", fence: Fence = unfenced) -> QuarantineListing:
    """Return every quarantined file, and the quarantined rows by table, date and reason."""
    found = of_each(home, region, fence, lambda name: [_listed(home, name)])
    rows = sorted((row for one in found for row in one.rows), key=lambda row: (row.region, row.table))
    return QuarantineListing(files=[file for one in found for file in one.files], rows=rows)


def _listed(home: Home, region: str) -> QuarantineListing:
    known = {place.name: Dismissals(place).known() for place, _ in catalogs(home, region)}
    files = [
        QuarantinedFile(
            region=place.name, source=file.source, file_id=file.file_id, name=file.name, bytes=file.bytes,
            landed_at=file.landed_at, reason=file.reason, dismissed=known[place.name].get(file_subject(file), ""),
            tried=tried.reason if tried else "", tried_at=tried.at if tried else None,
        )
        for place, file, tried in _files(home, region)
    ]  # fmt: skip
    return QuarantineListing(files=files, rows=_rows(home, region, known))


def show_quarantine(home: Home, subject: str, region: str = "", fence: Fence = unfenced) -> QuarantineDetail:
    """Return why the rows of a table or a file (by its id, or 8 or more of its first digits) are in quarantine.

    Raises ``UsageError`` when nothing is quarantined by that name.
    """
    if subject in CONTRACTS:
        return _show_table(home, subject, region, fence)
    held = of_each(home, region, fence, lambda name: _files(home, name))
    found = [one for one in held if len(subject) >= 8 and one[1].file_id.startswith(subject.lower())]
    if not found:
        raise UsageError(
            "Nothing is quarantined under that name.", mend="See tables and file ids with `geoward quarantine list`."
        )
    kept = max(file.landed_at.date() for _, file, _ in found) + _days(home)
    counts, tried = Counter(file.reason for _, file, _ in found), Counter(tried.reason for *_, tried in found if tried)
    return QuarantineDetail(
        subject=found[0][1].file_id, kind="file", regions=sorted({place.name for place, *_ in found}),
        reasons=_explained(counts), tried=_explained(tried),
        dropped=list(dict.fromkeys(name for _, file, _ in found for name in file.dropped)), first_date=None,
        last_date=None, retain_until=kept,
    )  # fmt: skip


def _show_table(home: Home, table: str, region: str, fence: Fence) -> QuarantineDetail:
    def look(name: str) -> Iterator[tuple[list[QuarantinedRows], list[date]]]:
        for place, _ in catalogs(home, name):
            yield [entry for entry in _rows(home, name, {}) if entry.table == table], [*_retained(place, table)]

    found = of_each(home, region, fence, look)
    rows = [entry for entries, _ in found for entry in entries]
    counts: Counter[str] = Counter()
    for entry in rows:
        counts[entry.reason] += entry.rows
    dates = [entry.date for entry in rows]
    kept = [day for _, days in found for day in days]
    return QuarantineDetail(
        subject=table, kind="table", regions=sorted({entry.region for entry in rows}), reasons=_explained(counts),
        tried=[], dropped=[], first_date=min(dates, default=None), last_date=max(dates, default=None),
        retain_until=max(kept, default=None) if rows else None,
    )  # fmt: skip


def _files(home: Home, region: str) -> list[tuple[Region, File, Try | None]]:
    found = []
    for place, catalog in catalogs(home, region):
        tries = catalog.tries()
        found += [(place, file, tries.get((file.source, file.file_id))) for file in catalog.files() if file.reason]
    return found


def _rows(home: Home, region: str, known: Mapping[str, Mapping[Subject, str]]) -> list[QuarantinedRows]:
    found = []
    for place, catalog in catalogs(home, region):
        for (table, day), (_, _, report) in catalog.published().items():
            counts = report.get("quarantined_by")
            why = known.get(place.name, {}).get(rows_subject(table, day, report), "")
            for reason, rows in counts.items() if isinstance(counts, dict) else ():
                found.append(
                    QuarantinedRows(region=place.name, table=table, date=day, reason=reason, rows=rows, dismissed=why)
                )
    return sorted(found, key=lambda entry: (entry.region, entry.table, entry.date, entry.reason))


def _retained(place: Region, table: str) -> Iterable[date]:
    """Return the last days of keeping, reading that one column of the quarantine table."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from jobs.released_views import table_files

    for files in table_files(quarantine_contract(table), [place]).values():
        for file in files:
            last = pc.max(pq.ParquetFile(file).read(columns=["retain_until"]).column(0)).as_py()
            if last:
                yield last


def _explained(counts: Counter[str]) -> list[ReasonCount]:
    return [
        ReasonCount(reason=reason, count=count, meaning=explain_reason(reason)[0], mend=explain_reason(reason)[1])
        for reason, count in counts.most_common()
    ]


def _days(home: Home) -> timedelta:
    return timedelta(days=home.policy.retention["quarantine"].days)
