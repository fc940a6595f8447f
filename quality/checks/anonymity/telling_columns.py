"""Which columns that are published as they are give back what a published class made coarser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.given_back import given_back
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.one_row_each import chance_of
from quality.releases.attributes import QuasiIdentifier
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import polars as pl

WHO, CLASS, BEFORE = "\0who", "\0class", "\0before"

PAIRED, TOGETHER = 50_000, 100
"""People of whom pairs are made, enough for a share within a hundredth, and how many of a class are taken at a time."""

ERRORS = 2.0, 3.0
"""Standard errors taken off for chance: of all values, and of the rarer ones."""


def telling_columns(
    frame: pl.DataFrame, release: TableRelease, names: Sequence[str], most: float, paths: Mapping[str, Paths]
) -> set[str]:
    """Return the columns of ``names`` that give a quasi-identifier back to more than ``most`` of people.

    All, if only all together do. ``frame`` has the release's columns as texts, and the person and class of each row.
    """
    import polars as pl

    order = np.argsort(chance_of(frame.select(release.columns)), kind="stable")
    rows = frame[order].filter(pl.col(CLASS) >= 0)

    def tells(kept: Sequence[str]) -> bool:
        return any(
            share * given_back(_joined(people, kept), one, _classes(people), numeric=numeric, errors=errors) > most
            for people, share, errors in _rarer(rows, kept, most)
            for one, numeric in _known(people, release, paths)
        )

    found = {name for name in names if tells([name])}
    return set(names) if not found and len(names) > 1 and tells(names) else found


def _rarer(rows: pl.DataFrame, names: Sequence[str], most: float) -> Iterator[tuple[pl.DataFrame, float, float]]:
    """Give a row of each person, their share of all, and errors; then of rows with ever rarer values of ``names``.

    What few people's values tell is lost among the values that most have ("none"), and what a few of a person's rows
    tell among the others. So the commonest values go, half of the rest at a time, while enough people are left. Whose
    rows are left hangs on the kept value alone: one that tells nothing tells nothing of them either. Of many
    looks one more easily shows something by chance: more standard errors are taken off.
    """
    import polars as pl

    everybody, last = rows[WHO].n_unique(), rows.height + 1
    held = rows.group_by(names).agg(pl.col(WHO).n_unique().alias(BEFORE))
    held = held.sort(BEFORE, *names, descending=[True, *[False] * len(names)])
    held = held.with_columns((pl.col(BEFORE).cum_sum() - pl.col(BEFORE)) / pl.col(BEFORE).sum())
    rows = rows.join(held, on=list(names), nulls_equal=True, maintain_order="left")
    rest = 1.0
    while (people := rows.unique(WHO, keep="first", maintain_order=True)).height > most * everybody:
        if rows.height < last:
            yield _part(people), people.height / everybody, ERRORS[rest < 1]
        last, rest = rows.height, rest / 2
        rows = rows.filter(pl.col(BEFORE) >= 1 - rest)


def _classes(people: pl.DataFrame) -> NDArray[np.int64]:
    return people[CLASS].to_numpy().astype(np.int64)


def _part(people: pl.DataFrame) -> pl.DataFrame:
    """Return about ``PAIRED`` of the people, whole crowds of a class."""
    import polars as pl

    if people.height <= PAIRED:
        return people
    group = pl.struct(CLASS, pl.int_range(pl.len()).over(CLASS) // TOGETHER)
    return people.filter(group.hash(1) % 1_000_000 < 1_000_000 * PAIRED // people.height)


def _known(people: pl.DataFrame, release: TableRelease, paths: Mapping[str, Paths]) -> Iterator[tuple[pl.Series, bool]]:
    """Give what an attacker may know of people, each quasi-identifier and all together, and whether it has an order."""
    for name, one in release.quasi_ids.items():
        yield from _read(people[name], one, paths.get(name))
    if len(release.quasi_ids) > 1:
        yield _joined(people, list(release.quasi_ids)), False


def _read(column: pl.Series, one: QuasiIdentifier, paths: Paths | None) -> Iterator[tuple[pl.Series, bool]]:
    """Give what an attacker may know by a quasi-identifier, and whether to look at its order: texts have one too."""
    yield column, True
    if one.kind != "numeric":
        yield column, False
    for level in range(1, len(next(iter(paths.values()))) - 1 if paths else 1):
        above = {value: "\0".join(way[level:]) for value, way in (paths or {}).items()}
        yield column.replace_strict(above, default=None), False


def _joined(people: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return all values of a row as one."""
    import polars as pl

    if len(names) == 1:
        return people[names[0]]
    return people.select(pl.struct(list(names)).rank("dense").cast(pl.String)).to_series()
