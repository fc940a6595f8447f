"""Runs of raw.pings without Spark: the rows are staged by hand, all the rest is what `geoward run` does.

A landed file holds two rows of each of its dates. Those of a file with an odd number have one bad row each.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import audit_staged, nightly, run_job
from jobs.commit import arrow_schema
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.land_files import LANDING, MAPPINGS
from jobs.landing_ledger import File
from jobs.quarantine import quarantine_contract
from jobs.staged import staged_files
from quality.checks.verdict import Verdict
from quality.contracts import contract
from quality.contracts.at_rest import at_rest
from quality.sources.load_mapping import mapping_text
from tests.jobs.kept import keep_bytes

TABLE = contract("raw.pings")
BAD = quarantine_contract(TABLE.name)
UNAUDITED = "unaudited"


def open_place(path):
    home = open_home(path)
    return Workplace.open(home, home.region("eu"), lambda: None)


def land(place, number, days):
    """Land a file of that number that holds two rows of each day."""
    (place.region.folder(MAPPINGS) / "v1.yaml").write_text(mapping_text("sample_pings"))
    content = f"file {number}".encode()
    file_id = hashlib.sha256(content).hexdigest()
    _ = place.keys  # as ingest makes them
    keep_bytes(place.home, place.region.folder(LANDING) / f"{file_id}.csv", content, place.region.name)
    landed = datetime(2024, 5, 9, second=number % 60, tzinfo=UTC)
    file = File("tiny", file_id, "v1", f"{number}.csv", "csv", len(content), (), (), landed)
    place.catalog.land(file)
    place.catalog.set_dates([file], [(file.source, file.file_id, TABLE.name, str(day), 2, 2) for day in days])
    return file


def truth(place):
    """Return, by date, (good rows, bad rows) of what landed; a row is told by the number of its file."""
    found, number_of = {}, {file.file_id: int(file.name.removesuffix(".csv")) for file in place.catalog.files()}
    for day, parts in place.catalog.dates().get(TABLE.name, {}).items():
        numbers = sorted(number_of[part.file_id] for part in parts)
        found[day] = [n for n in numbers for _ in range(2 - n % 2)], [n for n in numbers if n % 2]
    return found


def stand_in_for_spark(say, failing=()):
    """Let this process make the table by hand. ``say`` is told what a run staged; those in ``failing`` do not pass."""

    def run_rows(job, place, run, inputs, built):
        rows = truth(place)
        good = {day: rows.get(day, ([], []))[0] for day in run.dates}
        bad = {day: rows.get(day, ([], []))[1] for day in run.dates}
        say(began=run.run_id, rows={str(day): good[day] for day in run.dates})
        shown = {day: [UNAUDITED] for day in good} if run.run_id in failing else good
        staged = write_stage(place, TABLE, run.run_id, shown)
        quarantine = run_job._emptied_quarantine(job, place, run)
        if any(bad.values()):
            quarantine = write_stage(place, BAD, run.run_id, bad)
        counted = place.rows_in(job, run.dates)
        left_out = {day: Counter(bad_row=len(bad[day])) for day in run.dates}
        reports = [
            run_job._row_report(job, place, run, day, counted[day], staged, left_out[day] + Counter())
            if run.run_id not in failing
            else run_job._row_report(job, place, run, day, staged.rows[day], staged, Counter())
            for day in run.dates
        ]
        return run_job._audit_and_publish(job, place, run, inputs, staged, reports, quarantine)

    def verdicts(job, place, inputs, staged):
        run_id = staged.files[0].path.partition("/")[0].removeprefix("stage-") if staged.files else ""
        yield Verdict("expectations", run_id not in failing, "Looked at.", "Mend it.")

    run_job._run_rows, audit_staged.audit_staged = run_rows, verdicts
    nightly.JOBS = {name: replace(job, build=lambda inputs: None) for name, job in nightly.JOBS.items()}


def write_stage(place, table, run_id, rows):
    folder = place.lake.begin(table, run_id)
    for day, marks in rows.items():
        if marks:
            write_file(table, folder / f"event_date={day}", marks)
    return staged_files(table, folder)


def write_file(table, folder, marks):
    """Write rows at rest that are told apart by their source."""
    folder.mkdir(parents=True)
    rows = [{**dict.fromkeys(at_rest(table).column_names), "source": str(mark)} for mark in marks]
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(table)).drop_columns("event_date"), folder / "p.parquet")
