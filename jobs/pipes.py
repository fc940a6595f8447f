"""What a process that Dagster launched tells it, by Dagster Pipes: the reports of the runner, or why there are none.

Dagster makes of the reports what it makes of those of a run in its own process, so no fact is made twice. What went
wrong is told as a sentence: an error that is let through would take a row's value along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.make_table import make_table
from jobs.nightly import Sessions
from jobs.report import RunReport
from quality.checks.verdict import Verdict
from quality.contracts.errors import UNEXPLAINED, AuditFailed, GeowardError


def order(table: str, days: Mapping[str, Iterable[date]], run_id: str, *, only_stale: bool) -> dict[str, Any]:
    """Return what to make, as Dagster hands it over: a table and its dates by region."""
    dates = {region: [day.isoformat() for day in mine] for region, mine in days.items()}
    return {"table": table, "days": dates, "run_id": run_id, "only_stale": only_stale}


def answer_pipes() -> None:
    """Make what Dagster ordered and tell it what came of it."""
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        pipes.report_custom_message(answer(pipes.extras))


def answer(ordered: Mapping[str, Any]) -> dict[str, Any]:
    """Make what was ordered; return its reports, or the sentence or the verdicts of what failed."""
    table, region, reports = ordered["table"], "", list[dict[str, Any]]()
    try:
        home = open_home()
        sessions = Sessions(home)
        for region, days in ordered["days"].items():
            place = Workplace.open(home, home.region(region), sessions)
            dates = [date.fromisoformat(day) for day in days]
            made = make_table(place, table, dates, ordered["run_id"], only_stale=ordered["only_stale"])
            reports += [report.as_dict() for report in made]
    except AuditFailed as error:
        verdicts = [asdict(verdict) for verdict in error.verdicts if isinstance(verdict, Verdict)]
        return {"region": region, "mend": error.mend, "verdicts": verdicts}
    except GeowardError as error:
        return {"message": error.message, "mend": error.mend}
    except Exception as error:  # its message may hold a row's value: name the kind only
        return {"message": f"{table} failed with {type(error).__name__}.", "mend": UNEXPLAINED}
    return {"reports": reports}


def reports_in(told: Mapping[str, Any], table: str) -> list[RunReport]:
    """Return the reports of an answer; raise what it says went wrong: ``AuditFailed``, or a sentence with its mend."""
    if "reports" in told:
        return [RunReport.from_dict(report) for report in told["reports"]]
    if "verdicts" in told:
        verdicts = tuple(Verdict(**verdict) for verdict in told["verdicts"])
        failed = tuple(verdict.check for verdict in verdicts if verdict.stops)
        raise AuditFailed(table, told["region"], failed, told["mend"], verdicts=verdicts)
    raise GeowardError(told["message"], mend=told["mend"])
