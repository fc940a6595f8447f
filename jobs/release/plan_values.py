"""What a build of a table would stop at once it reads the values: found by one look at each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.foresee_attacks import foresee_attacks
from jobs.release.linked_people import Linked, linked_people
from jobs.release.read_hierarchies import hierarchy_texts
from jobs.release.read_table import read_table
from quality.contracts.errors import GeowardError
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import KAnonymity, LDiversity

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TableSeen:
    """What is wrong with the values, and of how many people the rows are: None without a subject."""

    problems: list[str]
    people: Linked | None = None


def see_table(release: TableRelease, declared_in: Path, source: Path) -> TableSeen:
    """Return what one look at the declared columns tells, all of which ``source`` must have.

    A column is read as a build would read it; nothing is generalized, so a model may still fail.
    """
    import pyarrow.compute as pc

    try:
        rows = read_table(source, release.columns)
        if release.subject is not None:  # rows of nobody are rejected by a build
            rows = rows.filter(pc.is_valid(rows[release.subject]))
        people = linked_people(release, rows)
        found = [*_of_columns(release, declared_in, rows), *_of_models(release, rows, people)]
        return TableSeen(found or list(foresee_attacks(release, rows)), people)
    except GeowardError as error:
        return TableSeen([str(error)])


def _of_columns(release: TableRelease, declared_in: Path, rows: pa.Table) -> Iterator[str]:
    from transforms.anonymity.domains import survey_table

    texts = hierarchy_texts(release, declared_in)
    for name, one in release.coded.items():
        try:
            survey_table(rows.select([name]), {name: one}, {name: texts[name]} if name in texts else {})
        except GeowardError as error:
            yield str(error)


def _of_models(release: TableRelease, rows: pa.Table, people: Linked | None) -> Iterator[str]:
    import pyarrow.compute as pc

    if people and people.people < release.k <= rows.num_rows:
        yield f"{release.reads} has {people.people:,} subjects: no class of {release.k} can be made.{people.mend}"
    for model in release.models:
        if isinstance(model, LDiversity):
            values = pc.count_distinct(rows[model.column], mode="all").as_py()
            if values < model.l:
                yield f"{model.column} has {values} values in all: no class can hold {model.l:g}. Declare a smaller l."
        if release.method == "microaggregation" and not isinstance(model, KAnonymity):
            yield f"Microaggregation takes k_anonymity alone, not {model.model}: use another method."
