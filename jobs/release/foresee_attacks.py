"""Attacks that would prove nothing of a table, foreseen by counting: nothing is published, and nobody attacked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from jobs.release.attack_halves import NOT_TRIED, parts_of
from jobs.release.attack_release import AT_MOST, people_of
from quality.releases.attributes import QuasiIdentifier
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def foresee_attacks(release: TableRelease, rows: pa.Table) -> Iterator[str]:
    """Give what a build would say of attacks that cannot be tried, are blind, or have too few people.

    ``rows`` are of somebody. An attack that is not named here may still prove nothing.
    """
    people = _people(release, rows)
    yield from _too_few(release, people.height)
    limit = release.gates.linkability
    if limit is None:
        return
    if people.width == 1:
        yield f"attack_linkability cannot be tried of one quasi-identifier.{NOT_TRIED % 'linkability'}"
    elif (linked := _linked_raw(people.gather_every(max(2, 2 * (people.height // AT_MOST))))) <= limit:
        yield (
            f"attack_linkability would be blind: of the raw rows it links {linked:.1%} of people, and proves something"
            f" only beyond {limit:.1%}. Declare more columns that somebody may know.{NOT_TRIED % 'linkability'}"
        )


def _people(release: TableRelease, rows: pa.Table) -> pl.DataFrame:
    """Return what may be known of each person: of several rows one by chance."""
    import polars as pl
    import pyarrow as pa

    from quality.checks.anonymity.one_row_each import one_row_each
    from transforms.anonymity.domains import as_declared

    kept = dict.fromkeys(release.known_kept, QuasiIdentifier(kind="categorical"))
    chosen = one_row_each(rows, release.columns, people_of(release, rows))
    known = {name: as_declared(rows, name, one) for name, one in {**release.quasi_ids, **kept}.items()}
    return cast("pl.DataFrame", pl.from_arrow(pa.table(known).take(pa.array(chosen))))


def _too_few(release: TableRelease, people: int) -> Iterator[str]:
    """Give the attacks whose interval ends above the limit even if not one attempt succeeds: half are attacked."""
    from quality.checks.attacks.intervals import wilson

    tried = ["linkability", *(["inference"] if release.sensitive else [])]
    limits = {name: getattr(release.gates, name) for name in tried}
    least = {name: limit for name, limit in limits.items() if limit and wilson(0, people // 2).high > limit}
    for name, limit in {} if release.gates.accept_too_small else least.items():
        yield (
            f"attack_{name} has too few people: of {people:,}, half are attacked, which cannot prove less than"
            f" {limit:.1%}. Release more at once, or state `gates: {{accept_too_small: true}}`.{NOT_TRIED % name}"
        )


def _linked_raw(people: pl.DataFrame) -> float:
    """Return the share of people whom the raw rows link by the parts that link most.

    Of those who are alike in a part one is picked by chance: both parts pick the same with n12 / (n1 n2).
    """
    import polars as pl

    telling = sorted(people.columns, key=lambda name: -people[name].n_unique())
    shares = [
        people.select((pl.len().over(*{*one, *other}) / pl.len().over(*one) / pl.len().over(*other)).mean()).item()
        for one, other in parts_of(telling)
    ]
    return float(max(shares))
