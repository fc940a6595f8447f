"""`geoward link`: replace a file's pseudonyms by those that the same subjects have for another purpose or epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, app, show
from jobs.cli.remarks import CASE, WHY, impersonal
from jobs.cli.row_counts import tell_end, tell_progress
from jobs.cli.row_output import refuse_two_documents, rows_to
from jobs.counted import counted
from jobs.home import Home, one_region, open_home
from jobs.listings.pseudonyms import LinkListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.link_file import Asked, Linked


@app.command()
def link(
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV, TSV (each also .gz) or Parquet.")],
    column: Annotated[str, typer.Option("--column", help="The column that holds the pseudonyms.")],
    kind: Annotated[str, typer.Option("--kind", help="Whose they are: actor, device, advertiser or payment.")],
    old: Annotated[str, typer.Option("--from", help="What they were made for: PURPOSE, or PURPOSE:2026-10.")],
    new: Annotated[str, typer.Option("--to", help="What they become: PURPOSE, or PURPOSE:2026-11.")],
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="What the link is for; the policy must grant it.")],
    case: Annotated[str, typer.Option("--case", help=CASE, callback=impersonal)],
    reason: Annotated[str, typer.Option("--reason", help=WHY, callback=impersonal)],
    region: Annotated[str, typer.Option("--region", "-r", help="Whose pseudonyms; needed if there are several.")] = "",
    as_json: Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the rows to this file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask the policy and count; open no key.")] = False,
) -> None:
    """Replace the pseudonyms of a column by those that the same subjects have for another purpose or in another epoch.

    A purpose may link only what the policy names under its `links`, both ends. What is granted is told to auditors
    before any row is written, and what is refused too. A pseudonym that no living subject of the region has becomes
    empty: nobody can link a subject who was destroyed. The command goes through all subjects of the region.

    Example: `geoward link old.csv --column actor_key --kind actor --region eu --from risk --to risk --purpose risk
    --case 4711 --reason "made before the key was rotated" --output new.csv`
    """
    from jobs.link_file import links_of, pseudonyms_in, refuse_unless_allowed
    from jobs.redact_file import check_input

    home = open_home()
    asked = _asked(home, region, kind, old, new, purpose, case, reason)
    refuse_unless_allowed(home, asked, dry_run=dry_run)
    check_input(file, column)
    refuse_two_documents(as_json=as_json, output=output, dry_run=dry_run)
    some, rows = pseudonyms_in(file, column, tell_progress)
    done = None if dry_run else _write(file, output, column, lambda: links_of(home, asked, some))
    if as_json:
        facts = {"column": column, "dry_run": dry_run, "pseudonyms": len(some), "rows_in": rows.rows_in}
        facts |= {"rows_out": rows.rows_out, "nobody": rows.nobody, "rejected": dict(sorted(rows.rejected.items()))}
        facts |= {"linked": done.linked, "unknown": done.unknown} if done else {}
        show(_listing(asked).model_copy(update=facts), True, [])
    more = f"{done.linked:,} linked, {done.unknown:,} unknown" if done else "nothing was linked"
    tell_end(rows.rows_in, rows.rows_out, rows.rejected, f"{more}, {counted(rows.nobody, 'row')} of nobody")


def _asked(home: Home, region: str, kind: str, old: str, new: str, purpose: str, case: str, reason: str) -> Asked:
    from jobs.link_file import Asked, end_of

    place = one_region(home, region)
    if purpose not in home.policy.purposes:
        known = ", ".join(home.policy.purposes)
        raise UsageError(f"Policy {home.policy.name} has no purpose {purpose!r}.", mend=f"It knows {known}.")
    before, after = (end_of(home.policy, place, text) for text in (old, new))
    return Asked(place, kind, before, after, purpose, case, reason)


def _write(file: Path, output: Path | None, column: str, links: Callable[[], dict[str, str | None]]) -> Linked:
    """Ask for the links once it is plain that there is a place for the rows."""
    from jobs.link_file import link_rows

    with rows_to(file, output, column) as write:
        return link_rows(file, column, links(), write, tell_progress)


def _listing(asked: Asked) -> LinkListing:
    old, new = asked.old, asked.new
    return LinkListing(
        region=asked.region.name, kind=asked.kind, from_purpose=old.domain.purpose, from_epoch=old.period or "none",
        to_purpose=new.domain.purpose, to_epoch=new.period or "none", purpose=asked.purpose, case=asked.case.strip(),
    )  # fmt: skip
