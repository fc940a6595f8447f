"""Plan, run through Dagster, and tell the user what came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module

from dagster_project.summary import run_listing, run_tables
from jobs.batches import Batch, batches, landed_bytes
from jobs.cli.app import err, fail, show
from jobs.counted import counted
from jobs.date_files import entered_dating
from jobs.home import Home
from jobs.job_inputs import Workplace
from jobs.nightly import Scope, Sessions, open_places, plan_all, plan_one, waiting_files
from jobs.plan import Stale
from jobs.region_faults import RegionFaults
from jobs.report import RunReport
from jobs.submit import date_on_cluster
from jobs.take_over import take_over
from quality.contracts.errors import GeowardError


def execute(home: Home, scope: Scope, *, as_json: bool = False, wait: bool = True) -> int:
    """Plan and run; print the summary; return the exit code: 0 when all went well.

    Another run of the installation is waited for, since it may make what this one would; without ``wait`` raises
    ``Busy``.
    """
    take_over(home, _say, wait=wait)
    try:
        code = _execute(home, scope, as_json)
    except Exception:
        with suppress(Exception):  # the first error is the one to show
            _alert(home)
        raise
    _alert(home)
    return code


def _execute(home: Home, scope: Scope, as_json: bool) -> int:
    started = time.monotonic()
    faults, stale = RegionFaults(), dict[str, list[Stale]]()
    sessions, places = _opened(home, scope, faults, stale)
    planned = _plan(home, places, scope, sessions, faults, stale)
    errors: dict[tuple[str, str], str] = {}
    run_ids: list[str] = []
    code = max((fail(error) for error in faults.told()), default=0)
    if planned:
        if not home.on_cluster:
            sessions.start_early()
        run_ids, errors, worst = _run(home, sessions, planned)
        code = max(code, worst)
    ran = {(batch.region, entry.table, entry.date): entry.reason for batch in planned for entry in batch.stale}
    sound = [place for place in places if place.region.name not in faults]
    listing = run_listing(sound, scope, ran, errors, run_ids, time.monotonic() - started, faults)
    show(listing, as_json, run_tables(listing))
    return code or int(not listing.ok)


def _opened(
    home: Home, scope: Scope, faults: RegionFaults, stale: Mapping[str, list[Stale]]
) -> tuple[Sessions, list[Workplace]]:
    """Open the regions, with a session that fits what is to be made now: not what years have left behind.

    ``stale`` is the plan, once there is one: a session that dates files starts before it.
    """
    places: list[Workplace] = []

    def landed() -> int:
        sizes = []
        for place in places:
            with RegionFaults().fence(place.region):  # its plan tells
                known = stale.get(place.region.name)
                sizes.append(landed_bytes(place, plan_one(place, scope) if known is None else known))
        return sum(sizes)

    sessions = Sessions(home, landed)
    places += open_places(home, scope, sessions, faults.fence)
    return sessions, places


def _alert(home: Home) -> None:
    """Tell the configured channels what is wrong now; what they cannot be told is said here."""
    if home.alerts:
        from jobs.alerts.notify import notify
        from jobs.status import problems

        for sent in notify(home, problems(home)):
            _say(f"alert by {sent.channel}: {sent.said}")


def _plan(
    home: Home, places: Sequence[Workplace], scope: Scope, sessions: Sessions, faults: RegionFaults,
    stale: dict[str, list[Stale]],
) -> list[Batch]:  # fmt: skip
    """Return the runs to make; ``stale`` is given the plan."""
    waiting = _waiting(places, faults)
    if waiting and home.on_cluster:
        _date_on_cluster(home, waiting, faults)
    elif waiting:
        from jobs.java import require_java

        with ExitStack() as entered:  # without Java this night makes nothing: the status is to tell it
            for place in waiting:
                with faults.fence(place.region):
                    entered.enter_context(entered_dating(place))
            require_java()
        sessions.start_early()
        threading.Thread(target=_import_early, args=[sessions], daemon=True).start()
    sound = [place for place in places if place.region.name not in faults]
    stale.update(plan_all(sound, scope, _say, faults.fence))
    planned: list[Batch] = []
    for place in sound:
        with faults.fence(place.region):
            planned += batches(place, stale.get(place.region.name, ()))
    return planned


def _waiting(places: Sequence[Workplace], faults: RegionFaults) -> list[Workplace]:
    """Return the regions with files that have no dates yet."""
    found = []
    for place in places:
        with faults.fence(place.region):
            found += [place] if waiting_files([place]) else []
    return found


def _date_on_cluster(home: Home, waiting: Sequence[Workplace], faults: RegionFaults) -> None:
    """Date new files there; what fails keeps out only the regions whose files are still without dates."""
    try:
        date_on_cluster(home, [place.region.name for place in waiting])
    except GeowardError as error:
        for place in waiting:
            with faults.fence(place.region):
                if waiting_files([place]):
                    raise error


def _import_early(sessions: Sessions) -> None:
    """Import what the run will need while Java reads the new files' dates."""
    from quality.checks.expectation_suite import import_library, prepare

    import_library()
    import_module("dagster")
    sessions()  # Great Expectations would start a Spark of its own, with settings of its own
    prepare()


def _run(home: Home, sessions: Sessions, planned: Sequence[Batch]) -> tuple[list[str], dict[tuple[str, str], str], int]:
    from dagster_project.materialize import materialize_batches  # imports Dagster: only when there is work

    run_ids, errors, code = [], {}, 0
    with err.status("") as status:
        tell = _teller(status.update, planned)
        for outcome in materialize_batches(home, sessions, planned, tell):
            run_ids.append(outcome.run_id)
            code = max(code, outcome.exit_code)
            for table, sentence in outcome.errors.items():
                errors[outcome.batch.region, table] = sentence
                fail(GeowardError(f"{outcome.batch.region} {table}: {sentence}"))
    return run_ids, errors, code


def _teller(update: Callable[[str], None], planned: Sequence[Batch]) -> Callable[[str, list[RunReport] | None], None]:
    total = sum(len(batch.tables) for batch in planned)
    done = [0]

    def tell(table: str, reports: list[RunReport] | None) -> None:
        if reports is None:
            update(f"[{done[0] + 1}/{total}] {table}")
            return
        done[0] += 1
        rows = sum(report.rows_out for report in reports)
        why = reports[0].reason if reports else "nothing to do"
        where = reports[0].region if reports else ""
        took = max((report.seconds for report in reports), default=0.0)
        err.print(
            f"[{done[0]:>2}/{total}] {where} {table:<24} {counted(rows, 'row'):>14}  {took:4.1f} s  ({why})",
            markup=False,
        )

    return tell


def _say(text: str) -> None:
    err.print(text, markup=False)
