"""`geoward quarantine`: what could not be used, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, NoWait, RegionOption, app, err, grid, nothing, of_regions, show
from jobs.home import open_home
from jobs.listings import QuarantineDetail, QuarantinedFile, QuarantineListing, ReplayListing

quarantine = typer.Typer(no_args_is_help=True, help="Quarantine: files and rows that could not be used, and why.")
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_(region: RegionOption = "", as_json: Json = False) -> None:
    """List whole files and, by table and reason, the rows that could not be used. Rows are counted, never shown.

    Example: `geoward quarantine list --region eu`
    """
    from jobs.list_quarantine import list_quarantine

    with of_regions() as faults:
        listing = faults.into(list_quarantine(open_home(), region, faults.fence))
        show(listing, as_json, _tables(listing))


@quarantine.command("show")
def show_(
    subject: Annotated[str, typer.Argument(help="A table, or a file's id (its first 8 digits will do).")],
    region: RegionOption = "",
    as_json: Json = False,
) -> None:
    """Show what the reasons of a table or file mean, how to mend them, and until when the rows are kept.

    Example: `geoward quarantine show raw.pings`
    """
    from jobs.list_quarantine import show_quarantine

    with of_regions() as faults:
        detail = faults.into(show_quarantine(open_home(), subject, region, faults.fence))
        show(detail, as_json, _parts(detail))


@quarantine.command("replay")
def replay_(
    source: Annotated[str, typer.Argument(help="The mended mapping: a shipped name or your YAML file.")],
    region: RegionOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the files.")] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Enter a source's quarantined files, and those with rows in quarantine, again under its mended mapping.

    Their bytes were kept, so nobody needs to deliver them again. The next `geoward run` makes their dates, and no
    others. A file that is in use stays so, whatever the mapping. Waits for the end of a run. Exit 1 if a file needs a
    hand: still quarantined, refused, or its kept bytes gone or changed.

    Example: `geoward quarantine replay my-source.yaml --dry-run`
    """
    from jobs.replay_quarantine import replay

    with of_regions() as faults:
        listing = replay(
            open_home(), source, region, dry_run=dry_run, progress=lambda text: err.print(text, markup=False),
            wait=not no_wait, fence=faults.fence,
        )  # fmt: skip
        listing = faults.into(listing)
        show(listing, as_json, _replayed(listing))
        if not listing.ok:
            raise typer.Exit(1)


def _replayed(listing: ReplayListing) -> Iterable[Table | str]:
    if not listing.files:
        yield from nothing("Nothing of this source is in quarantine.", listing)
        return
    table = grid("region", "file", "id", "was", "would be" if listing.dry_run else "is now", "dates")
    for file in listing.files:
        now = f"{file.outcome}: {file.reason}" if file.reason else file.outcome
        days = ", ".join(str(day) for day in dict.fromkeys((file.dates[0], file.dates[-1]))) if file.dates else ""
        table.add_row(file.region, escape(file.name), file.file_id[:12], escape(file.was), escape(now), days)
    yield table
    for outcome, mend in dict.fromkeys((file.outcome, file.mend) for file in listing.files):
        yield f"[bold]{outcome}:[/bold] {escape(mend)}"
    if listing.dry_run:
        yield "Nothing was changed: this was a dry run."


def _tables(listing: QuarantineListing) -> Iterable[Table | str]:
    if not listing.files and not listing.rows:
        yield from nothing("Nothing is in quarantine.", listing)
    if listing.files:
        files = grid("region", "source", "file", "id", "bytes#", "landed", "reason", title="Files")
        for file in listing.files:
            files.add_row(
                file.region, file.source, escape(file.name), file.file_id[:12], f"{file.bytes:,}",
                f"{file.landed_at:%Y-%m-%d %H:%M}", _why(file),
            )  # fmt: skip
        yield files
    if listing.rows:
        rows = grid("region", "table", "reason", "dates", "rows#", title="Rows")
        for (region, table, reason), (dates, count) in _by_reason(listing).items():
            days = str(min(dates)) if len(dates) == 1 else f"{min(dates)} … {max(dates)}"
            rows.add_row(region, table, escape(reason), days, f"{count:,}")
        yield rows
        yield "What a reason means: `geoward quarantine show TABLE`"


def _why(file: QuarantinedFile) -> str:
    last = f"; tried {file.tried_at:%Y-%m-%d}: {file.tried}" if file.tried_at else ""
    return escape(file.reason + last) + (" (dismissed)" if file.dismissed else "")


def _by_reason(listing: QuarantineListing) -> dict[tuple[str, str, str], tuple[list[date], int]]:
    found: dict[tuple[str, str, str], tuple[list[date], int]] = defaultdict(lambda: ([], 0))
    for row in listing.rows:
        dates, count = found[row.region, row.table, row.reason]
        found[row.region, row.table, row.reason] = ([*dates, row.date], count + row.rows)
    return dict(found)


def _parts(detail: QuarantineDetail) -> Iterable[Table | str]:
    if not detail.reasons:
        yield from nothing(f"Nothing of {detail.subject} is in quarantine.", detail)
        return
    table = grid("reason", "rows#" if detail.kind == "table" else "files#", "meaning", "mend")
    for found, which in ((detail.reasons, ""), (detail.tried, " (last try)")):
        for reason in found:
            named = escape(reason.reason) + which
            table.add_row(named, f"{reason.count:,}", escape(reason.meaning), escape(reason.mend))
    yield f"[bold]{detail.subject}[/bold] in {', '.join(detail.regions)}"
    yield table
    if detail.retain_until:
        yield f"Kept until {detail.retain_until} at the latest, open to jobs only."
