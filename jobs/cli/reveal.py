"""`geoward reveal` and `geoward approve`: the identifier behind a token, for one case, once a second person agrees."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import WAITS, Json, app, grid, show
from jobs.cli.remarks import CASE, WHY, impersonal
from jobs.home import open_home
from jobs.landing.file_name import told
from jobs.listings.reveals import ApproveListing, ListedRequest, RevealListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.reveal.identity import Identity

IdentityFile = Annotated[
    Path | None,
    typer.Option(
        "--identity", "-i", help="Your Ed25519 private key, mode 0600, or -: it is given on standard input (sudo)."
    ),
]


@app.command()
def reveal(
    token: Annotated[
        str,
        typer.Argument(
            help="What `geoward pseudonymize --reversible` made, or `redact --operator encrypt`: `[KIND:…]`."
        ),
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="What it stands for: actor, device, ip, … or EMAIL_ADDRESS, …")
    ] = "",
    region: Annotated[str, typer.Option("--region", "-r", help="The region that it was made in.")] = "",
    case: Annotated[str, typer.Option("--case", help=CASE, callback=impersonal)] = "",
    reason: Annotated[str, typer.Option("--reason", help=WHY, callback=impersonal)] = "",
    identity: IdentityFile = None,
    list_: Annotated[bool, typer.Option("--list", help="Only list what is asked for and by whom.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done; show no identifier.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the identifier behind one token: for a case and a reason, granted by policy, approved by a second person.

    The first call enters a request, which waits for `geoward approve` by another. The same call afterwards shows the
    identifier, once; auditors are told before. Each refusal is told to them too. While it waits the command ends with
    exit code 6. What was encrypted in a text is shown for the very case that it was encrypted for.

    Example: `geoward reveal 5f0c --kind actor --region eu --case C-17 --reason "account taken over" --identity ada_key`
    """
    from jobs.reveal.desk import Desk
    from jobs.reveal.list_requests import list_requests, listed
    from jobs.reveal.open_token import look_up
    from jobs.reveal.request import Asked
    from jobs.reveal.told import REQUESTED, REVEALED, refusals_told

    home = open_home()
    desk = Desk(home, look_up, dry_run)
    if list_:
        found = list_requests(home, desk.requests)
        changed = [f"Changed since it was entered: {escape(one)}" for one in found.changed]
        show(found, as_json, [_table(found.requests) if found.requests else "Nothing is asked for.", *changed])
        return
    with refusals_told(home, dry_run=dry_run) as line:
        line.region, line.facts = region, {"kind": kind, "case": case, "reason": reason}
        answer = desk.ask(line, _identity(identity), Asked(token, kind, region, case, reason))
    fate = REQUESTED if answer.value is None else REVEALED
    listing = RevealListing(request=listed(home, answer.request, fate), value=answer.value, dry_run=dry_run)
    if answer.value is not None and not as_json:
        sys.stdout.write(told(answer.value) + "\n")
        return
    show(listing, as_json, [_table([listing.request]), _next(listing)])
    if answer.value is None and not dry_run:
        raise typer.Exit(WAITS)


@app.command()
def approve(
    request: Annotated[str, typer.Argument(help="A request's id, as `geoward reveal --list` shows it.")],
    identity: IdentityFile = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="End it for good instead; its asker may, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the request, and whether you may.")] = False,
    as_json: Json = False,
) -> None:
    """Agree, as a second person, that whoever asked sees the identifier behind one token. You never see it.

    Read the case and the reason first: `geoward reveal --list`. What you sign is the whole request as it is. With
    `--refuse` it is never shown, whoever approved it before; who asked takes it back so. Auditors are told.

    Example: `geoward approve 0123456789abcdef0123456789abcdef --identity bob_key`
    """
    from jobs.reveal.desk import Desk
    from jobs.reveal.list_requests import listed
    from jobs.reveal.open_token import look_up
    from jobs.reveal.told import REQUESTED, fates, refusals_told

    home = open_home()
    with refusals_told(home, dry_run=dry_run) as line:
        line.request = request[:32]  # whatever was typed
        desk = Desk(home, look_up, dry_run)
        answer = (desk.refuse if refuse else desk.approve)(line, _identity(identity), request)
    fate = fates(home)[answer.id] if refuse else REQUESTED
    listing = ApproveListing(request=listed(home, answer, fate), dry_run=dry_run)
    done = (
        "Ended: nobody sees what it asked for." if refuse else "Approved. Its asker repeats `geoward reveal` as it was."
    )
    end = f"Nothing was changed: you may {'refuse' if refuse else 'approve'} this." if dry_run else done
    show(listing, as_json, [_table([listing.request]), f"\n{end}"])


def _next(listing: RevealListing) -> str:
    one = listing.request
    if listing.dry_run:
        done = "show the identifier" if one.state == "approved" else "wait for a second person"
        return f"\nNothing was changed. This would {done}."
    return f"\nIt waits for a second person: `geoward approve {one.id}`. Then repeat this command as it is."


def _identity(path: Path | None) -> Identity:
    from jobs.reveal.identity import load_identity

    if path is None:
        mend = "Name your private key with --identity FILE, or give it with `--identity - < FILE`."
        raise UsageError("Who are you?", mend=mend)
    return load_identity(path, _passphrase)


def _passphrase() -> str:
    return str(typer.prompt("Passphrase of --identity", hide_input=True, err=True))


def _table(found: Iterable[ListedRequest]) -> Table:
    table = grid("request", "state", "asked by", "approved by", "kind", "region", "case", "reason", "expires")
    for one in found:
        until = f"{one.expires:%Y-%m-%d %H:%M}" if one.expires else ""
        texts = (one.principal, one.approver, one.kind, one.region, one.case, one.reason)
        table.add_row(one.id, one.state, *map(escape, texts), until)
    return table
