"""`geoward release attack`: what would somebody learn who means harm?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, grid, show
from jobs.cli.release import release, tell_step, told_verdicts
from jobs.cli.release_verify import (
    Columns,
    Delimiter,
    Hierarchies,
    Orders,
    Population,
    Secrets,
    Subject,
    beside_of,
    split,
)
from jobs.listings.releases import AttackListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from quality.checks.verdict import Verdict

TABLES = (".csv", ".tsv", ".txt", ".gz", ".parquet", ".pq")
"""Endings of published files; anything else is a declaration."""


@release.command()
def attack(
    target: Annotated[str, typer.Argument(help="A declaration (a name or a YAML file), or a published file.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    original: Annotated[Path | None, typer.Option("--original", help="What the file was made of.")] = None,
    control: Annotated[Path | None, typer.Option("--control", help="Rows of people that the file is not of.")] = None,
    quasi_ids: Columns = None,
    sensitive: Secrets = None,
    subject: Subject = "",
    population: Population = None,
    hierarchy: Hierarchies = None,
    order: Orders = None,
    delimiter: Delimiter = "",
    limit: Annotated[float, typer.Option("--limit", min=0, max=1, help="What an attack may gain at most.")] = 0.05,
    as_json: Json = False,
) -> None:
    """Single people out, link two data sets through the table, and infer secrets, as Giomi et al. (PETS 2023) do.

    Of a declaration, half of the people are published in memory and the other half is the control group. For a file
    that anybody made, give the rows it was made of, and rows of people it is not of: what fits them as well is no leak.
    Of a file of k-map, `--population` says among whom people are sought. Name columns that were published as they are
    with `--quasi-ids` too, if somebody may know them.
    Each attack is tried on the raw rows too: if it fails there, it is blind and proves nothing. Nothing is written.
    Ends with code 1 unless every attack is withstood.

    Example: `geoward release attack anonymous.csv --original in.csv --control others.csv -q age,zip -s disease`
    """
    from jobs.release.attack_file import attack_declared, attack_published
    from quality.checks.anonymity.published_table import Roles
    from quality.releases.declaration import Gates
    from quality.releases.load_release import load_table_release, locate_release

    if Path(target).suffix.lower() in TABLES:
        if original is None or control is None or not split(quasi_ids):
            mend = "Say --original, --control (people that it is not of) and --quasi-ids."
            raise UsageError("A file is attacked with the rows it was made of, and with others.", mend=mend)
        gates = Gates(singling_out=limit, linkability=limit, inference=limit)
        roles = Roles(split(quasi_ids), split(sensitive), subject or None)
        beside = beside_of(roles, population, hierarchy, order, delimiter)
        found = attack_published(
            Path(target), original, control, roles=roles, gates=gates, beside=beside, tell=tell_step
        )
    else:
        declared, where = load_table_release(target), locate_release(target)
        found = attack_declared(declared, where, source or where.parent / declared.reads, tell_step)
    withstands = not any(verdict.stops for verdict in found)
    show(_listing(Path(target).name, withstands, found), as_json, _tables(found), markup=False)
    if not withstands:
        raise typer.Exit(1)


def _listing(target: str, withstands: bool, found: list[Verdict]) -> AttackListing:
    return AttackListing(target=target, withstands=withstands, attacks=told_verdicts(found))


def _tables(found: list[Verdict]) -> list[Table | str]:
    table = grid("attack", "outcome", "gain#", "interval", "limit#", "on raw rows#")
    for one in found:
        told = one.measured
        name = one.check.removeprefix("attack_").replace("_", " ") + (
            f" of {told['column']}" if "column" in told else ""
        )
        name += f" knowing {told['knowing']}" if "knowing" in told else ""
        if "estimate" not in told:
            table.add_row(name, str(told["outcome"]))
            continue
        interval = f"{told['low']:.3f} to {told['high']:.3f}"
        numbers = (f"{told['estimate']:.3f}", interval, f"{told['limit']:.2f}", f"{told['raw_estimate']:.3f}")
        table.add_row(name, str(told["outcome"]).replace("_", " "), *numbers)
    return [table if found else "No attack is asked for.", *dict.fromkeys(v.mend for v in found if v.mend)]
