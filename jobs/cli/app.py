"""The app every command belongs to, its exit codes, and how results and errors reach the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.explain_failure import explain_failure, kind_of
from jobs.listings.listing import OfRegions
from jobs.region_faults import RegionFaults
from quality.contracts.errors import UNEXPLAINED, GeowardError

EPILOG = (
    "Exit codes: 0 done, 1 a run or check failed, 2 wrong use, 3 refused by policy, 4 machine not fit, 5 busy, "
    "6 waits for a second person."
)

WAITS = 6
"""What `geoward reveal` ends with while its request waits: nothing failed, and nothing is shown yet."""

app = typer.Typer(
    name="geoward", rich_markup_mode="rich", epilog=EPILOG, pretty_exceptions_enable=False,
    help="A privacy-first warehouse: raw location and activity logs in, checked and anonymous tables out.",
)  # fmt: skip

WIDE = 200
"""Columns of a table that no terminal shows: paths and ids must not be broken where programs read them."""

out = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)
"""Results: tables for people, JSON for programs."""

err = Console(stderr=True)
"""Progress and errors; never a row's value."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas: docs/schemas) instead of a table.")]
VersionOption = Annotated[bool, typer.Option("--version", help="Print the version and end.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait for a run that is alive; end with code 5.")]
RegionOption = Annotated[str, typer.Option("--region", "-r", help="Only this region; default: all.")]


def show(result: BaseModel, as_json: bool, table: Table | Iterable[Any], *, markup: bool = True) -> None:
    """Print a result: its JSON on one document, or the table made for people.

    Without ``markup`` texts are what they are: a value of a row may be ``[apple, pear]`` or ``[/b]``.
    """
    if as_json:
        sys.stdout.write(json.dumps(result.model_dump(mode="json"), indent=2) + "\n")
        return
    for part in [table] if isinstance(table, Table) else table:
        out.print(part, markup=markup)


def grid(*columns: str, title: str = "") -> Table:
    """Return an empty table in the house's look; columns whose name ends in ``#`` are right-aligned numbers."""
    made = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in columns:
        made.add_column(name.rstrip("#"), justify="right" if name.endswith("#") else "left", overflow="fold")
    return made


def fail(error: GeowardError) -> int:
    """Print what is wrong and how to mend it; return the exit code."""
    err.print(Text.assemble(("Error:", "red"), f" {error.message}"))
    if error.mend:
        err.print(Text.assemble(("Mend:", "bold"), f"  {error.mend}"))
    return error.exit_code


def nothing(text: str, listing: OfRegions) -> list[str]:
    """Return that there is nothing, unless a region that could not be read may hold some."""
    return [] if listing.left_out else [text]


@contextmanager
def of_regions() -> Iterator[RegionFaults]:
    """Give a command what keeps regions out of it; at its end these are told, and it ends with the greatest code."""
    faults, code = RegionFaults(), 0
    try:
        yield faults
    except typer.Exit as ended:
        code = ended.exit_code
    finally:
        codes = [fail(error) for error in faults.told()]
    if code := max(code, *codes, 0):
        raise typer.Exit(code)


def main(command: typer.Typer = app) -> None:
    """Run the command line; a failure Geoward knows ends in one clear message and its exit code."""
    try:
        command()
    except GeowardError as error:
        sys.exit(fail(error))
    except Exception as error:  # its message may hold a row's value: name the kind only
        unknown = GeowardError(f"This failed unexpectedly with {kind_of(error)}.", mend=UNEXPLAINED)
        sys.exit(fail(explain_failure(error) or unknown))
    except KeyboardInterrupt:
        err.print("Stopped. Nothing half-done was published; run the same command again to go on.")
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: VersionOption = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        out.print(f"geoward {version_of('geoward')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        out.print(context.get_help())
