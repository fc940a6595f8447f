"""`geoward release plan`: what a release would do, before it does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, err, grid, show
from jobs.cli.release import release
from jobs.listings.release_reports import ReleasePlanListing

if TYPE_CHECKING:
    from rich.table import Table


@release.command()
def plan(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    as_json: Json = False,
) -> None:
    """Tell what a release would do: which columns are published and how, what must hold, and what is missing.

    Nothing is built, and no value of a row is shown. Ends with code 1 if a build would surely stop at something that
    one look at each column tells; whether models and attacks hold only a build can tell (`--dry-run`).

    Example: `geoward release plan adult.yaml --input adult.csv`
    """
    from jobs.release.plan_others import plan_other
    from jobs.release.plan_release import plan_release
    from quality.releases.declaration import TableRelease
    from quality.releases.load_release import load_release, locate_release

    declared, where = load_release(name), locate_release(name)
    file = source or where.parent / declared.reads
    planned = (
        plan_release(declared, where, file) if isinstance(declared, TableRelease) else plan_other(declared, where, file)
    )
    show(planned, as_json, _tables(planned))
    if planned.problems:
        for problem in planned.problems:
            err.print(problem, markup=False, highlight=False)
        raise typer.Exit(1)


def _people(plan: ReleasePlanListing) -> list[str]:
    if plan.subjects is None or plan.rows is None:
        return []
    links = ", ".join(one.name for one in plan.columns if one.role == "link")
    return [f"Rows are of {plan.subjects:,} subjects{f'; links ({links}) make them {plan.people:,}' if links else ''}."]


def _tables(plan: ReleasePlanListing) -> list[Table | str]:
    rows = "rows not known" if plan.rows is None else f"{plan.rows:,} rows"
    columns = grid("column", "role", "published", "kind", "hierarchy")
    for one in plan.columns:
        missing = " (missing)" if one.hierarchy_found is False else ""
        absent = " (not in the file)" if one.in_file is False else ""
        made = {"quasi_identifier": "generalized", "generalized": "generalized", "counted": "in noisy figures"}
        shown = made.get(one.role, "as it is" if one.published else "no")
        columns.add_row(
            escape(one.name) + absent, one.role, shown, one.kind or "", f"{escape(one.hierarchy or '')}{missing}"
        )
    models = grid("model", "what it means")
    for model in plan.models:
        told = ", ".join(f"{name}={value}" for name, value in model.parameters.items())
        models.add_row(f"{model.model} ({told})", escape(model.meaning))
    gates = grid("gate", "limit#")
    for name, limit in plan.gates.items():
        shown = "not tried" if limit is None else "yes" if limit is True else "no" if limit is False else f"{limit:g}"
        gates.add_row(name, shown)
    suppressed = "" if plan.suppression is None else f", up to {plan.suppression:.1%} of rows suppressed"
    how = f"method {plan.method}{suppressed}{f', nulls: {plan.nulls}' if plan.nulls else ''}"
    head = [f"{plan.release}: {escape(plan.description)}", f"{escape(plan.source)}: {rows}; {how}"]
    read = ", ".join(f"{where} {count:,}" for where, count in (plan.read or {}).items())
    more = [
        *([f"Rows: {read}."] if read else []),
        *_people(plan),
        *(f"A build also needs {one}." for one in plan.needs),
    ]
    return [*head, columns, models, gates, *map(escape, more)]
