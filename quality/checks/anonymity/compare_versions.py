"""What two published versions of a table tell by subtraction: who came late, who left, and their secrets.

Proven only over classes that both versions share. New minus old is the late person (Ganta, Kasiviswanathan & Smith,
KDD 2008), and what two classes leave that overlap is found by nobody who looks at one class at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.overlapping_classes import Column, Overlaps, overlapping_classes, overlapping_pairs
from quality.checks.anonymity.published_table import Roles, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Differences:
    """Classes in both versions, in one only, and those that give somebody away; ``k`` is the fewest people that may.

    From ``small`` 1 to k - 1 came or went, or may have: a class of one version only may have had k - 1 people in the
    other, who were suppressed, so that it needs 2k - 1. In ``secrets`` as many values of a sensitive column did, in
    ``kept`` of another; ``alike`` are classes of several secrets in which all that came or went have one. ``people`` is
    whether these are people or rows. ``overlaps`` are pairs of classes that are not surely apart: of one version only,
    where ``fixed_cells`` are claimed, and of two that changed.
    """

    k: int
    people: bool
    in_both: int
    only_old: int
    only_new: int
    small: int
    secrets: int
    kept: int
    alike: int
    fixed_cells: bool
    overlaps: Overlaps

    @property
    def proven(self) -> bool:
        """Whether every class is one of both versions, or is said to be a cell of both, which surely none overlaps."""
        equal = self.fixed_cells or not (self.only_old or self.only_new)
        return equal and not (self.overlaps.pairs or self.overlaps.unknown)

    @property
    def holds(self) -> bool:
        """Whether no difference is of a few people, as far as can be proven."""
        return self.proven and not (self.small or self.secrets or self.kept or self.alike)


def compare_versions(
    db: DuckDBPyConnection, old: str, new: str, roles: Roles, k: int, *, fixed_cells: bool, kept: Sequence[str] = (),
    hierarchies: Mapping[str, Paths] | None = None, plain: Collection[str] = (),
) -> Differences:  # fmt: skip
    """Return what tables ``old`` and ``new`` tell of fewer than ``k`` subjects, or rows where none is named.

    ``fixed_cells`` says that every class is a cell of one partition that both versions share, such as the tiling of an
    epoch: then a class of one version only is one of nobody, or of k - 1 at most, in the other. Nodes of
    ``hierarchies``, by column, overlap where they share a value; texts of ``plain`` columns are no nodes. Each
    sensitive column is compared and the whole row of them, then each of ``kept`` (what else both tables publish) and
    the whole row of all. Raises ``UsageError`` for more classes than can be compared.
    """
    _make_versions(db, old, new, roles, kept)
    found = _groups(db, roles)
    moved = [np.abs(found["n"] - found["o"])] + ([found["came"], found["gone"]] if roles.subject else [])
    names = [f"v{at}" for at in range(len(roles.sensitive) + len(kept))]
    secrets = _changes(db, roles, names[: len(roles.sensitive)], names[: len(roles.sensitive)], k, len(moved[0]))
    others = _changes(db, roles, names[len(roles.sensitive) :], names, k, len(moved[0]))
    changed = np.any([*moved, secrets.changed, others.changed], axis=0)
    few = np.any([_few(one, k) for one in moved], axis=0) | _once(found, k)
    return Differences(
        k=k, people=roles.subject is not None, in_both=int(((found["o"] > 0) & (found["n"] > 0)).sum()),
        only_old=int((found["n"] == 0).sum()), only_new=int((found["o"] == 0).sum()),
        small=int(few.sum()), secrets=int(secrets.few.sum()),
        kept=int(others.few.sum()), alike=int(secrets.alike.sum()), fixed_cells=fixed_cells,
        overlaps=_overlaps(db, roles, hierarchies or {}, plain, changed, fixed_cells),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """Of each class, whether values changed, those of a few did, and all that came or went are alike."""

    changed: Bools
    few: Bools
    alike: Bools


def _changes(db: DuckDBPyConnection, roles: Roles, each: list[str], row: list[str], k: int, classes: int) -> _Changes:
    """Return what changed in ``each`` column alone, and in the whole ``row`` of several."""
    changed, few, alike = np.zeros((3, classes), bool)
    for values in [*each, *([", ".join(row)] if each and len(row) > 1 else [])]:
        told = _secrets(db, roles, values)
        few |= _few(told["up"], k) | _few(told["down"], k)
        changed |= (told["up"] > 0) | (told["down"] > 0)
        alike |= (told["o"] > 0) & (told["up"] >= k) & (told["kinds_up"] == 1) & (told["kinds_new"] > 1)
        alike |= (told["n"] > 0) & (told["down"] >= k) & (told["kinds_down"] == 1) & (told["kinds_old"] > 1)
    if roles.subject and each:
        few |= _few(_changed(db, roles, ", ".join(row)), k) & changed
    return _Changes(changed, few, alike)


def _once(found: Mapping[str, Ints], k: int) -> Bools:
    """Return which classes of one version only have so few that one of them may be all that came or went."""
    least, most = (choose(found["n"], found["o"]) for choose in (np.minimum, np.maximum))
    return np.asarray((least == 0) & (most < 2 * k - 1))


def _few(people: Ints, k: int) -> Bools:
    return (people > 0) & (people < k)


def _keys(roles: Roles) -> str:
    return ", ".join(f"q{at}" for at in range(len(roles.quasi_ids)))


def _make_versions(db: DuckDBPyConnection, old: str, new: str, roles: Roles, kept: Sequence[str]) -> None:
    """Make tables ``versions`` (q0.., v0.., who, o, n), a row for each, and ``version_classes`` (q0.., o, n)."""
    shown = [f"CAST({quoted(name)} AS VARCHAR) AS q{at}" for at, name in enumerate(roles.quasi_ids)]
    shown += [f"CAST({quoted(name)} AS VARCHAR) AS v{at}" for at, name in enumerate([*roles.sensitive, *kept])]
    shown.append(f"CAST({quoted(roles.subject)} AS VARCHAR) AS who" if roles.subject else "NULL AS who")
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE versions AS SELECT {', '.join(shown)}, 1 AS o, 0 AS n FROM {quoted(old)} "
        f"UNION ALL SELECT {', '.join(shown)}, 0, 1 FROM {quoted(new)}"
    )
    keys = _keys(roles)
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE version_classes AS "
        f"SELECT {keys}, max(o) AS o, max(n) AS n FROM versions GROUP BY ALL"
    )


def _counted(roles: Roles, keys: str) -> str:
    """Return who is counted under ``keys``: each subject once for each version it is in, or each row."""
    if roles.subject is None:
        return f"(SELECT {keys}, o, n FROM versions)"
    return f"(SELECT {keys}, who, max(o) AS o, max(n) AS n FROM versions GROUP BY ALL)"


def _groups(db: DuckDBPyConnection, roles: Roles) -> dict[str, Ints]:
    """Return how many of each class are in each version, and how many came and went."""
    sums = {"o": "o", "n": "n", "came": "greatest(n - o, 0)", "gone": "greatest(o - n, 0)"}
    shown = ", ".join(f"CAST(sum({value}) AS BIGINT) AS {name}" for name, value in sums.items())
    keys = _keys(roles)
    return _fetched(db, f"SELECT {shown} FROM {_counted(roles, keys)} GROUP BY {keys} ORDER BY {keys}")


def _secrets(db: DuckDBPyConnection, roles: Roles, values: str) -> dict[str, Ints]:
    """Return by how many the counts of a class's values went up and down, and how many values did."""
    keys = _keys(roles)
    counted = _counted(roles, f"{keys}, {values}")
    each = f"SELECT {keys}, sum(o) AS o, sum(n) AS n FROM {counted} GROUP BY {keys}, {values}"
    sums = {
        "o": "o", "n": "n", "up": "greatest(n - o, 0)", "down": "greatest(o - n, 0)",
        "kinds_up": "CAST(n > o AS INTEGER)", "kinds_down": "CAST(n < o AS INTEGER)",
        "kinds_new": "CAST(n > 0 AS INTEGER)", "kinds_old": "CAST(o > 0 AS INTEGER)",
    }  # fmt: skip
    shown = ", ".join(f"CAST(sum({value}) AS BIGINT) AS {name}" for name, value in sums.items())
    return _fetched(db, f"SELECT {shown} FROM ({each}) GROUP BY {keys} ORDER BY {keys}")


