"""`geoward quarantine`: what could not be used, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, NoWait, RegionOption, app, err, grid, nothing, of_regions, show
from jobs.counted import counted
from jobs.home import open_home
from jobs.listings import QuarantineDetail, QuarantinedFile, QuarantineListing, ReplayedFile, ReplayListing

quarantine = typer.Typer(no_args_is_help=True, help="Quarantine: files and rows that could not be used, and why.")
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_(region: RegionOption = "", as_json: Json = False) -> None:
    """List whole files and, by table and reason, the rows that could not be used. Rows are counted, never shown.

    Example: `geoward quarantine list --region eu`
    """
    from jobs.list_quarantine import list_quarantine

    home = open_home()
    with of_regions() as faults:
        listing = faults.into(list_quarantine(home, region, faults.fence))
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

    home = open_home()
    with of_regions() as faults:
        detail = faults.into(show_quarantine(home, subject, region, faults.fence))
        show(detail, as_json, _parts(detail))


@quarantine.command("replay")
def replay_(
    source: Annotated[str, typer.Argument(help="The mended mapping: a shipped name or your YAML file.")],
    region: RegionOption = "",
    file: Annotated[
        str, typer.Option("--file", metavar="ID", help="Only this file: its id (its first 8 digits will do).")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the files.")] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Enter a source's quarantined files, and those with rows in quarantine, again under its mended mapping.

    Their bytes were kept, so nobody needs to deliver them again. The next `geoward run` makes their dates, and no
    others. A file that is in use stays so, under the mapping it came with if this one cannot read it. Waits for the end
    of a run. Exit 1 if a file needs a hand: still quarantined, its kept bytes gone or changed, or refused though you
    named it.

    Example: `geoward quarantine replay my-source.yaml --dry-run`
    """
    from jobs.replay_quarantine import replay

    home = open_home()
    with of_regions() as faults:
        listing = replay(
            home, source, region, file=file, dry_run=dry_run, progress=lambda text: err.print(text, markup=False),
            wait=not no_wait, fence=faults.fence,
        )  # fmt: skip
        listing = faults.into(listing)
        show(listing, as_json, _replayed(listing, named=bool(file)))
        if not listing.ok:
            raise typer.Exit(1)


def _replayed(listing: ReplayListing, named: bool) -> Iterable[Table | str]:
    if not listing.files:
        yield from nothing("Nothing of this source is in quarantine.", listing)
        return
    left = [] if named else [file for file in listing.files if file.outcome == "refused"]
    shown = [file for file in listing.files if file not in left]
    table = grid("region", "file", "id", "was", "would be" if listing.dry_run else "is now", "dates")
    for file in shown:
        now = f"{file.outcome}: {file.reason}" if file.reason else file.outcome
        days = ", ".join(str(day) for day in dict.fromkeys((file.dates[0], file.dates[-1]))) if file.dates else ""
        table.add_row(file.region, escape(file.name), file.file_id[:12], escape(file.was), escape(now), days)
    if shown:
        yield table
    for outcome, mend in dict.fromkeys((file.outcome, file.mend) for file in shown):
        yield f"[bold]{outcome}:[/bold] {escape(mend)}"
    if left:
        yield _left(left)
    if listing.dry_run:
        yield "Nothing was changed: this was a dry run."


def _left(files: Sequence[ReplayedFile]) -> str:
    """Count the files in use that have another layout: that is how it should be, so they fill no table."""
    why = ", ".join(dict.fromkeys(file.reason for file in files))
    count = counted(len(files), "file")
    return f"Left in use as before, under another mapping: {count} that this one cannot read ({escape(why)})."


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
    if detail.dropped:
        yield f"Columns that its mapping does not read: {escape(', '.join(detail.dropped))}"
    if detail.retain_until:
        yield f"Kept until {detail.retain_until} at the latest, open to jobs only."
