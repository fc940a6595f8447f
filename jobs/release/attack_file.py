"""Attack a file before somebody else does: one that a declaration would make, or one that anybody made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.attack_halves import Halves, attack_halves
from jobs.release.attack_release import attack_release
from jobs.release.read_hierarchies import hierarchy_texts
from jobs.release.read_population import read_population
from jobs.release.read_table import read_table
from jobs.release.refuse_control import refuse_same_file, refuse_same_people
from jobs.release.verify_file import Beside, not_in_order, read_hierarchy
from quality.checks.anonymity.published_table import Roles
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates, TableRelease

if TYPE_CHECKING:
    import pyarrow as pa

    from quality.checks.attacks.read_released import Domains

Tell = Callable[[str], None]

_ONE_COLUMN = (
    "One column cannot be known to two data sets in parts, so that linking cannot be tried: name more of them."
)
_MENDS = {
    "failed": "Publish less: larger classes, more general values, or fewer columns; or accept more (--limit).",
    "blind": (
        "The attack does not get past the limit on the raw rows either, so it proves nothing of the file. Name more"
        " columns that somebody may know (--quasi-ids), give more people, or a --limit that raw rows break."
    ),
    "too_small": (
        "There are too few attempts for the interval to end below the limit. Give more people in --original and"
        " --control, or a higher --limit."
    ),
}
"""By outcome, what to do of a file that anybody made."""


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
    published: Path, original: Path, control: Path, *, roles: Roles, gates: Gates, beside: Beside, tell: Tell
) -> list[Verdict]:
    """Attack a ``published`` file that anybody made, with the rows it was made of and those of people it is not of.

    A person is a row of ``original`` and of ``control``, or one by chance of a subject's. Raises ``UsageError`` for
    files that cannot be read and for a control of the same people, and ``UnreadableRelease`` for published values that
    stand for none of the original's.
    """
    import pyarrow as pa

    from quality.checks.attacks.read_released import domains_of, read_people, read_released

    refuse_same_file(original, control)
    names = [*roles.quasi_ids, *roles.sensitive]
    paths = {name: read_hierarchy(file) for name, file in beside.hierarchies.items()}
    tell(f"Reading {published.name}, {original.name} and {control.name}")
    read = [(original, names), (control, names), *([(beside.population, roles.quasi_ids)] if beside.population else [])]
    tables = _typed([_people(file, columns, roles.subject, beside) for file, columns in read], beside.orders)
    refuse_same_people(*tables[:2])
    whole = pa.concat_tables(tables, promote_options="default")
    categories = domains_of(whole, names, paths)
    _refuse_orders(categories, beside.orders)
    rows = read_table(published, names, delimiter=beside.delimiter)
    released = read_released(rows, names, categories, hierarchies=paths, orders=beside.orders)
    members, others, *everybody = (read_people(table, table.column_names, categories) for table in tables)
    sizes = {name: len(values) for name, values in categories.items()}
    made = Halves(released, members, others, sizes, population=everybody[0] if everybody else None)
    return [_of_file(one) for one in attack_halves(made, roles.quasi_ids, roles.sensitive, gates, tell)]


def _of_file(verdict: Verdict) -> Verdict:
    """Return a verdict with the mend for a file, which has no gates to state."""
    found = verdict.measured["outcome"]
    single = "estimate" not in verdict.measured
    return replace(verdict, mend=_ONE_COLUMN if single else _MENDS.get(str(found), verdict.mend))


def _people(file: Path, columns: Sequence[str], subject: str | None, beside: Beside) -> pa.Table:
    """Return the columns of a file's people: of a subject's rows one by chance, and none of rows without one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from quality.checks.anonymity.one_row_each import one_row_each

    if subject is None:
        return read_table(file, columns, delimiter=beside.delimiter)
    rows = read_table(file, (*columns, subject), delimiter=beside.delimiter)
    rows = rows.filter(pc.is_valid(rows[subject]))
    codes = rows[subject].combine_chunks().dictionary_encode().indices.to_numpy()
    return rows.take(pa.array(one_row_each(rows, (*columns, subject), codes))).select(list(columns))


def _refuse_orders(categories: Domains, orders: Mapping[str, Sequence[str]]) -> None:
    """Raise ``UsageError`` for an order that lacks a value: it would lie in no range, which nobody said."""
    for name, order in orders.items():
        if lacking := len(set(categories[name]) - {None} - set(order)):
            raise not_in_order(name, lacking)


def _typed(tables: Sequence[pa.Table], ordered: Collection[str]) -> list[pa.Table]:
    """Return the tables with columns of texts that are all numbers, in each of them, as numbers; ``ordered`` stay."""
    import pyarrow as pa

    found = list(tables)
    for at, name in enumerate(tables[0].column_names):
        own = [number for number, table in enumerate(tables) if name in table.column_names]
        try:
            kind = pa.string() if name in ordered else pa.float64()
            columns = [tables[number][name].cast(kind) for number in own]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            columns = [tables[number][name].cast(pa.string()) for number in own]
        for number, column in zip(own, columns, strict=True):
            found[number] = found[number].set_column(at, name, column)
    return found
