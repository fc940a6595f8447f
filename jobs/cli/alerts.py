"""`geoward alerts`: who is told of problems, and whether it would reach them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, app, grid, show
from jobs.home import Home, open_home
from jobs.listings import AlertChannel, AlertDelivery, AlertsListing, AlertsTestListing, AlertTold
from jobs.problem import PROBLEM_KINDS
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.alerts.config import Channel
    from jobs.alerts.memory import Known

alerts = typer.Typer(no_args_is_help=True, help="Alerts: who is told of problems, by webhook or e-mail.")
app.add_typer(alerts, name="alerts")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Look whether the secrets are there; send nothing.")]


@alerts.command("test")
def test(dry_run: DryRun = False, as_json: Json = False) -> None:
    """Send a test message on every channel of geoward.yaml; exit 1 if one does not reach everybody.

    Example: `geoward alerts test --dry-run`
    """
    from jobs.alerts.notify import try_channels

    home = open_home()
    if not home.alerts:
        raise UsageError("No channel is configured.", mend="Add `alerts` to geoward.yaml; docs/alerts.md shows how.")
    sent = [
        AlertDelivery(channel=one.channel, ok=one.ok, said=one.said, refused=one.refused)
        for one in try_channels(home, dry_run=dry_run)
    ]
    listing = AlertsTestListing(ok=all(one.ok and not one.refused for one in sent), dry_run=dry_run, deliveries=sent)
    table = grid("", "channel", "delivery")
    for one in sent:
        table.add_row(_mark(one.ok and not one.refused), escape(one.channel), escape(one.said))
    show(listing, as_json, table)
    if not listing.ok:
        raise typer.Exit(1)


@alerts.command("list")
def list_(as_json: Json = False) -> None:
    """List the channels, what each is told of, its last attempt, and the open problems that it knows.

    Example: `geoward alerts list --json`
    """
    from jobs.alerts.memory import Known, recall

    home = open_home()
    known = recall(home)
    found = [_channel(channel, known.get(channel.label, Known())) for channel in home.alerts]
    show(AlertsListing(channels=found), as_json, _tables(home, found))


def _channel(channel: Channel, known: Known) -> AlertChannel:
    told = [AlertTold(**one.key._asdict(), since=one.since, at=one.at) for _, one in sorted(known.told.items())]
    return AlertChannel(
        channel=channel.label, target=channel.way.target, kinds=list(channel.kinds),
        regions=list(channel.regions or ()), remind_after_hours=channel.remind_after_hours, last_at=known.at,
        last_ok=known.ok if known.at else None, last_said=known.said, told=told,
    )  # fmt: skip


def _tables(home: Home, found: list[AlertChannel]) -> Sequence[object]:
    if not found:
        return [f"No channel is configured in {home.path / 'geoward.yaml'}; docs/alerts.md shows how."]
    channels = grid("channel", "goes to", "kinds", "regions", "last attempt", "", "")
    told = grid("channel", "told of", "since", "last told")
    for one in found:
        last = (f"{one.last_at:%Y-%m-%d %H:%M}", _mark(bool(one.last_ok))) if one.last_at else ("none yet", "")
        channels.add_row(
            escape(one.channel), escape(one.target),
            "all" if set(one.kinds) == set(PROBLEM_KINDS) else ", ".join(one.kinds), ", ".join(one.regions) or "all",
            *last, escape(one.last_said),
        )  # fmt: skip
        for problem in one.told:
            where = escape(f"{problem.kind} {problem.table} {problem.region}")
            told.add_row(escape(one.channel), where, f"{problem.since:%Y-%m-%d %H:%M}", f"{problem.at:%Y-%m-%d %H:%M}")
    return [channels, *(["", told] if told.row_count else [])]


def _mark(ok: bool) -> str:
    return "[green]ok[/green]" if ok else "[red]fail[/red]"
