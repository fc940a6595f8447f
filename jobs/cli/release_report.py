"""`geoward release report`: one page that a privacy officer can sign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, show
from jobs.cli.release import release, tell_step, told_verdicts
from jobs.listings.release_reports import ReportListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.release.build_file import Built
    from jobs.release.release_report import ReleaseReport
    from quality.releases.declaration import TableRelease


@release.command()
def report(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="*.html to write.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="The file that was built: the report is bound to its SHA-256.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one HTML file, offline, that a privacy officer can sign: what was declared, measured, lost and not covered.

    The release is built again in memory and measured. With `--published` the page tells that file's SHA-256, once what
    was built is that file, byte for byte. Ends with code 1 if the release does not hold; the page then says so.

    Example: `geoward release report adult.yaml --input adult.csv --published anonymous.csv --output report.html`
    """
    from jobs.release.report_published import build_published
    from quality.releases.load_release import load_table_release, locate_release

    check_page(output)
    declared, where = load_table_release(name), locate_release(name)
    file = source or where.parent / declared.reads
    built = build_published(declared, where, file, published, tell_step)
    made = write_report(declared, file, built, published, output)
    listing = ReportListing(
        release=declared.name, version=declared.version, source=file.name, report=output.name,
        published=made.published, sha256=made.sha256, holds=made.holds,
        verdicts=told_verdicts(built.verdicts),
    )  # fmt: skip
    told = "holds" if made.holds else "does NOT hold"
    show(listing, as_json, [f"{declared.name} {told}; read {escape(output.name)}, and sign it if you agree."])
    if not made.holds:
        raise typer.Exit(1)


def check_page(output: Path) -> None:
    """Raise ``UsageError`` if no page can be written there."""
    if output.suffix.lower() not in (".html", ".htm") or not output.absolute().parent.is_dir():
        raise UsageError("The report cannot be written there.", mend="Name it *.html, in a folder that exists.")


def write_report(
    declared: TableRelease, source: Path, built: Built, published: Path | None, output: Path
) -> ReleaseReport:
    """Write the page of what was built now, and return what it tells."""
    from jobs.release.release_report import report_release
    from jobs.release.report_html import report_html

    made = report_release(declared, source, built, published, datetime.now(UTC))
    output.write_text(report_html(made), encoding="utf-8")
    return made
