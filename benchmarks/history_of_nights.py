"""Make of one run over a few days what many nights leave behind: each day a commit, a manifest and an audit entry.

Hundreds of real nights would take hours. Older days are the first day's files under other dates: nothing but their
names and numbers should matter to a new day, which is what is measured.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from jobs import manifest
from jobs.audit_log import audit_many
from jobs.catalog import Catalog
from jobs.commit import Change, StagedFile, commit
from jobs.home import Home, Region
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landing_ledger import Part
from jobs.manifest import FileEntry, manifest_file, sha256_of
from jobs.plan import plan
from jobs.run_ledger import RunLedger
from quality.contracts import contract


def as_nights(home: Home, region: Region) -> None:
    """Rewrite the history of every table of one run as if each date had been published on its own."""
    for log in sorted(region.root.glob("*/*/_delta_log")):
        path, name = log.parent, f"{log.parent.parent.name}.{log.parent.name}"
        shown = manifest.active(manifest.history(path))
        days = sorted({day for each in manifest.history(path) for day in each.dates})
        for folder in ("_delta_log", manifest.FOLDER):
            shutil.rmtree(path / folder)
        for day in days:
            files = [_linked(path, day, file) for _, file in shown.get(day, [])]
            for _, file in shown.get(day, []):
                (path / file.path).unlink()
            version = _publish(home, region, name, date.fromisoformat(day), files)
            with Catalog(region).open() as db:
                where = "WHERE dataset = ? AND event_date = ?"
                db.execute(f"UPDATE publications SET version = ? {where}", (version, name, day))


def add_older_nights(home: Home, region: Region, days: int) -> None:
    """Publish copies of the first day of the logs under the dates before it, so many ``days``."""
    place = Workplace.open(home, region, no_spark)
    catalog = place.catalog
    logs = {"raw.pings", "raw.actions"}
    first = min(catalog.dates(logs)["raw.pings"])
    older = [first - timedelta(days=n + 1) for n in range(days)]
    for table, held in catalog.dates(logs).items():
        _land(catalog, table, held[first][0], older)
    dated = {table: report for (table, day), (_, _, report) in catalog.published().items() if day == first}
    reports = {table: report for table, report in dated.items() if table not in ("raw.actors", "raw.consents")}
    versions = {}
    for table in reports:
        path = place.lake.path(table)
        shown = manifest.active(manifest.history(path)).get(first.isoformat(), [])
        for day in older:
            files = [_linked(path, day.isoformat(), file) for _, file in shown]
            versions[table, day] = _publish(home, region, table, day, files)
    for entry in plan(place):
        version, report = versions[entry.table, entry.date], {**reports[entry.table], "date": entry.date.isoformat()}
        catalog.record(entry.table, entry.date, version, entry.digest, entry.parts, {**report, "version": version})


def _land(catalog: Catalog, table: str, part: Part, older: list[date]) -> None:
    with catalog.open() as db:
        for day in older:
            file_id = f"{day:%Y%m%d}{part.file_id[8:]}"
            columns = "mapping_version, name, extension, bytes, columns, dropped, landed_at, reason, dated"
            query = f"INSERT INTO files SELECT source, ?, {columns} FROM files WHERE source = ? AND file_id = ?"
            db.execute(query, (file_id, part.source, part.file_id))
            values = (part.source, file_id, table, day.isoformat(), part.rows, part.usable)
            db.execute("INSERT INTO dates VALUES (?,?,?,?,?,?)", values)


def _publish(home: Home, region: Region, table: str, day: date, files: list[StagedFile]) -> int:
    path, of = region.root.joinpath(*table.split(".")), contract(table)
    facts = {"run_id": f"night-{day}", "audit": "0" * 16, "contract": of.fingerprint[:16]}
    with RunLedger(region).entered(facts["run_id"], table, [day]):
        version = commit(path, of, Change("publish", (day,), tuple(files), facts, {day: 0}))
        detail = {"date": day.isoformat(), "version": version, "manifest": sha256_of(manifest_file(path, version))}
        audit_many(home, [("run", table, "published", region.name, detail)])
    return version


def _linked(path: Path, day: str, file: FileEntry) -> StagedFile:
    name = f"stage-night-{day}/event_date={day}/{Path(file.path).name}"
    (path / name).parent.mkdir(parents=True, exist_ok=True)
    (path / name).hardlink_to(path / file.path)
    return StagedFile(name, file.bytes, file.rows, date.fromisoformat(day), 0, file.sha256)
