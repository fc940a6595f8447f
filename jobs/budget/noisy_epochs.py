"""Noisy places of a dataset are drawn once in an epoch: two draws of one place add up, and many average out."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from jobs.budget.charged_files import charge_files
from jobs.budget.grant import refuse_of_the_lake
from jobs.budget.open_ledger import open_ledger
from jobs.home import Home
from quality.contracts.errors import PolicyBreach
from quality.releases.places import PlacesRelease


class DrawnBefore(PolicyBreach):
    """An epoch's places were told by noise before, and would be told by other noise now."""

    def __init__(self, release: PlacesRelease, first: str, last: str) -> None:
        """Name the dataset and the epoch that is entered."""
        super().__init__(
            f"Places of {release.reads} were told by noise before for {first} to {last} (hours, UTC), of another first "
            "or last hour, epsilon_per_km, finest cell or subject. Both together would tell of each person more than "
            "either says. Nothing was written.",
            mend=f"Declare what was published for those hours, or an epoch that begins after {last}.",
        )


def _hours(release: PlacesRelease) -> tuple[str, str]:
    """Return the first and last hour of the epoch, UTC: its days are those of a place, by the declared offset."""
    early = timedelta(hours=release.slots.utc_offset)
    first, after = (datetime.combine(day, time()) for day in (release.epoch.start, release.epoch.end + timedelta(1)))
    return f"{first - early:%Y-%m-%dT%H}", f"{after - early - timedelta(hours=1):%Y-%m-%dT%H}"


def book_epoch(home: Home, release: PlacesRelease, sha256: str) -> None:
    """Enter the noise of a release of the file with ``sha256``; what is entered already costs nothing once more.

    Raises ``DrawnBefore`` if other noise of an hour of the epoch is entered, ``ChargedElsewhere`` for a file that is
    known by another dataset's name, ``UsageError`` for a name of the lake, and what the ledger does.
    """
    if release.noise is None:
        return
    refuse_of_the_lake(release.reads)
    first, last = _hours(release)
    drawn_by = f"{release.noise.epsilon_per_km} {release.tiles.finest} {release.subject}"
    with open_ledger(home).entering() as db:
        charge_files(db, release.reads, [sha256])
        there = db.execute(
            "SELECT first, last, drawn_by FROM noisy_epochs WHERE dataset = ? AND first <= ? AND last >= ?",
            (release.reads, last, first),
        ).fetchall()
        for one in there:
            if one != (first, last, drawn_by):
                raise DrawnBefore(release, *one[:2])
        db.execute("INSERT OR IGNORE INTO noisy_epochs VALUES (?, ?, ?, ?)", (release.reads, first, last, drawn_by))
