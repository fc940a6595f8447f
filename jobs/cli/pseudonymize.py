"""`geoward pseudonymize`: replace identifiers in a file by keyed pseudonyms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, app, show
from jobs.cli.row_counts import tell_end, tell_progress
from jobs.cli.row_output import refuse_two_documents, rows_to
from jobs.counted import counted
from jobs.home import Home, one_region, open_home
from jobs.listings.pseudonyms import PseudonymizeListing

if TYPE_CHECKING:
    from jobs.pseudonymize_file import Make


@app.command()
def pseudonymize(
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV, TSV (each also .gz) or Parquet.")],
    column: Annotated[str, typer.Option("--column", help="The column that holds the identifiers.")],
    kind: Annotated[str, typer.Option("--kind", help="What they identify: actor, device, ip, …")],
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="What the result is for.")] = "",
    epoch: Annotated[str, typer.Option("--epoch", help="The month, 2026-11, where pseudonyms rotate.")] = "",
    region: Annotated[str, typer.Option("--region", "-r", help="Whose pseudonyms; needed if there are several.")] = "",
    reversible: Annotated[
        bool, typer.Option("--reversible", help="Tokens instead, which `geoward reveal` can turn back.")
    ] = False,
    as_json: Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the rows to this file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; write no rows.")] = False,
) -> None:
    """Replace the identifiers of a column by those that the nightly run makes of them.

    The same identifier has the same pseudonym within one region, kind, purpose and epoch, and one that cannot be linked
    without the key in any other. What is empty or null names nobody and stays so. Only this column changes: what stands
    beside it may still tell who somebody is, so the rows stay personal data. Auditors are told before a row is written:
    who, with which key, and how many rows.

    With `--reversible` they become tokens that join as well, and that `geoward reveal` can turn back, one at a time and
    with a second person, until their subject is destroyed: then nobody can, and new rows get none.

    Example: `geoward pseudonymize users.csv --column user_id --kind actor --purpose risk --region eu --output out.csv`
    """
    from jobs.pseudonymize_file import pseudonymize_rows, pseudonymize_told
    from jobs.redact_file import check_input

    home = open_home()
    if reversible:
        make, listing = _token_maker(home, kind, purpose, epoch, region, dry_run)
    else:
        make, listing = _maker(home, kind, purpose, epoch, region, dry_run)
    check_input(file, column)
    refuse_two_documents(as_json=as_json, output=output, dry_run=dry_run)
    if dry_run:
        done = pseudonymize_rows(file, column, make, None, tell_progress)
    else:
        with rows_to(file, output, column) as write:
            done = pseudonymize_told(home, listing, file, column, make, write, tell_progress)
    if as_json:
        facts = {"column": column, "dry_run": dry_run, "rejected": dict(sorted(done.rejected.items()))}
        facts |= {"rows_in": done.rows_in, "rows_out": done.rows_out}
        facts |= {"nobody": done.nobody, "destroyed": done.destroyed}
        show(listing.model_copy(update=facts), True, [])
    gone = f", {counted(done.destroyed, 'row')} of destroyed subjects" if done.destroyed else ""
    tell_end(done.rows_in, done.rows_out, done.rejected, f"{counted(done.nobody, 'row')} of nobody{gone}")


def _maker(
    home: Home, kind: str, purpose: str, epoch: str, region: str, dry_run: bool
) -> tuple[Make, PseudonymizeListing]:
    """Return what makes the pseudonyms, and what they are, still without counts.

    The key is made if there is none, but for a dry run, which makes no pseudonym either.
    """
    from jobs.pseudonymize_file import maker, period_of
    from jobs.region_keys import known_key, region_keys
    from transforms.privacy.identifiers import Domain, refuse_unknown_kind

    place = one_region(home, region)
    rotates, period = period_of(home.policy, purpose, epoch)
    home.policy.use(place.jurisdiction, purpose)  # raises where the territory does not allow it
    refuse_unknown_kind(kind)
    said = PseudonymizeListing(region=place.name, kind=kind, purpose=purpose, epoch=period or "none", key="")
    if dry_run:
        return lambda values: values, said.model_copy(update={"key": known_key(home, place)})
    keys = region_keys(home, place)
    make = maker(keys, Domain(place.name, purpose, rotates), kind, period)
    return make, said.model_copy(update={"key": keys.pseudonym.key_id})


def _token_maker(
    home: Home, kind: str, purpose: str, epoch: str, region: str, dry_run: bool
) -> tuple[Make, PseudonymizeListing]:
    """Return what `_maker` does, of tokens that can be turned back. A dry run makes no key, and so no token."""
    from jobs.make_tokens import refuse_rotating, token_maker
    from jobs.region_keys import key_for
    from transforms.privacy.identifiers import Domain, refuse_unknown_kind

    place = one_region(home, region)
    refuse_rotating(home, purpose, epoch)
    home.policy.use(place.jurisdiction, purpose)
    refuse_unknown_kind(kind)
    said = PseudonymizeListing(region=place.name, kind=kind, purpose=purpose, epoch="none", key="", reversible=True)
    if dry_run:
        return lambda values: values, said  # it is not called: no row is written
    key = key_for(home, "token", place)
    make = token_maker(home, key, Domain(place.name, purpose, "none"), kind)
    return make, said.model_copy(update={"key": key.key_id})
