"""`geoward query`: one SELECT over released tables, for a purpose."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from rich.text import Text

from jobs.cli.app import app, err, grid, out
from jobs.counted import counted
from jobs.home import open_home
from jobs.listings import QueryColumn, QueryListing, RegionFault
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from jobs.query import Answer

SHOWN = 1_000
"""Rows that a table for people shows at most."""


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT.")],
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="Why you ask; the policy must allow it.")] = "",
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the rows.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only these regions.")] = None,
) -> None:
    """Query released tables. All regions are united, with a column `region`.

    Only anonymous tables that a policy releases may be read, with one SELECT in DuckDB's SQL; see
    `geoward tables list`. Every read and every refusal is audited. In a notebook:
    `from jobs.query import query; query("SELECT ...", purpose="analytics").to_pandas()`

    Example: `geoward query --purpose analytics "SELECT place, persons FROM curated.place_counts LIMIT 5"`
    """
    from jobs.limited_memory import memory_limit, run_apart

    if limit := memory_limit():
        raise typer.Exit(run_apart(limit))
    from jobs.query import answer

    if not purpose:
        known = ", ".join(open_home().policy.purposes)
        raise UsageError("A query needs a purpose.", mend=f"Say --purpose; the policy knows {known}.")
    if form is Format.PARQUET and output is None:
        raise UsageError("Parquet is not text.", mend="Name a file with --output.")
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {output}.", mend="Make it, or name another file.")
    found = answer(open_home(), sql, purpose=purpose, regions=region or ())
    for _, error in found.left_out:
        err.print(f"Left out: {error}", markup=False)
    if form is Format.PARQUET and output is not None:
        import pyarrow.parquet as pq

        pq.write_table(found.rows, output)
    elif output is not None:
        with output.open("w", encoding="utf-8", newline="") as file:
            _write(found, purpose, form, file)
    else:
        _write(found, purpose, form, sys.stdout)
    if output is not None:
        err.print(f"{counted(found.rows.num_rows, 'row')} in {output}", markup=False)


def _write(found: Answer, purpose: str, form: Format, file: TextIO) -> None:
    if form is Format.JSON:
        file.write(_listing(found, purpose).model_dump_json(indent=2) + "\n")  # which has no NaN
    elif form is Format.CSV:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(found.rows.column_names)
        writer.writerows(_rows(found.rows))
    else:
        _print(found.rows, file)


def _listing(found: Answer, purpose: str) -> QueryListing:
    columns = [QueryColumn(name=field.name, type=str(field.type)) for field in found.rows.schema]
    return QueryListing(
        purpose=purpose, tables=list(found.tables), regions=list(found.regions), columns=columns,
        rows=found.rows.to_pylist(),
        left_out=[RegionFault(region=name, error=str(error)) for name, error in found.left_out],
    )  # fmt: skip


def _print(rows: pa.Table, file: TextIO) -> None:
    from rich.console import Console

    numbers = {field.name for field in rows.schema if str(field.type).startswith(("int", "double", "decimal"))}
    table = grid(*(f"{name}#" if name in numbers else name for name in rows.column_names))
    for row in _rows(rows.slice(0, SHOWN)):
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console = out if file is sys.stdout else Console(file=file, width=200)
    console.print(table)
    if rows.num_rows > SHOWN:
        err.print(f"{SHOWN:,} of {counted(rows.num_rows, 'row')}; use --format csv or --output for all.", markup=False)


def _rows(rows: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)
