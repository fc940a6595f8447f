"""Count the subjects of each published place and time anew, and those that a few known points match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from quality.checks.persons import unite_accounts
from quality.checks.verdict import Measured, Verdict
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GROUP = "cell, slot, slot_hours"


@untold
def check_crowds(published: pa.Table, persons: Sequence[Any], *, k: int) -> Verdict:
    """Return whether at least ``k`` distinct ``persons`` (m,) are in each published cell and slot.

    ``persons`` are those of ``persons_of``.
    """
    crowds = f"SELECT count(DISTINCT person) AS n FROM told GROUP BY {GROUP}"
    least, groups, below = _least(_connect(published, persons), crowds, k)
    text = f"Each cell and slot has at least {k} distinct subjects."
    return _verdict("places_k_reached", text, least, groups, below, k)


@untold
def check_pairs(published: pa.Table, persons: Sequence[Any], *, k: int) -> Verdict:
    """Return whether any two points of a trip are in trips of at least ``k`` distinct ``persons`` (m,): all pairs."""
    db = _connect(published, persons)
    items = f"SELECT DISTINCT trip, person, dense_rank() OVER (ORDER BY {GROUP}) AS item FROM told"
    db.execute(f"CREATE TEMP TABLE points AS {items}")
    pairs = "SELECT a.person, a.item AS one, b.item AS other FROM points a JOIN points b USING (trip)"
    crowds = f"SELECT count(DISTINCT person) AS n FROM ({pairs} WHERE a.item < b.item) GROUP BY one, other"
    least, groups, below = _least(db, crowds, k)
    return _verdict("places_pairs", f"Two points of a trip match at least {k} subjects.", least, groups, below, k)


@untold
def check_sequences(published: pa.Table, persons: Sequence[Any], *, k: int, m: int, draws: int, seed: int) -> Verdict:
    """Return whether ``m`` points match at least ``k`` persons, for ``draws`` random sets of points of random trips.

    The trips that have all points of a set are what their posting lists share. A trip of fewer points gives all it has.
    """
    cells = [str(value) for value in zip(*(published[name].to_pylist() for name in GROUP.split(", ")), strict=True)]
    trips: defaultdict[int, set[str]] = defaultdict(set)
    postings: defaultdict[str, set[int]] = defaultdict(set)
    owner: dict[int, Any] = {}
    for trip, point, person in zip(published["trip"].to_pylist(), cells, persons, strict=True):
        trips[trip].add(point)
        postings[point].add(trip)
        owner[trip] = person
    least = below = 0
    random = np.random.default_rng(seed)
    names = sorted(trips)
    for trip in random.choice(names, draws).tolist() if names else []:
        points = sorted(trips[trip])
        known = [points[at] for at in random.permutation(len(points))[:m]]
        matching = set.intersection(*(postings[point] for point in known))
        crowd = len({owner[one] for one in matching})
        least, below = min(least or crowd, crowd), below + int(crowd < k)
    text = f"Up to {m} points of a trip match at least {k} subjects, in {draws} draws."
    return _verdict(f"places_sequences_{m}", text, least, draws if names else 0, below, k)


@untold
def persons_of(accounts: pa.ChunkedArray, links: Mapping[str, pa.ChunkedArray], rows: Sequence[int]) -> list[str]:
    """Return whom each of the source's ``rows`` is about: one name for all accounts that any link connects."""
    import pandas as pd

    told = accounts.take(pa.array(np.asarray(rows, np.int64))).cast(pa.string()).to_pylist()
    if not links:
        return [str(name) for name in told]
    names = accounts.cast(pa.string()).to_pandas()
    shared = [
        pd.DataFrame({"actor_key": names, "device_key": f"{name}\0" + column.cast(pa.string()).to_pandas()})
        for name, column in links.items()
    ]
    united = unite_accounts(pd.concat(shared).dropna().drop_duplicates())
    persons = dict(zip(united["actor_key"], united["person"], strict=True))
    return [str(persons.get(name, name)) for name in told]


def _connect(published: pa.Table, persons: Sequence[Any]) -> DuckDBPyConnection:
    import duckdb

    db = duckdb.connect()
    db.register("told", published.append_column("person", pa.array([str(one) for one in persons], pa.string())))
    return db


def _least(db: DuckDBPyConnection, crowds: str, k: int) -> tuple[int, int, int]:
    """Return the least of the numbers ``n`` that a query counts, how many there are, and how many are below ``k``."""
    found = db.execute(f"SELECT min(n), count(*), count(*) FILTER (n < {int(k)}) FROM ({crowds})").fetchall()[0]
    return int(found[0] or 0), int(found[1]), int(found[2])


def _verdict(name: str, description: str, least: int, groups: int, below: int, k: int) -> Verdict:
    measured: Measured = {"least": least, "counted": groups, "below": below, "k": k}
    mend = "Report a defect with the run's id; nothing was published."
    return Verdict(name, not below, description, mend, measured)
