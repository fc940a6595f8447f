"""`geoward keys rekey` and `keys shred`: what is done to the data keys of subjects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.app import Json, err, grid, show
from jobs.cli.keys import DryRun, existing_keyset, keys
from jobs.counted import counted
from jobs.home import open_home
from jobs.listings import RekeyedPartition, RekeyListing, ShredListing
from quality.contracts.errors import UsageError

Region = Annotated[str, typer.Option("--region", "-r", help="Whose rows and subjects.")]


@keys.command()
def rekey(
    region: Region,
    pause: Annotated[float, typer.Option("--pause", min=0, help="Seconds between two partitions.")] = 0,
    most: Annotated[int | None, typer.Option("--most", min=1, help="Partitions to make now; the rest later.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Replace the data keys that seal a region's rows, one partition after the other, and destroy the old ones.

    New rows are sealed by new keys at once. Repeat it after a kill, or to go on where `--most` ended: it makes what is
    left. Versions that readers no longer see cannot be read afterwards. It starts Spark.

    Example: `geoward keys rekey --region eu --pause 30 --dry-run`
    """
    from jobs.nightly import Scope, Sessions, open_places
    from jobs.rekey import rekey
    from jobs.take_over import take_over

    home = open_home()
    existing_keyset(home)
    (place,) = open_places(home, Scope(regions=(region,)), Sessions(home))
    if not dry_run:
        take_over(home, err.print, wait=False)
    done = rekey(place, dry_run=dry_run, pause=pause, most=most, progress=err.print)
    made = [RekeyedPartition(table=table, date=day) for table, day in done.partitions]
    listing = RekeyListing(
        region=region, generation=done.generation, dry_run=dry_run, partitions=made, left=done.left,
        withdrawn=done.withdrawn, keys_destroyed=done.keys_destroyed, last_copy_until=done.last_copy_until,
    )  # fmt: skip
    table = grid("table", "date")
    for one in made:
        table.add_row(one.table, str(one.date))
    show(listing, as_json, [table, _end(listing)])


def _end(listing: RekeyListing) -> str:
    if listing.dry_run:
        would = f"Would make {counted(len(listing.partitions), 'partition')} again, one after the other"
        new = f"new rows would be sealed by data keys of generation {listing.generation} at once"
        later = "the older ones destroyed" if not listing.left else f"the older ones kept for {listing.left} more"
        return f"{would}; {new}, and {later}. Nothing was changed."
    if listing.withdrawn and listing.left == listing.withdrawn:
        held = counted(listing.withdrawn, "partition")
        return f"{held} left, which were withdrawn: the old keys stay until what they are made of changes."
    if listing.left:
        return f"{counted(listing.left, 'partition')} left: repeat the command. The old keys stay until then."
    gone = counted(listing.keys_destroyed, "old data key")
    if listing.last_copy_until is None:
        return f"{gone} destroyed. The vault's own files may hold them yet: run `geoward keys rewrap`."
    return f"{gone} destroyed. Backups of the vault may hold them until {listing.last_copy_until:%Y-%m-%d}."


@keys.command()
def shred(
    region: Region,
    names: Annotated[
        Path | None, typer.Argument(help="A file of identifiers, one a line; - is standard input.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="What they are: actor, device, advertiser or payment.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Whoever was destroyed before, after an older vault was restored.")
    ] = False,
    unknown: Annotated[
        bool,
        typer.Option("--unknown", help="Also identifiers that the vault has never seen, so that none comes later."),
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Destroy the tokens and data keys of subjects: nobody reads their sealed rows or makes their pseudonyms any more.

    It is the first measure of an erasure; tables with their pseudonyms are to be made again. Identifiers never come on
    the command line, which others can see. Ends with 1 if the vault does not know one. `--dry-run` only counts.

    Example: `geoward keys shred ids.txt --kind actor --region eu --dry-run`
    """
    from jobs.vault_keys import destroy_again, destroy_subjects
    from transforms.privacy.identifiers import SUBJECTS

    if again != (names is None and not kind):
        mend = "Give both, or only --again: whom it destroys is in the audit log."
        raise UsageError("A file of identifiers and their --kind belong together.", mend=mend)
    if kind not in SUBJECTS and not again:
        raise UsageError(f"No subject is of kind {kind!r}.", mend=f"Known: {', '.join(SUBJECTS)}.")
    home = open_home()
    existing_keyset(home)
    place, asked = home.region(region), [] if names is None else _lines(names)
    if not asked and not again:
        raise UsageError("No identifier came.", mend="Give one a line.")
    if again:
        done = destroy_again(home, place, dry_run=dry_run)
    else:
        done = destroy_subjects(home, place, kind, asked, dry_run=dry_run, unknown=unknown)
    listing = ShredListing(
        region=region, kind=kind or "subject", dry_run=dry_run, asked=done.asked, destroyed=done.destroyed,
        already=done.already, unknown=done.unknown, last_copy_until=done.last_copy_until,
    )  # fmt: skip
    show(listing, as_json, _told(listing, unknown))
    if done.unknown and not unknown:
        raise typer.Exit(1)


def _lines(path: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError("The file of identifiers cannot be read.", mend="Give a text file in UTF-8.") from None
    return [line for line in (line.removesuffix("\r") for line in text.split("\n")) if line]


def _told(listing: ShredListing, unknown: bool) -> list[str]:
    would = "Would destroy" if listing.dry_run else "Destroyed"
    told = [f"{would} {counted(listing.destroyed, listing.kind)}, {listing.already} were before."]
    if listing.unknown:
        took = "were recorded" if unknown else "nothing was done of: check the spelling, or say --unknown"
        told.append(f"{listing.unknown} the vault does not know {took}.")
    if listing.dry_run:
        return [*told, "Nothing was changed."]
    if not listing.destroyed + listing.already:
        return told
    if listing.last_copy_until is None:
        return [*told, "The store's own files may hold a copy yet: repeat the command until it states a date."]
    told.append(f"Backups of the vault may hold a copy until {listing.last_copy_until:%Y-%m-%d}; then none is left.")
    again = f"`geoward run --force --region {listing.region}`"
    return [*told, f"Pseudonymous rows stay until their tables are made again: {again} leaves the destroyed out."]
