"""Rows as classes: each row gets the number of its class, the subject it is about and the ranks of its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.published_table import Roles, columns_of, quoted
from quality.checks.anonymity.wildcards import match_wildcards
from quality.checks.persons import unite_accounts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Tables ``classes`` (class, q0, q1, ..., n), ``coded`` (class, person, v0, v1, ...) and ``matches`` of ``db``.

    ``sizes`` (C,) are distinct subjects by class; ``own`` (C,) without those that match by a wildcard; ``lines`` (C,)
    are rows, with those. ``labels[j]`` are the j-th sensitive column's values in order, as text, and v_j is the rank
    of a row's.
    """

    db: DuckDBPyConnection
    roles: Roles
    rows: int
    subjects: int
    sizes: Ints
    own: Ints
    lines: Ints
    labels: tuple[tuple[str | None, ...], ...]

    @property
    def source(self) -> str:
        """The rows that count for a class: its own, and with wildcards those of classes that match it."""
        return _widened("coded", self.roles)

    @property
    def repeats(self) -> bool:
        """Whether some subject has several rows, so that rows are no count of subjects."""
        return self.subjects < self.rows

    def quasi_ids(self, numbers: Ints) -> list[dict[str, str | None]]:
        """Return the published quasi-identifiers of the classes ``numbers``, in that order."""
        wanted = ", ".join(str(int(number)) for number in numbers) or "-1"
        shown = ", ".join(f"CAST(q{place} AS VARCHAR)" for place in range(len(self.roles.quasi_ids)))
        found = self.db.execute(f"SELECT class, {shown} FROM classes WHERE class IN ({wanted})").fetchall()
        by_number = {row[0]: dict(zip(self.roles.quasi_ids, row[1:], strict=True)) for row in found}
        return [by_number[int(number)] for number in numbers]


def group_rows(
    db: DuckDBPyConnection,
    table: str,
    roles: Roles,
    orders: Mapping[str, Sequence[str]] | None = None,
    accounts: Sequence[str] = (),
) -> Classes:
    """Return the classes of ``table``; UsageError if wildcards match more than can be counted.

    Sensitive values are in the order of ``orders``, those it lacks last. Links are those of the rows of ``accounts``,
    tables with the subject and maybe the links, or else of ``table`` itself.
    """
    names = [f"{quoted(name)} AS q{place}" for place, name in enumerate(roles.quasi_ids)]
    keys = ", ".join(f"q{place}" for place in range(len(names)))
    # Numbered by a hash, so that the order of rows does not choose among classes that are equally bad.
    db.execute(
        "CREATE OR REPLACE TEMP TABLE classes AS "
        f"SELECT CAST(row_number() OVER (ORDER BY hash({keys})) - 1 AS INTEGER) AS class, * FROM "
        f"(SELECT {', '.join(names)}, count(*) AS n FROM {quoted(table)} GROUP BY ALL)"
    )
    if roles.nulls == "wildcard":
        match_wildcards(db, len(roles.quasi_ids))
    known = orders or {}
    labels = tuple(_rank_values(db, table, place, name, known.get(name)) for place, name in enumerate(roles.sensitive))
    if roles.sensitive or roles.subject is not None:
        _number_persons(db, accounts or (table,), roles)
        _code_rows(db, table, roles)
    return _counted(db, roles, labels)


def _counted(db: DuckDBPyConnection, roles: Roles, labels: tuple[tuple[str | None, ...], ...]) -> Classes:
    own = _by_class(db, "sum(n)", "classes")
    rows = subjects = int(own.sum())
    wild = roles.nulls == "wildcard"
    lines = _by_class(db, "sum(n)", _widened("classes", roles)) if wild else own
    sizes = lines
    if roles.subject is not None:
        subjects = int(db.execute("SELECT count(*) FROM (SELECT DISTINCT person FROM coded)").fetchall()[0][0])
    if subjects < rows:
        once = "(SELECT DISTINCT class, person FROM {})"
        own = sizes = _by_class(db, "count(*)", once.format("coded"))
        if wild:
            sizes = _by_class(db, "count(*)", once.format(_widened("coded", roles)))
    return Classes(db, roles, rows, subjects, sizes, own, lines, labels)


