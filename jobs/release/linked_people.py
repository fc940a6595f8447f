"""Of how many people the rows of a table are, and what its links make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Linked:
    """``rows`` are of ``subjects``, of whom equal values of ``links`` make ``people``."""

    rows: int
    subjects: int
    people: int
    links: tuple[str, ...]

    def __str__(self) -> str:
        """Say it as a sentence without its end."""
        told = f"{self.rows:,} rows are of {self.subjects:,} subjects"
        return f"{told}; links ({', '.join(self.links)}) make them {self.people:,}" if self.links else told

    @property
    def mend(self) -> str:
        """The knob where links make few of many."""
        if self.people == self.subjects:
            return ""
        return f" {self}. Take out of `links` what many subjects share, such as a kind of device."


def linked_people(release: TableRelease, rows: pa.Table) -> Linked | None:
    """Return whose rows they are, all of which have a subject; None without one."""
    import pyarrow.compute as pc

    from transforms.anonymity.unite_subjects import unite_subjects

    if release.subject is None:
        return None
    subjects = people = int(pc.count_distinct(rows[release.subject]).as_py())
    if release.links:
        people = int(unite_subjects(rows, release.subject, release.links).max(initial=-1)) + 1
    return Linked(rows.num_rows, subjects, people, release.links)
