"""`geoward release compare`: two versions side by side, and what their difference tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, err, grid, show
from jobs.cli.release import release
from jobs.cli.release_verify import Columns, Secrets, pairs, split
from jobs.listings.release_reports import ComparedVersion, CompareListing, DifferencingResult
from jobs.release.tell_utility import tell_utility
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.compare_releases import Compared
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
    as_json: Json = False,
) -> None:
    """Compare two versions of a table: k, l, t, rows, and whether new minus old is a few people.

    Whoever holds both subtracts them: a class that has one person more now holds the late person. Classes that changed
    by fewer than k people are counted (default: the greater k of both), and the command ends with code 1 if there is
    one. With `--source` the first file is what the second was made of: then utility is told, not difference.

    Example: `geoward release compare may.csv june.csv --quasi-ids age,zip --sensitive disease`
    """
    from jobs.release.compare_releases import compare_releases
    from quality.checks.anonymity.published_table import Roles

    if not (named := split(quasi_ids)):
        raise UsageError("Which columns may an attacker know?", mend="Name them with --quasi-ids a,b.")
    if k == 1:
        raise UsageError("A difference of fewer than 1 is none.", mend="Say --k 2 or more.")
    roles = Roles(named, split(sensitive), subject or None)
    files = {column: Path(value) for column, value in pairs("--hierarchy", hierarchy)}
    found = compare_releases(old, new, roles, of_source=of_source, k=k, hierarchies=files)
    listing = _listing(old, new, found)
    show(listing, as_json, _tables(listing))
    if listing.differencing and not listing.differencing.passed:
        err.print(
            "Mend: publish the correction with the next epoch, or keep the old counts where they changed by less than "
            f"{listing.differencing.k}.", markup=False, highlight=False,
        )  # fmt: skip
        raise typer.Exit(1)


def _listing(old: Path, new: Path, found: Compared) -> CompareListing:
    roles, between = found.new.roles, found.differencing
    return CompareListing(
        old=_version(old, found.old), new=_version(new, found.new), quasi_ids=list(roles.quasi_ids),
        sensitive=list(roles.sensitive), subject=roles.subject, rows_fewer=found.old.rows - found.new.rows,
        utility=tell_utility(found.utility) if found.utility else None,
        differencing=DifferencingResult(
            k=between.k, in_both=between.in_both, only_old=between.only_old, only_new=between.only_new,
            small=between.small, passed=not between.small,
        ) if between else None,
    )  # fmt: skip


def _version(path: Path, measured: Measurement) -> ComparedVersion:
    return ComparedVersion(
        file=path.name, rows=measured.rows, subjects=measured.subjects, classes=measured.classes, k=measured.k,
        l=measured.l, t=measured.t,
    )  # fmt: skip


def _tables(told: CompareListing) -> list[Table | str]:
    table = grid("", f"old: {escape(told.old.file)}#", f"new: {escape(told.new.file)}#")
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
            f"{one.unread:,} values of {escape(one.name)} cover none of the source: name its --hierarchy."
            for one in lost.columns
            if one.unread
        ]
    if between := told.differencing:
        verdict = "holds" if between.passed else "FAILS"
        parts.append(
            f"{verdict}: {between.small:,} of {between.in_both:,} classes in both changed by 1 to {between.k - 1} "
            f"people; {between.only_old:,} classes are in the old version only, {between.only_new:,} in the new."
        )
    return parts


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
