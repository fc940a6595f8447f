"""Read the population that k-map and delta-presence count people in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.read_table import read_table
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import DeltaPresence

if TYPE_CHECKING:
    import pyarrow as pa


def read_population(release: TableRelease, declared_in: Path, rows: pa.Table) -> pa.Table | None:
    """Return the population beside ``declared_in``, of people only, or None where no model counts in one.

    Raises ``UsageError`` for a file that cannot be read or lacks a column, and, where delta-presence is asked, unless
    everybody of ``rows`` is in it, in one row: else the share of a class that is in the release means nothing.
    """
    import pyarrow.compute as pc

    if release.population is None:
        return None
    who = release.subject
    people = read_table(declared_in.parent / release.population, (*release.quasi_ids, *([who] if who else [])))
    if who is None:
        return people
    people = people.filter(pc.is_valid(people[who]))
    if any(isinstance(model, DeltaPresence) for model in release.models):
        _check_people(rows[who].cast("string"), people[who].cast("string"))
    return people


def _check_people(own: pa.ChunkedArray, people: pa.ChunkedArray) -> None:
    import pyarrow.compute as pc

    if twice := len(people) - len(people.unique()):
        mend = "Write one row for each person, or declare k_map."
        raise UsageError(f"delta_presence: {twice} rows of the population are of people who have another.", mend=mend)
    if absent := pc.sum(pc.invert(pc.is_in(own.unique(), value_set=people.combine_chunks()))).as_py():
        mend = "Add them: the release is to be a part of the population."
        raise UsageError(f"delta_presence: {absent} people of the release are not in the population.", mend=mend)
