"""Stands for spark-submit: answers an order by Dagster Pipes as a submitted process does; its tables need no Spark.

``$ANSWER`` says how the tables go: well, audit, mend, value, dies, waits, or no-cluster.
"""

from __future__ import annotations

import json
import os
import signal
import time

from jobs import run_ahead
from jobs.home import open_home
from jobs.nightly import Sessions
from jobs.pipes import answer_pipes
from jobs.report import RunReport
from jobs.run_lock import holds_run_lock
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed, EnvironmentFault

SECRET = "51.5007N planted"
FAILS = "raw.pings"
GOOD = Verdict("region_stays_home", True, "All below.", "Move it.", {"files": 3})
BAD = Verdict("expectations", False, "2 rows fail.", "Fix the mapping.", {"rows": 2})


def run_table(place, table, dates, run_id):
    """Make a table as ``$ANSWER`` says."""
    answer = os.environ["ANSWER"]
    if answer == "waits":
        time.sleep(60)
    if answer == "dies" and table == "raw.labels":
        time.sleep(2)  # the other table's answer is on its way
        os.kill(os.getpid(), signal.SIGKILL)
    if table == FAILS and answer == "audit":
        raise AuditFailed(table, place.region.name, (BAD.check,), BAD.mend, verdicts=(GOOD, BAD))
    if table == FAILS and answer == "mend":
        raise EnvironmentFault("The disk is full.", mend="Free space.")
    if table == FAILS and answer == "value":
        raise ValueError(SECRET)
    reports = (
        RunReport(
            table, place.region.name, day, 10, 7, 2, {"bad_cell": 2}, {"no_consent": 1}, version=3, checks=(GOOD,),
            reason="never published", run_id=run_id, contract="c", policy="p", code="x", seconds=1.5,
        )
        for day in sorted(dates)
    )  # fmt: skip
    return list(reports)


def start(sessions):
    """Note who started, in place of a session."""
    with (open_home().path / "started.jsonl").open("a") as file:
        file.write(json.dumps({"pid": os.getpid(), "writes": holds_run_lock(open_home())}) + "\n")
    if os.environ["ANSWER"] == "no-cluster":
        raise EnvironmentFault("The Spark cluster could not be joined.", mend="Check it.")


if __name__ == "__main__":
    Sessions.__call__ = start
    run_ahead.run_table = run_table
    answer_pipes()
