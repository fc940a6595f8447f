"""What a process that Dagster submitted tells it, by Dagster Pipes: each table's reports, or why there are none.

Dagster makes of the reports what it makes of those of a run in its own process, so no fact is made twice. What went
wrong is told as a sentence: an error that is let through would take a row's value along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import Any

from jobs.explain_failure import as_told
from jobs.home import Home, open_home
from jobs.job_inputs import Workplace
from jobs.nightly import Sessions
from jobs.report import RunReport
from jobs.run_ahead import Dates, Outcome, outcomes
from jobs.take_over import join
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed, GeowardError


def order(region: str, dates: Dates, run_id: str) -> dict[str, Any]:
    """Return what to make, as Dagster hands it over."""
    plain = {table: sorted(day.isoformat() for day in days) for table, days in dates.items()}
    return {"region": region, "dates": plain, "run_id": run_id}


def answer_pipes() -> None:
    """Make what Dagster ordered and tell it of each table as it ends."""
    from dagster_pipes import open_dagster_pipes

    with closing(open_dagster_pipes()) as pipes:  # left as a context manager, it would send an error's text along
        for told in answers(pipes.extras):
            pipes.report_custom_message(told)


def answers(ordered: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Make what was ordered; yield of each table its reports, or the sentence or the verdicts of what failed."""
    for table, reports, error in _made(ordered):
        if error is None:
            yield {"table": table, "reports": [report.as_dict() for report in reports]}
            continue
        verdicts = [asdict(each) for each in getattr(error, "verdicts", ()) if isinstance(each, Verdict)]
        sentence = {"message": error.message, "mend": error.mend, "exit_code": error.exit_code}
        yield {"table": table, "region": ordered["region"], **sentence, "verdicts": verdicts}


def reports_in(told: Mapping[str, Any]) -> list[RunReport]:
    """Return the reports of a table's answer; raise what it says went wrong, as a run in this process would."""
    if "reports" in told:
        return [RunReport.from_dict(report) for report in told["reports"]]
    if told["verdicts"]:
        verdicts = tuple(Verdict(**verdict) for verdict in told["verdicts"])
        failed = tuple(verdict.check for verdict in verdicts if verdict.stops)
        raise AuditFailed(told["table"], told["region"], failed, told["mend"], verdicts=verdicts)
    error = GeowardError(told["message"], mend=told["mend"])
    error.exit_code = told["exit_code"]
    raise error


def _made(ordered: Mapping[str, Any]) -> Iterator[Outcome]:
    dates = {table: [date.fromisoformat(day) for day in days] for table, days in ordered["dates"].items()}
    try:
        home = open_home()
        join(home)
        place, sessions = _opened(home, ordered["region"])
    except Exception as error:
        return iter([(table, [], as_told(error)) for table in dates])
    return outcomes(place, dates, ordered["run_id"], side_by_side=sessions.side_by_side)


def _opened(home: Home, region: str) -> tuple[Workplace, Sessions]:
    """Open the region and join the cluster now: one that cannot be joined is not tried again for each table."""
    sessions = Sessions(home)
    sessions()
    return Workplace.open(home, home.region(region), sessions), sessions
