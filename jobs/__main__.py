"""`python -m jobs run`: the same run without Dagster, for spark-submit and for images that hold none."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import date as Date  # the command of that name hides it
from pathlib import Path
from typing import Annotated

if not __package__:  # run by its path, as spark-submit does: its folder would hide modules of others
    _here = Path(__file__).resolve().parent
    sys.path[:] = [str(_here.parent), *(entry for entry in sys.path if entry != str(_here))]

import typer

from jobs.cli.app import err, fail, main
from jobs.cli.days import day

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Day = Date | None


@app.callback()
def _root() -> None:
    """Run Geoward's jobs without Dagster."""


@app.command()
def run(
    tables: Annotated[list[str] | None, typer.Argument(help="Tables to make, with what they are made from.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only these regions.")] = None,
    first: Annotated[Day, typer.Option("--from", parser=day, metavar="DAY")] = None,
    last: Annotated[Day, typer.Option("--to", parser=day, metavar="DAY")] = None,
) -> None:
    """Run what is missing or stale, in dependency order; exit 1 if anything failed."""
    from jobs.batches import batches
    from jobs.counted import counted
    from jobs.home import open_home
    from jobs.nightly import Scope, Sessions, open_places, plan_all
    from jobs.region_faults import RegionFaults
    from jobs.report import RunReport
    from jobs.run_ahead import run_here
    from jobs.take_over import take_over

    def tell(table: str, reports: list[RunReport], error: str) -> None:
        rows = sum(report.rows_out for report in reports)
        made = f"{counted(rows, 'row')}, {counted(len(reports), 'partition')}"
        err.print(f"{table}: {error or made}", markup=False)

    codes = [0]
    faults = RegionFaults()
    home = open_home()
    scope = Scope(tuple(tables or ()), tuple(region or ()), first, last)
    take_over(home, lambda text: err.print(text, markup=False))
    sessions = Sessions(home)
    places = open_places(home, scope, sessions, faults.fence)
    stale = plan_all(places, scope, lambda text: err.print(text, markup=False), faults.fence)
    planned = []
    for place in places:
        with faults.fence(place.region):
            planned += [(place, batch) for batch in batches(place, stale.get(place.region.name, ()))]
    done = [
        run_here(
            place, batch, tell, side_by_side=sessions.side_by_side,
            on_error=lambda error: codes.append(error.exit_code),
        )
        for place, batch in planned
    ]  # fmt: skip
    codes += [fail(error) for error in faults.told()]
    if faults or not all(done):
        raise typer.Exit(max(codes))


@app.command()
def date(region: Annotated[list[str] | None, typer.Option(help="Only these regions.")] = None) -> None:
    """Learn which dates newly landed files hold, so that a plan needs no Spark; a run starts this on a cluster."""
    from jobs.date_files import date_files
    from jobs.home import open_home
    from jobs.nightly import Scope, Sessions, open_places
    from jobs.region_faults import RegionFaults
    from jobs.take_over import join

    home, faults = open_home(), RegionFaults()
    join(home)
    for place in open_places(home, Scope(regions=tuple(region or ())), Sessions(home), faults.fence):
        with faults.fence(place.region):
            date_files(place, lambda text: err.print(text, markup=False))
    if codes := [fail(error) for error in faults.told()]:
        raise typer.Exit(max(codes))


@app.command()
def pipes() -> None:
    """Make the tables that Dagster asks for, and tell it of each; Dagster starts this on a cluster."""
    from jobs.pipes import answer_pipes

    answer_pipes()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def submit(
    context: typer.Context, show: Annotated[bool, typer.Option("--show", help="Only print the command.")] = False
) -> None:
    """Run one of these commands on the cluster that geoward.yaml names: `submit run --region eu`."""
    from jobs.home import open_home
    from jobs.submit import submit_command, submit_environment

    home = open_home()
    command, environment = submit_command(home, *context.args), submit_environment(home)
    if show:
        words = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
        sys.stdout.write(" ".join([*words, shlex.join(command)]) + "\n")
        return
    os.execve(command[0], command, {**os.environ, **environment})


if __name__ == "__main__":
    main(app)