def _changed(db: DuckDBPyConnection, roles: Roles, values: str) -> Ints:
    """Return how many subjects of both versions of a class have other values in it: one may change many counts."""
    keys = _keys(roles)
    one = f"SELECT {keys}, who, max(o) AS o, max(n) AS n, bool_or(o <> n) AS other"
    each = f"{one} FROM {_counted(roles, f'{keys}, {values}')} GROUP BY {keys}, who"
    shown = "CAST(sum(CAST(other AND o = 1 AND n = 1 AS INTEGER)) AS BIGINT) AS changed"
    return _fetched(db, f"SELECT {shown} FROM ({each}) GROUP BY {keys} ORDER BY {keys}")["changed"]


def _fetched(db: DuckDBPyConnection, question: str) -> dict[str, Ints]:
    return {name: np.asarray(column, np.int64) for name, column in db.execute(question).fetchnumpy().items()}


def _overlaps(
    db: DuckDBPyConnection, roles: Roles, hierarchies: Mapping[str, Paths], plain: Collection[str], changed: Bools,
    fixed_cells: bool,
) -> Overlaps:  # fmt: skip
    """Return the pairs of classes that are not apart; those of one version only tell nothing unless cells are fixed."""
    width, keys = len(roles.quasi_ids), _keys(roles)
    found = db.execute(f"SELECT {keys}, o, n FROM version_classes ORDER BY {keys}").fetchall()
    columns = [Column(name, hierarchies.get(name, {}), name in plain) for name in roles.quasi_ids]
    both = [row[:width] for row, other in zip(found, changed, strict=True) if other and row[width] and row[width + 1]]
    inside = overlapping_pairs(both, columns)
    if not fixed_cells:
        return Overlaps(inside, 0, ())
    olds, news = ([row[:width] for row in found if row[at]] for at in (width, width + 1))
    between = overlapping_classes(olds, news, columns)
    return Overlaps(inside + between.pairs, between.unknown, between.unread)
