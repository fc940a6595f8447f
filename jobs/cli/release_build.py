"""`geoward release build`: from a declaration to an anonymous file, or to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, grid, show
from jobs.cli.release import refuse_options, release, tell_rows, tell_step, told_held, told_verdicts
from jobs.home import open_home
from jobs.listings.releases import BuildListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.build_file import Built
    from quality.releases.declaration import TableRelease


@release.command()
def build(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="*.csv or *.parquet to write.")] = None,
    tiling: Annotated[Path | None, typer.Option("--tiling", help="Of places: the tiles of the epoch.")] = None,
    consumer: Annotated[str, typer.Option("--consumer", help="Of noisy figures: whose budget pays.")] = "",
    since: Annotated[str, typer.Option("--from", help="Of noisy figures: the first day, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option("--to", help="Of noisy figures: the last day.")] = "",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Build and judge it; publish nothing. A --report or --map is written, and says so."
        ),
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="*.html to write: a page to sign, or why nothing was published.")
    ] = None,
    cells: Annotated[Path | None, typer.Option("--map", help="Of places: *.svg to draw the published cells.")] = None,
    already: Annotated[
        list[Path] | None,
        typer.Option("--out-already", help="Of places and tables: an earlier version that somebody may have."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a table anonymous as declared, prove it on the rows that are to be published, and only then write them.

    Every row is accounted for: published, suppressed, or rejected because nobody knows who it is about. If a model or a
    gate does not hold on the published rows, nothing is published, and what to change is told (code 1), on the page of
    `--report` too. That page has lines to sign only if a file was published. Parquet of more than 3,000,000 rows is
    made on Spark, into a new folder of files.

    Example: `geoward release build adult.yaml --input adult.csv --output anonymous.csv`
    """
    from jobs.cli.release_noisy import build_and_show as build_noisily
    from jobs.cli.release_places import build_and_show
    from jobs.cli.release_report import check_page, check_picture
    from quality.releases.load_release import load_release, locate_release
    from quality.releases.noisy import NoisyRelease
    from quality.releases.places import PlacesRelease

    if output is None and not dry_run:
        raise UsageError("Where shall the release be written?", mend="Say --output, or --dry-run to write nothing.")
    if report is not None:
        check_page(report)
    declared = load_release(name)
    versions, noisy = "--out-already", {"--consumer": consumer, "--from": since, "--to": until}
    refuse_options(declared.kind, {"--tiling": tiling, versions: already, "--map": cells, **noisy}, {
        "table": {versions}, "places": {"--tiling", "--map", versions}, "noisy": set(noisy),
    })  # fmt: skip
    if cells is not None:
        check_picture(cells)
    where = locate_release(name)
    file = source or where.parent / declared.reads
    if isinstance(declared, NoisyRelease):
        build_noisily(
            declared, where, file, None if dry_run else output, consumer=consumer, days=(since, until), report=report,
            as_json=as_json,
        )  # fmt: skip
        return
    if isinstance(declared, PlacesRelease):
        pages = (report, cells)
        build_and_show(
            declared, where, file, tiling, output, dry_run=dry_run, pages=pages, out=_existing(already), as_json=as_json
        )
        return
    _build_table(declared, where, file, output, dry_run=dry_run, report=report, already=already, as_json=as_json)


def _build_table(
    declared: TableRelease, where: Path, file: Path, output: Path | None, *, dry_run: bool, report: Path | None,
    already: list[Path] | None, as_json: bool,
) -> None:  # fmt: skip
    """Build, show what became of each row and raise ``NotReleased`` if it may not be published."""
    from jobs.cli.release_report import write_report
    from jobs.release.build_file import NotReleased, build_file
    from jobs.release.digest_inputs import digest_inputs
    from jobs.release.publish_large import build_large, is_large

    target = None if dry_run else output
    inputs = digest_inputs(declared, where, file) if report is not None else {}
    if is_large(declared, file):
        if already:
            mend = "Leave it out, and compare the files with `geoward release compare`."
            raise UsageError("A table this large is built by Spark, which compares no versions.", mend=mend)
        built = build_large(open_home(), declared, where, file, target, tell_step)
    else:
        out = (*_existing(already), *([output] if output else []))
        built = build_file(declared, where, file, target, tell_step, out=out)
    if report is not None:
        write_report(declared, file, built, output if not built.failed and not dry_run else None, report, inputs)
    show(_listing(declared, file, output, dry_run, built), as_json, _tables(built), markup=False)
    why = ", ".join(f"{reason} {count:,}" for reason, count in built.rejected.items()) or "0"
    became = f"{built.rows_out:,} out + {built.suppressed:,} suppressed + rejected: {why}."
    tell_rows(built.rows_in, became, published=not built.failed and not dry_run)
    if built.failed:
        raise NotReleased(declared.name, built.failed)


def _existing(files: list[Path] | None) -> tuple[Path, ...]:
    from jobs.release.verify_file import existing

    return tuple(map(existing, files or []))


def _listing(declared: TableRelease, file: Path, output: Path | None, dry_run: bool, built: Built) -> BuildListing:
    return BuildListing(
        release=declared.name, version=declared.version, source=file.name, output=output.name if output else None,
        dry_run=dry_run, released=not built.failed and not dry_run, method=declared.method, rows_in=built.rows_in,
        rows_out=built.rows_out, suppressed=built.suppressed, rejected=built.rejected,
        subjects=built.measured.subjects, classes=built.measured.classes, k=built.measured.k,
        information_loss=built.utility.ncp,
        verdicts=told_verdicts(built.verdicts),
    )  # fmt: skip


def _tables(built: Built) -> list[Table | str]:
    table = grid("holds", "what")
    for verdict in built.verdicts:
        table.add_row(told_held(verdict), verdict.description)
    loss = f"information loss {built.utility.ncp:.4f} (0: as it was, 1: nothing left)"
    return [f"{built.measured.classes:,} classes of {built.measured.subjects:,} subjects, {loss}", table]
