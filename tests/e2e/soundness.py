"""What must hold of a warehouse whatever happened to it, seen from its files and ledgers alone."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import manifest
from jobs.audit_log import read_audit
from jobs.commit import app_id
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.plan import plan
from jobs.run_ledger import RunLedger
from tests.e2e.tiny_runs import BAD, TABLE, truth

SCHEMA = pa.schema([("source", pa.string())])


def shown(place, table=TABLE):
    """Return, by date, the numbers that a reader sees, doubled ones twice; what is not one as it is."""
    found = {}
    for file in place.lake.published(table).files:
        path = place.lake.path(table.name) / file.path
        marks = pq.ParquetFile(path).read(["source"])["source"].to_pylist()
        found.setdefault(file.date, []).extend(int(mark) if mark.isdigit() else mark for mark in marks)
    return {day: sorted(marks) for day, marks in found.items()}


def unaudited(place, table=TABLE.name):
    """Return the dates that count as fresh although the audit log has no line of the version shown."""
    told = {(e["detail"]["date"], e["detail"]["version"]) for e in _published(place, table)}
    waiting = {one.date for one in plan(place, tables=(table,)) if one.table == table}
    return [
        day
        for day, version in _recorded(place, table).items()
        if day not in waiting and (str(day), version) not in told
    ]


def untold(place, tables=(TABLE.name, BAD.name)):
    """Return the versions, of all that any table ever had, that have not exactly the audit lines they are to have."""
    lines = Counter()
    for e in read_audit(place.home):
        told = e["detail"]
        if e["outcome"] == "published":
            lines[e["subject"], told["version"], told.get("date"), told["run_id"]] += 1
        elif e["outcome"] == "withdrawn":
            lines[e["subject"], told["new_version"], None, told["run_id"]] += 1
    meant = Counter()
    for table in tables:
        for each in manifest.history(place.lake.path(table)):
            for day in each.dates if table == TABLE.name and each.kind == "publish" else [None]:
                meant[table, each.version, day, each.run_id] += 1
    return sorted(map(str, (lines - meant) + (meant - lines)))


def damage(place, tables=(TABLE.name, BAD.name)):
    """Return what is wrong on disk when no run is alive: files, commits, manifests, what lies about."""
    found = [(each.kind, each.path) for each in fsck(place.home, tables=tables, checked=Checked())]
    found += [("pending", run_id) for _, run_id in manifest.pending(place.region.root)]
    states = {run.state for run in RunLedger(place.region).newest().values()}
    return found + [("ledger", "running")] * ("running" in states)


def disagreement(place):
    """Return what is wrong after a run that did all there was to do."""
    rows = {day: (good, bad) for day, (good, bad) in truth(place).items()}
    found = []
    if shown(place) != {day: good for day, (good, _) in rows.items() if good}:
        found.append("rows")
    if shown(place, BAD) != {day: bad for day, (_, bad) in rows.items() if bad}:
        found.append("quarantine")
    if [one for one in plan(place, tables=(TABLE.name,)) if one.table == TABLE.name]:
        found.append("plan")
    history = manifest.history(place.lake.path(TABLE.name))
    newest = {date.fromisoformat(day): each for each in history for day in each.dates}
    if _recorded(place) != {day: each.version for day, each in newest.items()}:
        found.append("catalog")
    if unaudited(place):
        found.append("audit log")
    if not all(
        _is_named(place, table, e["detail"]) for table in (TABLE.name, BAD.name) for e in _published(place, table)
    ):
        found.append("audit log's manifests")
    times = Counter(date.fromisoformat(day) for each in history for day in each.dates)
    table = place.lake.table(TABLE.name)
    if any(table.transaction_version(app_id(TABLE.name, day)) != n for day, n in times.items()):
        found.append("transaction ids")
    return found


def _recorded(place, table=TABLE.name):
    query = """SELECT event_date, MAX(version) FROM publications WHERE dataset = ? GROUP BY event_date"""
    with place.catalog.open() as db:
        return {date.fromisoformat(day): version for day, version in db.execute(query, (table,))}


def _is_named(place, table, detail):
    path = manifest.manifest_file(place.lake.path(table), detail["version"])
    return path.exists() and manifest.sha256_of(path) == detail["manifest"]


def _published(place, table=TABLE.name):
    return [e for e in read_audit(place.home) if e["outcome"] == "published" and e["subject"] == table]
