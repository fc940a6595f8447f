"""`geoward release report`: one page that a privacy officer can sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, show
from jobs.cli.release import noise_booked, noise_of, refuse_options, release, tell_step, told_verdicts
from jobs.listings.release_reports import ReportListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.release.build_file import Built
    from jobs.release.build_places import BuiltPlaces
    from jobs.release.noisy_report import NoisyReport
    from jobs.release.places_report import PlacesReport
    from jobs.release.release_report import ReleaseReport
    from quality.releases.declaration import TableRelease
    from quality.releases.places import PlacesRelease


@release.command()
def report(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="*.html to write.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="The file that was built: the report is bound to its SHA-256.")
    ] = None,
    tiling: Annotated[Path | None, typer.Option("--tiling", help="Of places: the tiles of the epoch.")] = None,
    as_json: Json = False,
) -> None:
    """Write one HTML file, offline, that a privacy officer can sign: what was declared, measured, lost and not covered.

    The release is built again in memory and measured. With `--published` the page tells that file's SHA-256, once what
    was built is that file, byte for byte; without it there is nothing to sign, and the page says so. Ends with code 1
    if the release does not hold; the page then says why, and what to change. Noisy figures are not drawn again:
    `geoward release build … --report` writes their page, at no further loss.

    Example: `geoward release report adult.yaml --input adult.csv --published anonymous.csv --output report.html`
    """
    from quality.releases.load_release import load_release, locate_release
    from quality.releases.noisy import NoisyRelease

    check_page(output)
    declared, where = load_release(name), locate_release(name)
    if isinstance(declared, NoisyRelease):
        mend = "Say `geoward release build … --report PAGE.html`: the same figures again cost nothing."
        raise UsageError(f"Release {declared.name} is of noisy figures, which are drawn once.", mend=mend)
    refuse_options(declared.kind, {"--tiling": tiling}, {"places": {"--tiling"}})
    file = source or where.parent / declared.reads
    made = _reported(declared, where, file, published, tiling, output)
    listing = ReportListing(
        release=declared.name, version=declared.version, source=file.name, report=output.name,
        published=made.facts.published, sha256=made.facts.sha256, holds=made.holds,
        verdicts=told_verdicts(made.built.verdicts),
    )  # fmt: skip
    show(listing, as_json, [f"{declared.name} {_next(made, escape(output.name))}"])
    if not made.holds:
        raise typer.Exit(1)


def _next(made: ReleaseReport | PlacesReport, page: str) -> str:
    """Return whether a release holds, and what to do with its page."""
    if not made.holds:
        return f"does NOT hold: {page} says why, and what to change. There is nothing to sign."
    if made.facts.published is None:
        return f"holds; read {page}. Name the file with --published for a page to sign."
    return f"holds; read {page}, and sign it if you agree."


def _reported(
    declared: TableRelease | PlacesRelease, where: Path, file: Path, published: Path | None, tiling: Path | None,
    output: Path,
) -> ReleaseReport | PlacesReport:  # fmt: skip
    from jobs.release.digest_inputs import digest_inputs
    from jobs.release.report_published import build_published, build_published_places
    from quality.releases.places import PlacesRelease

    inputs = digest_inputs(declared, where, file, tiling)
    if isinstance(declared, PlacesRelease):
        places = build_published_places(
            declared, where, file, tiled(tiling), published, tell_step, noise=noise_of(declared)
        )
        if not places.failed:
            noise_booked(declared, file)()
        return write_places_report(declared, file, places, published, output, inputs)
    built = build_published(declared, where, file, published, tell_step)
    return write_report(declared, file, built, published, output, inputs)


def tiled(tiling: Path | None) -> Path:
    """Return the tiling that was named; raise ``UsageError`` if none was."""
    if tiling is None:
        mend = "Say --tiling, made once for the epoch by `geoward release tile`."
        raise UsageError("A release of places is built in the tiles of its epoch.", mend=mend)
    return tiling


def check_page(output: Path) -> None:
    """Raise ``UsageError`` if no page can be written there."""
    if output.suffix.lower() not in (".html", ".htm") or not output.absolute().parent.is_dir():
        raise UsageError("The report cannot be written there.", mend="Name it *.html, in a folder that exists.")


def check_picture(output: Path) -> None:
    """Raise ``UsageError`` if no picture can be written there."""
    if output.suffix.lower() != ".svg" or not output.absolute().parent.is_dir():
        raise UsageError("The picture cannot be written there.", mend="Name it *.svg, in a folder that exists.")


def write_report(
    declared: TableRelease, source: Path, built: Built, published: Path | None, output: Path,
    inputs: Mapping[str, str],
) -> ReleaseReport:  # fmt: skip
    """Write the page of what was built now, and return what it tells."""
    from jobs.release.release_report import report_release

    made = report_release(declared, source, built, published, datetime.now(UTC), inputs)
    write_page(made, output)
    return made


def write_places_report(
    declared: PlacesRelease, source: Path, built: BuiltPlaces, published: Path | None, output: Path,
    inputs: Mapping[str, str],
) -> PlacesReport:  # fmt: skip
    """Write the page of what was built now of places, and return what it tells."""
    from jobs.release.places_report import report_places

    made = report_places(declared, source, built, published, datetime.now(UTC), inputs)
    write_page(made, output)
    return made


def write_page(made: ReleaseReport | PlacesReport | NoisyReport, output: Path) -> None:
    """Write a report as a page."""
    from jobs.release.report_html import report_html

    output.write_text(report_html(made), encoding="utf-8")
