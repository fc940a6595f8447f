"""Publish rows made by hand, without Spark; as a process, so that it can be killed at a chosen point.

`python -m tests.jobs.publisher POINT MARK DATE[,DATE] [MARK DATE[,DATE]]`; POINT ``-`` is never come to.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import commit, manifest
from jobs.audit_log import audit
from jobs.commit import StagedFile, arrow_schema
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import Staged
from jobs.plan import plan
from quality.contracts import contract

TABLE = contract("raw.pings")

POINTS = {
    "staged-before-the-commit": (manifest, "intend"),
    "intended-before-the-commit": (commit, "_opened"),
    "committed-before-the-manifest": (manifest, "complete"),
}


def publish(place, mark, *days, code=""):
    """Publish one row of each day named ``mark``, as a run would, or one of other ``code``; return the version."""
    folder = place.lake.path(TABLE.name)
    manifest.begin(folder, mark)
    files = []
    for day in days:
        path = folder / f"stage-{mark}" / f"event_date={day}" / "p.parquet"
        path.parent.mkdir(parents=True)
        rows = [{**dict.fromkeys(TABLE.column_names), "event_id": mark}]
        pq.write_table(pa.Table.from_pylist(rows, arrow_schema(TABLE)).drop_columns("event_date"), path)
        name = path.relative_to(folder).as_posix()
        files.append(StagedFile(name, path.stat().st_size, 1, day, 0, manifest.sha256_of(path)))
    version = place.lake.publish(Staged(TABLE, folder, tuple(files)), days, {"run_id": mark})
    for one in plan(place, tables=(TABLE.name,), force=True):
        if one.date in days:
            one = replace(one, digest=code, parts={**one.parts, "code": code}) if code else one
            place.catalog.record(TABLE.name, one.date, version, one.digest, one.parts, _report(mark))
    digest = manifest.sha256_of(manifest.manifest_file(folder, version))
    facts = {"version": version, "run_id": mark, "manifest": digest}
    audit(place.home, "run", TABLE.name, "published", region=place.region.name, **facts)
    return version


def _report(mark):
    return {"quarantined": 0, "rows_in": 1, "rows_out": 1, "run_id": mark}


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
