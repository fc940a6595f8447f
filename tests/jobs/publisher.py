"""Publish rows made by hand, without Spark; as a process, so that it can be killed at a chosen point.

`python -m tests.jobs.publisher POINT MARK DATE[,DATE] [MARK DATE[,DATE]]`; POINT ``-`` is never come to.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import commit, manifest
from jobs.audit_log import audit
from jobs.commit import StagedFile, arrow_schema
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.plan import plan
from jobs.publish_table import publish_table
from jobs.quarantine import quarantine_contract
from jobs.report import RunReport
from jobs.run import Run
from jobs.staged import Staged
from quality.contracts import contract
from quality.contracts.at_rest import at_rest

TABLE = contract("raw.pings")

POINTS = {
    "staged-before-the-commit": (manifest, "intend"),
    "intended-before-the-commit": (commit, "_opened"),
    "committed-before-the-manifest": (manifest, "complete"),
    "manifest-before-it-is-done": (manifest, "give_up"),
}


def stage(place, mark, *days, table=TABLE):
    """Write one row of each day, named ``mark``, as files that are not published."""
    folder = place.lake.path(table.name)
    manifest.begin(folder, mark)
    files = []
    for day in days:
        path = folder / f"stage-{mark}" / f"event_date={day}" / "p.parquet"
        path.parent.mkdir(parents=True)
        rows = [{**dict.fromkeys(at_rest(table).column_names), "source": mark}]
        pq.write_table(pa.Table.from_pylist(rows, arrow_schema(table)).drop_columns("event_date"), path)
        name = path.relative_to(folder).as_posix()
        files.append(StagedFile(name, path.stat().st_size, 1, day, 0, manifest.sha256_of(path)))
    return Staged(table, folder, tuple(files))


def publish(place, mark, *days, code=""):
    """Publish those rows, enter them in the catalog, of other ``code`` if given, and audit; return the version."""
    _ = place.keys  # as a run makes them
    version = place.lake.publish(stage(place, mark, *days), days, {"run_id": mark})
    report = {"quarantined": 0, "rows_in": 1, "rows_out": 1, "run_id": mark}
    for day, (digest, parts) in digests(place, code).items():
        if day in days:
            place.catalog.record(TABLE.name, day, version, digest, parts, report)
    digest = manifest.sha256_of(manifest.manifest_file(place.lake.path(TABLE.name), version))
    facts = {"version": version, "run_id": mark, "manifest": digest}
    audit(place.home, "run", TABLE.name, "published", region=place.region.name, **facts)
    return version


def publish_as_a_run(place, mark, *days, code="", quarantine=None):
    """Publish those rows as a run does that staged them; a ``quarantine`` holds one row of each of its days."""
    _ = place.keys
    bad = quarantine_contract(TABLE.name)
    kept_back = None if quarantine is None else stage(place, mark, *quarantine, table=bad)
    claims, held = place.lake.claims(TABLE.name, days), [int(day in (quarantine or ())) for day in days]
    reports = [
        RunReport(TABLE.name, place.region.name, day, 1 + bad, 1, quarantined=bad, run_id=mark)
        for day, bad in zip(days, held, strict=True)
    ]
    run = Run(mark, days, digests=digests(place, code), claims=claims)
    return publish_table(place, run, stage(place, mark, *days), reports, kept_back)[0].version


def digests(place, code=""):
    """Return, by date, what the catalog is to say that a partition was made from."""
    found = {one.date: one for one in plan(place, tables=(TABLE.name,), force=True)}
    return {day: (code or one.digest, {**one.parts, "code": code or one.parts["code"]}) for day, one in found.items()}


def main(point, *words):
    if point in POINTS:
        module, name = POINTS[point]
        setattr(module, name, lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL))
    home = open_home()
    place = Workplace.open(home, home.region("eu"), None)
    for mark, days in zip(words[::2], words[1::2], strict=True):
        publish(place, mark, *map(date.fromisoformat, days.split(",")))


if __name__ == "__main__":
    main(*sys.argv[1:])
