"""What `geoward release build` does with a release of places."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.cli.app import grid, show
from jobs.cli.release import noise_booked, noise_of, tell_rows, tell_step, told_held, told_verdicts
from jobs.cli.release_report import tiled, write_places_report
from jobs.listings.releases import NoiseTold, PlacesListing

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.build_places import BuiltPlaces
    from quality.releases.places import PlacesRelease


def build_and_show(
    declared: PlacesRelease, where: Path, file: Path, tiling: Path | None, output: Path | None, *, dry_run: bool,
    pages: tuple[Path | None, Path | None], out: tuple[Path, ...] = (), as_json: bool,
) -> None:  # fmt: skip
    """Build, show what became of each fix and raise ``NotReleased`` if it may not be published.

    ``pages`` are the report and the map to write, if any; the map only of what may be published.
    """
    from jobs.release.build_file import NotReleased
    from jobs.release.build_places import build_places
    from jobs.release.digest_inputs import digest_inputs
    from jobs.release.draw_map import draw_map
    from jobs.release.places_report import told_cells
    from jobs.release.verify_file import existing

    report, cells = pages
    tiles = tiled(tiling)
    if declared.noise is not None:
        existing(file)  # before a home is made for its noise
    inputs = digest_inputs(declared, where, file, tiling) if report is not None else {}
    target, book = None if dry_run else output, noise_booked(declared, file)
    built = build_places(
        declared,
        where,
        file,
        tiles,
        target,
        tell_step,
        noise=noise_of(declared),
        out=(*out, *([output] if output else [])),
        book=book,
    )
    if any(pages) and not built.failed:
        book()  # a page of a dry run tells of the noise too
    if report is not None:
        write_places_report(declared, file, built, None if built.failed else target, report, inputs)
    if cells is not None and not built.failed:
        cells.write_text(
            draw_map(f"{declared.name}: {told_cells(published=not dry_run)}", built.shown), encoding="utf-8"
        )
    listing = PlacesListing(
        release=declared.name, version=declared.version, source=file.name, output=output.name if output else None,
        dry_run=dry_run, released=not built.failed and not dry_run, tiling=built.tiling, rows_in=built.rows_in,
        told=built.told, rows_out=built.rows_out, cells=built.cells, suppressed=built.suppressed,
        withheld=built.withheld, kept=built.kept, displacement_m=built.displacement_m,
        noise=NoiseTold(**asdict(built.noise)) if built.noise else None,
        verdicts=told_verdicts(built.verdicts),
    )  # fmt: skip
    show(listing, as_json, _tables(built), markup=False)
    held = ", ".join(f"{reason} {count:,}" for reason, count in built.withheld.items() if count) or "0"
    became = f"{built.told:,} told + {built.suppressed:,} suppressed + withheld: {held}."
    tell_rows(built.rows_in, became, published=not built.failed and not dry_run)
    if built.failed:
        raise NotReleased(declared.name, built.failed)


def _tables(built: BuiltPlaces) -> list[Table | str]:
    table = grid("holds", "what")
    for verdict in built.verdicts:
        table.add_row(told_held(verdict), verdict.description)
    mean, far = built.displacement_m
    return [
        f"{built.rows_out:,} rows in {built.cells:,} cells; {built.kept:.1%} of the fixes are told, {mean:,.0f} m from "
        f"where they were on average, {far:,.0f} m at the 95th percentile.",
        table,
    ]
