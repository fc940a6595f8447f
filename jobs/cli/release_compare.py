"""`geoward release compare`: two versions side by side, and what their difference tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, err, grid, show
from jobs.cli.release import release
from jobs.cli.release_verify import Columns, Delimiter, Secrets, delimiter_of, pairs, split
from jobs.counted import counted
from jobs.listings.release_reports import ComparedVersion, CompareListing, DifferencingResult
from jobs.release.tell_utility import tell_utility
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.compare_releases import Compared
    from quality.checks.anonymity.compare_versions import Differences
    from quality.checks.anonymity.measurement import Measurement


@release.command()
def compare(
    old: Annotated[Path, typer.Argument(help="The older version, or with --source the table it was made of.")],
    new: Annotated[Path, typer.Argument(help="The newer version.")],
    quasi_ids: Columns = None,
    sensitive: Secrets = None,
    subject: Annotated[str, typer.Option("--subject", help="Who a row is about, if both files tell it.")] = "",
    of_source: Annotated[bool, typer.Option("--source", help="OLD is the source of NEW: tell what was lost.")] = False,
    k: Annotated[int, typer.Option("--k", min=0, help="The fewest people that a difference may be of.")] = 0,
    hierarchy: Annotated[
        list[str] | None, typer.Option("--hierarchy", help="COLUMN=FILE, as ARX writes it: what its nodes cover.")
    ] = None,
    plain: Annotated[
        list[str] | None, typer.Option("--plain", help="Columns whose texts are no nodes: two that differ are apart.")
    ] = None,
    fixed_cells: Annotated[
        bool, typer.Option("--fixed-cells", help="Each class is a cell of one partition that both share (an epoch's).")
    ] = False,
    delimiter: Delimiter = "",
    as_json: Json = False,
) -> None:
    """Compare two versions of a table: k, l, t, rows, and whether new minus old is a few people.

    Whoever holds both subtracts them: a class that has one person more now holds the late person. It fails (code 1) if
    fewer than k came or went in a class (default: the greater k, but 2 to 10), or as few values of a sensitive column,
    or of any other that both files have, did. People are counted with `--subject`, else rows. It also fails where
    nothing can be proven: a class of one version only may overlap others, and what is left of them may be one person.
    Only releases over the same fixed cells can be compared: places of one epoch's tiling, or equal classes.
    `--fixed-cells` says that they are; no two classes may then overlap. Of texts that may be nodes of a hierarchy
    nothing is known unless `--hierarchy` names it, or `--plain` says that they are none. With `--source` the first file
    is what the second was made of: utility is told, not difference.

    Example: `geoward release compare may.csv june.csv --quasi-ids age,zip --sensitive disease`
    """
    from jobs.release.compare_releases import compare_releases
    from quality.checks.anonymity.published_table import Roles

    if not (named := split(quasi_ids)):
        raise UsageError("Which columns may an attacker know?", mend="Name them with --quasi-ids a,b.")
    if k == 1:
        raise UsageError("A difference of fewer than 1 is none.", mend="Say --k 2 or more.")
    roles = Roles(named, split(sensitive), subject or None)
    apart = split(plain)
    if stray := [name for name in apart if name not in named]:
        raise UsageError(f"No quasi-identifier: {', '.join(stray)}.", mend="Name it in --quasi-ids, or not in --plain.")
    files = {column: Path(value) for column, value in pairs("--hierarchy", hierarchy)}
    found = compare_releases(
        old, new, roles, of_source=of_source, k=k, hierarchies=files, plain=apart,
        fixed_cells=fixed_cells, delimiter=delimiter_of(delimiter),
    )  # fmt: skip
    listing = _listing(old, new, found)
    show(listing, as_json, _tables(listing), markup=False)
    if listing.differencing and not listing.differencing.passed:
        for reason in listing.differencing.reasons:
            err.print(reason, markup=False, highlight=False)
        raise typer.Exit(1)


def _listing(old: Path, new: Path, found: Compared) -> CompareListing:
    roles = found.new.roles
    return CompareListing(
        old=_version(old, found.old), new=_version(new, found.new), quasi_ids=list(roles.quasi_ids),
        sensitive=list(roles.sensitive), subject=roles.subject, rows_fewer=found.old.rows - found.new.rows,
        utility=tell_utility(found.utility) if found.utility else None,
        differencing=_differencing(found, found.differencing) if found.differencing else None,
    )  # fmt: skip


def _differencing(compared: Compared, found: Differences) -> DifferencingResult:
    return DifferencingResult(
        k=found.k, counted="people" if found.people else "rows", in_both=found.in_both, only_old=found.only_old,
        only_new=found.only_new, small=found.small, secrets=found.secrets, kept=found.kept,
        kept_columns=list(compared.kept), left_out=list(compared.left_out), alike=found.alike,
        fixed_cells=found.fixed_cells, overlapping=found.overlaps.pairs, unknown=found.overlaps.unknown,
        unread=list(found.overlaps.unread), proven=found.proven, passed=found.holds, reasons=_reasons(found),
    )  # fmt: skip


def _reasons(found: Differences) -> list[str]:
    """Return why the difference may be of a few people, each with its mend."""
    keep = (
        f"publish the correction with the next epoch, or keep the old counts where they changed by less than {found.k}."
    )
    told = []
    if found.small or found.secrets:
        told.append(
            "A few stand in the difference of two equal classes, or may: a class of one version only may have had "
            f"{found.k - 1} suppressed ones in the other. Mend: {keep}"
        )
    if found.kept:
        told.append(
            f"In {counted(found.kept, 'class')} a few rows changed in columns that nothing protects. Mend: "
            "publish these as they were, or leave them out."
        )
    if found.alike:
        told.append(f"All that came to or left a class have one sensitive value. Mend: {keep}")
    over = found.overlaps
    if over.pairs:
        told.append(
            f"The classes are no fixed cells: {over.pairs:,} pairs overlap. Mend: publish both over the cells "
            "of one epoch; two releases whose classes were fitted to their rows cannot be compared."
        )
    if over.unknown:
        told.append(
            f"Nobody can tell whether {over.unknown:,} pairs of classes overlap: texts of {', '.join(over.unread)} may "
            "be nodes of a hierarchy, and nothing is proven. Mend: name it with --hierarchy COLUMN=FILE, or say "
            "--plain COLUMN if each text is a value like any other."
        )
    if not (found.proven or over.pairs or over.unknown):
        told.append(
            "Classes of one version only may overlap others, and nobody can prove here that what is left is no few "
            "people. Mend: publish both over the fixed cells of an epoch, and say --fixed-cells."
        )
    return told


def _version(path: Path, measured: Measurement) -> ComparedVersion:
    return ComparedVersion(
        file=path.name, rows=measured.rows, subjects=measured.subjects, classes=measured.classes, k=measured.k,
        l=measured.l, t=measured.t,
    )  # fmt: skip


def _tables(told: CompareListing) -> list[Table | str]:
    table = grid("", f"old: {told.old.file}#", f"new: {told.new.file}#")
    for name in ("rows", "subjects", "classes", "k", "l", "t"):
        values = [getattr(version, name) for version in (told.old, told.new)]
        table.add_row(name, *(_shown(value) for value in values))
    parts: list[Table | str] = [table]
    if told.utility:
        lost = told.utility
        parts.append(
            f"Lost: information {lost.information_loss:.4f} (NCP), {lost.suppressed:.2%} of rows; "
            f"C_avg {lost.c_avg:.2f}, discernibility {lost.discernibility:,}"
        )
        parts += [
            f"{one.unread:,} values of {one.name} cover none of the source: name its --hierarchy."
            for one in lost.columns
            if one.unread
        ]
    if between := told.differencing:
        classes = between.in_both + between.only_old + between.only_new
        verdict = "holds" if between.passed else "FAILS" if between.proven else "NOT PROVEN"
        parts.append(
            f"{verdict}: in {between.small:,} of {classes:,} classes, 1 to {between.k - 1} "
            f"{between.counted} came or went, or may have; in {between.secrets:,} as few sensitive values changed, in "
            f"{between.kept:,} as few of other columns, in {between.alike:,} all that came or went are alike; "
            f"{between.only_old:,} classes are in the old version only, {between.only_new:,} in the new."
        )
        parts.append(f"Compared beside them: {', '.join(between.kept_columns) or 'no other column'}.")
        if between.left_out:
            parts.append(f"Not compared, of one file only or without a value in both: {', '.join(between.left_out)}.")
        if between.counted == "rows":
            parts.append("Rows were counted, not people: say --subject if a person may have several.")
    return parts


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
