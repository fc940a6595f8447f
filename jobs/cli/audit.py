"""`geoward audit`: who did what and when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, app, grid, show
from jobs.cli.remarks import WHY, impersonal
from jobs.home import open_home
from jobs.listings import AuditEntry, AuditListing
from quality.contracts.errors import UsageError

audit = typer.Typer(no_args_is_help=True, help="Audit: runs, policy decisions, reads and landings, append-only.")
app.add_typer(audit, name="audit")


@audit.command("list")
def list_(
    kind: Annotated[str, typer.Option(help="Only run, decision, read, ingest, config, alert, key or reveal.")] = "",
    last: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """List the newest entries of the audit table, oldest first. They hold counts and names, never a row's value.

    Example: `geoward audit list --kind decision`
    """
    from jobs.accept_audit import read_left
    from jobs.audit_log import KINDS

    if kind and kind not in KINDS:
        raise UsageError(f"There is no kind {kind!r} of entry.", mend=f"Known: {', '.join(KINDS)}.")
    home = open_home()
    entries, damage = read_left(home)
    found = [AuditEntry(**entry) for entry in entries if not kind or entry["kind"] == kind][-last:]
    nothing = f"There is no entry{f' of kind {kind}' if kind else ''} yet."
    told = [f"The log is damaged: {damage}. `geoward fsck` says what to do."] if damage else []
    show(AuditListing(entries=found, damage=damage), as_json, [*(_table(found) if found else [nothing]), *told])


@audit.command()
def accept(
    reason: Annotated[str, typer.Option("--reason", help=WHY, callback=impersonal)],
    as_json: Json = False,
) -> None:
    """Go on with an audit log of which entries are lost for good: say so in it, and hold it to what it is now.

    First restore the log from a backup. Until this is done, `geoward fsck` goes on telling that it was cut or edited.
    The damaged folder is kept as `audit_aside-...` beside the new log, which holds what could be read of it.

    Example: `geoward audit accept --reason "disk of June 2 lost, backup of June 1"`
    """
    from jobs.accept_audit import accept_audit
    from jobs.audit_log import read_audit

    if not reason.strip():
        raise UsageError("Who accepts this needs a reason.", mend='Say why with --reason "...": auditors read it.')
    home = open_home()
    accept_audit(home, reason.strip())
    said = [AuditEntry(**read_audit(home)[-1])]
    show(AuditListing(entries=said), as_json, _table(said))


def _table(found: list[AuditEntry]) -> Iterable[Table | str]:
    table = grid("at", "kind", "who", "subject", "region", "outcome", "detail")
    for entry in found:
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.kind, escape(entry.who), escape(entry.subject), entry.region,
            escape(entry.outcome), escape(json.dumps(entry.detail, sort_keys=True)),
        )  # fmt: skip
    yield table
