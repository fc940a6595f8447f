"""`geoward source`: mappings from a file's columns to a table's, and a trial of one on a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, app, err, grid, of_regions, show
from jobs.describe_source import basis_warning
from jobs.home import open_home
from jobs.listings import SourceDetail, SourceListing, SourceTrial, TriedEmit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

source = typer.Typer(no_args_is_help=True, help="Sources: what each column of a landed file becomes.")
app.add_typer(source, name="source")

Named = Annotated[str, typer.Argument(help="A shipped mapping's name, or a mapping's YAML file.")]


@source.command("list")
def list_(as_json: Json = False) -> None:
    """List the mappings that come with Geoward, and those under which files landed in each region.

    Example: `geoward source list`
    """
    from jobs.describe_source import list_sources

    with of_regions() as faults:
        listing = faults.into(SourceListing(sources=list_sources(open_home(), faults.fence)))
        table = grid("source", "format", "gives", "legal basis", "regions", "files#")
        for one in listing.sources:
            table.add_row(
                one.name, one.format, ", ".join(one.emits), _basis(one.legal_basis), ", ".join(one.regions),
                str(one.files or ""),
            )  # fmt: skip
        show(listing, as_json, table)


@source.command("show")
def show_(name: Named, as_json: Json = False) -> None:
    """Show a mapping: each target column, the rule that fills it, and the legal basis.

    Example: `geoward source show sample_pings`
    """
    from jobs.describe_source import describe_source
    from quality.sources.load_mapping import load_mapping

    detail = describe_source(load_mapping(name))
    show(detail, as_json, _parts(detail))


@source.command("check")
def check(
    mapping: Named,
    file: Annotated[Path, typer.Argument(help="A file of that layout.")],
    rows: Annotated[int, typer.Option(min=0, help="Only so many records; 0 is all.")] = 0,
    as_json: Json = False,
) -> None:
    """Try a mapping on a file: how full each column gets, what would be quarantined, and why. Nothing is landed.

    It ends with exit code 1 when the file cannot be read or no row is good. No value is ever shown.

    Example: `geoward source check my-mapping.yaml my-log.csv --rows 10000`
    """
    trial = _try(mapping, file, rows)
    show(trial, as_json, _trial(trial))
    if warning := basis_warning(trial.legal_basis, trial.rejects_all, open_home().policy.purposes):
        err.print(f"[bold yellow]Warning:[/bold yellow] {escape(warning)}")
    if not any(emit.good for emit in trial.emits):
        raise typer.Exit(1)


def _try(name: str, file: Path, rows: int) -> SourceTrial:
    from jobs.try_source import try_source
    from quality.sources.load_mapping import load_mapping

    mapping, home = load_mapping(name), open_home()

    def spark() -> SparkSession:
        from jobs.java import require_java
        from jobs.session import start_session

        require_java()
        return start_session(scratch=home.folder("scratch"), short_lived=True)

    with err.status(f"trying {escape(mapping.name)}"):
        return try_source(mapping, file, spark=spark, purposes=home.policy.purposes, limit=rows)


def _parts(detail: SourceDetail) -> Iterable[Table | str]:
    yield f"[bold]{detail.name}[/bold] ({detail.format}, version {detail.version}): {escape(detail.description)}"
    yield f"Legal basis: {_basis(detail.legal_basis)}. Evidence: {escape(detail.evidence) or 'none'}"
    events = dict.fromkeys((column.table, column.when) for column in detail.columns)
    for number, (table, when) in enumerate(events, 1):
        yield f"\n[bold]{number}. {table}[/bold]" + (f" where {escape(when)}" if when else "")
        columns = grid("column", "type", "unit", "rule", "from")
        for c in detail.columns:
            if (c.table, c.when) == (table, when):
                columns.add_row(c.column, c.type, c.unit, escape(c.rule), escape(", ".join(c.sources)))
        yield columns
    if detail.ignored:
        yield f"Ignored on purpose: {escape(', '.join(detail.ignored))}"


def _trial(trial: SourceTrial) -> Iterable[Table | str]:
    if not trial.readable:
        yield f"[red]{escape(trial.file)} cannot be read:[/red] {escape(trial.reason)}"
        yield f"[bold]Mend:[/bold]  {escape(trial.mend)}"
        if trial.unknown:
            yield f"[yellow]Unknown to the mapping:[/yellow] {escape(', '.join(trial.unknown))}"
        return
    part = "the first " if trial.limited else ""
    yield f"{escape(trial.file)} as {trial.source}: {part}{trial.records:,} records"
    for emit in trial.emits:
        yield from _emit(emit)
    if trial.dropped:
        yield f"\nDropped columns: {escape(', '.join(trial.dropped))}"
    if trial.unknown:
        yield f"[yellow]Of these not listed as ignored:[/yellow] {escape(', '.join(trial.unknown))}"


def _emit(emit: TriedEmit) -> Iterable[Table | str]:
    dates = f", {emit.first_date} … {emit.last_date}" if emit.first_date else ""
    where = f" where {escape(emit.when)}" if emit.when else ""
    yield f"\n[bold]{emit.table}[/bold]{where}: {emit.rows:,} rows, {emit.good:,} good{dates}"
    table = grid("column", "filled#", "type", "unit", "rule", "from")
    for c in emit.columns:
        filled = "" if c.filled is None else f"{c.filled:.1%}"
        table.add_row(c.column, filled, c.type, c.unit, escape(c.rule), escape(", ".join(c.sources)))
    yield table
    for title, counts in (("Quarantined", emit.quarantined_by), ("Rejected", emit.rejected)):
        if counts:
            yield f"{title}: " + escape(", ".join(f"{n:,} {reason}" for reason, n in counts.items()))


def _basis(basis: dict[str, str]) -> str:
    return ", ".join(f"{purpose}: {name}" for purpose, name in basis.items()) or "[bold yellow]none[/bold yellow]"
