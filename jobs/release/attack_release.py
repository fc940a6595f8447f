"""Attack a release before anybody else does: publish half of the people, and see what that tells of the other half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jobs.release.attack_halves import SEED, Halves, attack_halves
from jobs.release.hierarchy_paths import hierarchy_paths
from jobs.release.linked_people import linked_people
from quality.checks.anonymity.one_row_each import one_row_each
from quality.checks.verdict import Verdict
from quality.releases.attributes import QuasiIdentifier
from quality.releases.declaration import Gates, TableRelease
from quality.releases.privacy_models import DeltaPresence
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.search_lattice import NoGeneralizationHolds

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from transforms.anonymity.domains import Domain
    from transforms.anonymity.publish_rows import Published

AT_MOST = 100_000
"""Rows that are attacked; of a larger table, those of a part of its people."""


def attack_release(
    release: TableRelease,
    rows: pa.Table,
    domains: Sequence[Domain],
    tell: Callable[[str], None],
    population: pa.Table | None = None,
) -> list[Verdict]:
    """Return a verdict for each attack that the release's gates name. ``rows`` all have a subject.

    Half of the subjects are published as declared, the other half is the control group; each is attacked by one row of
    theirs, by chance: what stands in a few of somebody's many rows only is seldom tried. Where half of the people
    cannot be published, that is the verdict: nothing proves the release. The ``population`` that models count in stays
    whole.
    """
    if not _asked(release.gates):
        return []
    try:
        made = halve(release, rows, domains, population)
    except (Unreachable, NoGeneralizationHolds):
        return [_too_few(release, rows)]
    found = attack_halves(made, tuple(release.quasi_ids), release.sensitive, release.gates, tell)
    few = [one.measured.get("outcome") in ("too_small", "blind") for one in found]
    linked = _linked(release, rows) if any(few) else ""  # which looks at all links
    return [replace(one, mend=one.mend + linked) if is_few else one for one, is_few in zip(found, few, strict=True)]


def _linked(release: TableRelease, rows: pa.Table) -> str:
    """Return the knob where links make few people of many."""
    people = linked_people(release, rows)
    return people.mend if people else ""


def _asked(gates: Gates) -> bool:
    limits = (gates.singling_out, gates.linkability, gates.inference, gates.membership)
    return any(limit is not None for limit in limits)


def _too_few(release: TableRelease, rows: pa.Table) -> Verdict:
    return Verdict(
        "attacks",
        False,
        "Half of the people can be published as declared, so that attacks can be tried with a control group.",
        "There are too few people for a proof: release more of them at once, ask for less, or accept it by "
        f"`gates: {{accept_too_small: true}}`; the report says so.{_linked(release, rows)}",
        {"outcome": "too_small"},
        "warn" if release.gates.accept_too_small else "error",
    )


def halve(
    release: TableRelease, rows: pa.Table, domains: Sequence[Domain], population: pa.Table | None = None
) -> Halves:
    """Publish half of the subjects; by a digest, so that the same rows are always halved the same way.

    They are put in an order of their own first: neither halves nor who is attacked depend on how a file is sorted.
    """
    import pyarrow as pa

    from quality.checks.attacks.read_released import domains_of, read_people, read_released
    from transforms.anonymity.publish_rows import publish_rows

    rows = _in_order(rows)
    people = people_of(release, rows)
    half, chosen = _halved(people, rows.num_rows), one_row_each(rows, release.columns, people)
    kept = release.known_kept
    true = _true(rows, {**release.coded, **dict.fromkeys(kept, QuasiIdentifier(kind="categorical"))})
    crowd = None if population is None or release.k > 1 else _crowd(release, rows, population)
    paths = hierarchy_paths(release, rows, domains)
    categories = domains_of(true if crowd is None else _both(true, crowd), true.column_names, paths)
    published = publish_rows(rows.filter(pa.array(half == 0)), _of_half(release), domains, population)
    shown = _once_each(published, people[half == 0])
    released = read_released(
        shown, true.column_names, categories, hierarchies=paths, exact=(*release.sensitive, *kept),
        orders={one.name: one.texts.to_pylist() for one in domains if one.declared.kind == "ordered"},
    )  # fmt: skip
    members, others = (
        read_people(true.take(pa.array(chosen[half[chosen] == one])), true.column_names, categories) for one in (0, 1)
    )
    sizes = {name: len(values) for name, values in categories.items()}
    everybody = None if crowd is None else read_people(crowd, crowd.column_names, categories)
    return Halves(released, members, others, sizes, kept, everybody)


def _in_order(rows: pa.Table) -> pa.Table:
    """Return the rows in an order that only their contents give; which of equal rows comes first changes nothing."""
    import pyarrow as pa

    from transforms.anonymity.order_rows import order_rows

    return rows.take(pa.array(order_rows(rows)))


def _once_each(published: Published, people: NDArray[np.int64]) -> pa.Table:
    """Return the published rows, of the same person's equal ones one: a person is no crowd, however many rows."""
    import polars as pl

    shown = pl.DataFrame(pl.from_arrow(published.table)).with_columns(pl.Series("\0who", people[published.rows]))
    once = shown.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    return published.table.filter(once.to_arrow())


def _true(rows: pa.Table, declared: dict[str, QuasiIdentifier]) -> pa.Table:
    import pyarrow as pa

    from transforms.anonymity.domains import as_declared

    return pa.table({name: as_declared(rows, name, one) for name, one in declared.items()})


def _crowd(release: TableRelease, rows: pa.Table, population: pa.Table) -> pa.Table:
    """Return the true quasi-identifiers of the population, a person a row: of several, one by chance."""
    import pyarrow as pa

    from transforms.anonymity.join_population import unite_people

    if release.subject is not None:
        people = unite_people(rows, population, release.subject, release.links)[rows.num_rows :]
        names = [release.subject, *release.quasi_ids]
        population = population.take(pa.array(one_row_each(population, names, people)))
    return _true(population, release.quasi_ids)


def _both(true: pa.Table, crowd: pa.Table) -> pa.Table:
    """Return the rows of both, whose values are a column's categories; the population has no secrets."""
    import pyarrow as pa

    return pa.concat_tables([true, crowd], promote_options="default")


def _of_half(release: TableRelease) -> TableRelease:
    """Return the release as declared for half of its people, of whom half as large a share of a population is there."""
    models = tuple(
        model.model_copy(update={"minimum": model.minimum / 2, "maximum": model.maximum / 2})
        if isinstance(model, DeltaPresence)
        else model
        for model in release.models
    )
    return release.model_copy(update={"models": models})


def _halved(people: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """Return each row's half, by its person: 0, 1, or 2, in neither, of a large table."""
    import numpy as np
    import polars as pl

    parts = max(2, 2 * (rows // AT_MOST))
    digests = pl.Series(np.arange(int(people.max(initial=-1)) + 1)).hash(SEED).to_numpy() % parts
    halves: NDArray[np.int64] = np.minimum(digests[people], 2).astype(np.int64)
    return halves


def people_of(release: TableRelease, rows: pa.Table) -> NDArray[np.int64]:
    """Return the number of each row's person (n,): accounts that share a link are one; without a subject, rows."""
    import numpy as np

    from transforms.anonymity.unite_subjects import unite_subjects

    if release.subject is None:
        return np.arange(rows.num_rows)
    return unite_subjects(rows, release.subject, release.links).astype(np.int64)
