"""Nulls that match anything: which classes are equal wherever neither of them is null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_MATCHES, MOST_SHAPES = 20_000_000, 64
"""The pairs of classes that may match, and the patterns of nulls among classes, at most."""


def match_wildcards(db: DuckDBPyConnection, width: int) -> None:
    """Make table ``matches`` (class, other) of table ``classes`` (class, q0, ..., q<width - 1>); each matches itself.

    As sdcMicro counts (NA as wildcard): a class's subjects are those of all classes that match it. Raises UsageError
    where they are too many; they are counted before any is made.
    """
    shape = " + ".join(f"CAST(q{place} IS NULL AS BIGINT) * {1 << place}" for place in range(width))
    db.execute(f"CREATE OR REPLACE TEMP TABLE shaped AS SELECT *, {shape} AS shape FROM classes")
    db.execute("CREATE OR REPLACE TEMP TABLE matches (class BIGINT, other BIGINT)")
    shapes = [int(row[0]) for row in db.execute("SELECT DISTINCT shape FROM shaped ORDER BY shape").fetchall()]
    if len(shapes) > MOST_SHAPES:
        raise _too_many(f"{len(shapes)} patterns of nulls, and at most {MOST_SHAPES}")
    both = [(a, b, _keys(a | b, width)) for a in shapes for b in shapes]
    if (found := sum(_count(db, *each) for each in both)) > MOST_MATCHES:
        raise _too_many(f"{found} pairs of classes that match, and at most {MOST_MATCHES}")
    for a, b, keys in both:
        db.execute(
            "INSERT INTO matches SELECT a.class, b.class FROM shaped a JOIN shaped b "
            f"ON a.shape = {a} AND b.shape = {b}{''.join(f' AND a.{key} = b.{key}' for key in keys)}"
        )


def _keys(nulls: int, width: int) -> list[str]:
    return [f"q{place}" for place in range(width) if not nulls >> place & 1]


def _count(db: DuckDBPyConnection, a: int, b: int, keys: list[str]) -> int:
    """Return how many pairs match, from the counts of what they share."""
    shared = "".join(f"{key}, " for key in keys)
    counts = f"SELECT {shared}count(*) AS n FROM shaped WHERE shape = {{}} GROUP BY ALL"
    on = " AND ".join(f"a.{key} = b.{key}" for key in keys) or "true"
    found = db.execute(f"SELECT sum(a.n * b.n) FROM ({counts.format(a)}) a JOIN ({counts.format(b)}) b ON {on}")
    return int(found.fetchall()[0][0] or 0)


def _too_many(what: str) -> UsageError:
    return UsageError(
        f"Nulls as wildcards make {what} can be counted.", mend="Count nulls as a category, or leave out a column."
    )