def _widened(table: str, roles: Roles) -> str:
    """Return ``table`` with the rows of each class that matches another as that other's too."""
    if roles.nulls == "category":
        return table
    return f"(SELECT m.class, c.* EXCLUDE (class) FROM matches m JOIN {table} c ON c.class = m.other)"


def _by_class(db: DuckDBPyConnection, counted: str, rows: str) -> Ints:
    found = db.execute(f"SELECT CAST({counted} AS BIGINT) AS n FROM {rows} GROUP BY class ORDER BY class")
    return np.asarray(found.fetchnumpy()["n"], np.int64)


def _number_persons(db: DuckDBPyConnection, tables: Sequence[str], roles: Roles) -> None:
    """Make table ``persons`` (subject, person) of subjects that share a value of a link; others are themselves."""
    import pandas as pd

    shared = []
    for link in roles.links:
        # Filtered outside: inside, a column of the table itself that is called like these would be meant.
        columns = f"CAST({quoted(roles.subject or '')} AS VARCHAR) AS account, CAST({quoted(link)} AS VARCHAR) AS link"
        linked = [table for table in tables if {roles.subject, link} <= set(columns_of(db, table))]
        if not linked:
            continue
        pairs = f"({' UNION '.join(f'SELECT {columns} FROM {quoted(table)}' for table in linked)}) AS pairs"
        known = "pairs.account IS NOT NULL AND pairs.link IS NOT NULL"
        shared_by = "count(*) OVER (PARTITION BY pairs.link) > 1"
        found = f"SELECT pairs.account, pairs.link FROM {pairs} WHERE {known} QUALIFY {shared_by}"
        shared += [(a, f"{link}\0{d}") for a, d in db.execute(found).fetchall()]
    united = unite_accounts(pd.DataFrame(shared, columns=["actor_key", "device_key"]))
    db.register("united", united)
    db.execute(
        "CREATE OR REPLACE TEMP TABLE persons AS SELECT CAST(actor_key AS VARCHAR) AS subject, "
        "CAST(person AS VARCHAR) AS person FROM united"
    )
    db.unregister("united")


def _rank_values(
    db: DuckDBPyConnection, table: str, place: int, name: str, stated: Sequence[str] | None
) -> tuple[str | None, ...]:
    """Make table ``ranks<place>`` (value, rank) as ``stated``, as numbers if all are, or as the column's type sorts."""
    column = quoted(name)
    values = f"SELECT DISTINCT {column} AS value FROM {quoted(table)}"
    number = "TRY_CAST(CAST(value AS VARCHAR) AS DOUBLE)"
    numeric = db.execute(f"SELECT count(value) = count({number}) FROM ({values})").fetchall()[0][0]
    order = f"{number} NULLS LAST, value NULLS LAST" if numeric else "value NULLS LAST"
    if stated is not None:
        order = f"list_position($1, CAST(value AS VARCHAR)) NULLS LAST, {order}"
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE ranks{place} AS "
        f"SELECT value, CAST(row_number() OVER (ORDER BY {order}) - 1 AS INTEGER) AS rank FROM ({values})",
        [] if stated is None else [list(stated)],
    )
    labels = db.execute(f"SELECT CAST(value AS VARCHAR) FROM ranks{place} ORDER BY rank").fetchall()
    return tuple(label for (label,) in labels)


def _code_rows(db: DuckDBPyConnection, table: str, roles: Roles) -> None:
    shown, joins = ["c.class"], []
    on = " AND ".join(f"t.{quoted(name)} IS NOT DISTINCT FROM c.q{at}" for at, name in enumerate(roles.quasi_ids))
    joins.append(f"JOIN classes c ON {on}")
    for at, name in enumerate(roles.sensitive):
        shown.append(f"r{at}.rank AS v{at}")
        joins.append(f"JOIN ranks{at} r{at} ON t.{quoted(name)} IS NOT DISTINCT FROM r{at}.value")
    if roles.subject is not None:
        subject = f"t.{quoted(roles.subject)}"
        if roles.links:
            joins.append(f"LEFT JOIN persons p ON CAST({subject} AS VARCHAR) = p.subject")
            subject = f"coalesce(p.person, CAST({subject} AS VARCHAR))"
        shown.append(f"{subject} AS person")
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE coded AS SELECT {', '.join(shown)} FROM {quoted(table)} t {' '.join(joins)}"
    )
