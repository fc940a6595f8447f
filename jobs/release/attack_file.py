"""Attack a file before somebody else does: one that a declaration would make, or one that anybody made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.attack_halves import Halves, attack_halves
from jobs.release.attack_release import attack_release
from jobs.release.read_hierarchies import hierarchy_texts
from jobs.release.read_population import read_population
from jobs.release.read_table import read_table
from jobs.release.verify_file import read_hierarchy
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates, TableRelease

if TYPE_CHECKING:
    import pyarrow as pa

Tell = Callable[[str], None]


def attack_declared(release: TableRelease, declared_in: Path, source: Path, tell: Tell) -> list[Verdict]:
    """Publish half of the people of ``source`` in memory and attack them; raises what ``build_file`` does."""
    from transforms.anonymity.domains import survey_table

    texts = hierarchy_texts(release, declared_in)
    tell(f"Reading {source.name}")
    rows = with_subject(read_table(source, release.columns), release)
    people = read_population(release, declared_in, rows)
    domains = survey_table(rows, release.coded, texts, people)
    return attack_release(release, rows, domains, tell, people)


def with_subject(rows: pa.Table, release: TableRelease) -> pa.Table:
    """Return the rows that are of somebody."""
    import pyarrow.compute as pc

    return rows if release.subject is None else rows.filter(pc.is_valid(rows[release.subject]))


def attack_published(
    published: Path, original: Path, control: Path, *, known: Sequence[str], sensitive: Sequence[str], gates: Gates,
    hierarchies: Mapping[str, Path], tell: Tell,
) -> list[Verdict]:  # fmt: skip
    """Attack a ``published`` file that anybody made, with the rows it was made of and those of people it is not of.

    A person is a row of ``original`` and of ``control``. Raises ``UsageError`` for files that cannot be read, and
    ``UnreadableRelease`` for published values that stand for none of the original's.
    """
    import pyarrow as pa

    from quality.checks.attacks.read_released import domains_of, read_people, read_released

    names = [*known, *sensitive]
    paths = {name: read_hierarchy(file) for name, file in hierarchies.items()}
    tell(f"Reading {published.name}, {original.name} and {control.name}")
    true, others = _typed(read_table(original, names), read_table(control, names))
    categories = domains_of(pa.concat_tables([true, others]), names, paths)
    released = read_released(read_table(published, names), names, categories, hierarchies=paths)
    members, strangers = (read_people(rows, names, categories) for rows in (true, others))
    made = Halves(released, members, strangers, {name: len(values) for name, values in categories.items()})
    return attack_halves(made, tuple(known), tuple(sensitive), gates, tell)


def _typed(*tables: pa.Table) -> list[pa.Table]:
    """Return the tables with columns of texts that are all numbers, in each of them, as numbers."""
    import pyarrow as pa

    for name in tables[0].column_names:
        try:
            columns = [table[name].cast(pa.float64()) for table in tables]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            columns = [table[name].cast(pa.string()) for table in tables]
        at = tables[0].column_names.index(name)
        tables = tuple(table.set_column(at, name, column) for table, column in zip(tables, columns, strict=True))
    return list(tables)
