"""Which columns tell people apart: direct identifiers, quasi-identifiers and sensitive candidates of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from quality.checks.anonymity.classes import Ints
from quality.checks.anonymity.link_roles import without_broad_links
from quality.checks.anonymity.published_table import explained, quoted
from quality.contracts.errors import UsageError
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Role = Literal["constant", "direct_identifier", "link", "sensitive", "quasi_identifier", "left_out"]
Scale = Literal["time", "other_time", "fraction", "whole", "text", "long_text"]

SAMPLE, MOST_COLUMNS, SEED = 20_000, 16, 1
"""Rows that sets of columns are tried on; the columns of which sets are made: those that tell most rows apart."""

_EACH_ITS_OWN, _MOMENT = "nearly a value for each row", "a moment: whoever knows when, knows who"
_SHARED = "named {}, and several rows share its values: accounts of one person"

_OWN_TEXTS, LONG = "a text of its own in most rows: each class would list them all", 60
_LONG_TEXTS = "long texts, such as lists of names: each class would list them all"
_UNFIT = "its type is {}: no value that can be generalized"

_FORMATS = [
    f"{day}{clock}" for day in ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d") for clock in ("", " %H:%M", " %H:%M:%S")
]
_FEWEST = {"text": 20, "long_text": 20, "whole": 100}
"""The rows from which values that are all different are no chance: a code or a number of each person."""

_DIRECT = (
    "id pid uid sid cid uuid guid ssn name firstname lastname surname fullname username login email mail phone "
    "telephone mobile fax address street iban card account passport license licence imsi msisdn token url"
)
_SENSITIVE = (
    "disease diagnosis illness condition medication drug treatment health hiv disability salary income wage pay debt "
    "credit religion belief party political vote union orientation sexual crime offence offense "
    "conviction grade score class label target outcome fraud churn"
)
_LINKS = frozenset({"device", "cookie", "ip", "mac", "imei", "household", "ring"})
PERSONS = ({"actor"}, {"user"}, {"person"}, {"patient"}, {"customer"}, {"subject"}, {"respondent"}, {"employee"})
"""Whole names of columns that say who a row is about: `user_age` does not."""
_WORDS: Mapping[Role, frozenset[str]] = {
    "direct_identifier": frozenset(_DIRECT.split()),
    "sensitive": frozenset(_SENSITIVE.split()),
}


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """``distinction`` is the share of distinct values in rows, ``separation`` that of pairs of rows told apart.

    ``why`` says what the role was told by: the name, or the values. ``scale`` is that of the first thousand values.
    A ``link`` is a column whose equal values make one person of several accounts.
    """

    name: str
    role: Role
    distinct: int
    nulls: int
    distinction: float
    separation: float
    why: str
    scale: Scale = "text"


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """Columns that together tell rows apart, and no part of them as well."""

    columns: tuple[str, ...]
    distinction: float
    separation: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``keys`` are minimal sets of at most four columns that reach ``alpha``, those that separate most first.

    ``sampled`` rows of ``rows`` were looked at for sets; a sample's distinction tends to be above the table's.
    """

    rows: int
    sampled: int
    alpha: float
    columns: tuple[ColumnRole, ...]
    keys: tuple[ColumnSet, ...]


@untold
def suggest_roles(
    db: DuckDBPyConnection,
    table: str,
    *,
    alpha: float = 0.8,
    by: Literal["distinction", "separation"] = "distinction",
    largest: int = 4,
    sample: int = SAMPLE,
    unfit: Mapping[str, str] | None = None,
) -> Suggestion:
    """Return the role of each column, and the minimal quasi-identifiers that reach ``alpha``.

    A set is an alpha-distinct key if rows have at least alpha n distinct values of it, and an alpha-separation key if
    it tells apart at least alpha of all pairs of rows (Motwani & Xu, Efficient algorithms for masking and finding
    quasi-identifiers, 2007, which samples rows too). Nulls are a value. ``unfit`` are types that columns
    have of which nothing can be worked on.
    Raises UsageError for a table without rows.
    """
    with explained(table):
        names = [name for name, *_ in db.execute(f"DESCRIBE {quoted(table)}").fetchall()]
        columns = without_broad_links(db, table, _count_columns(db, table, names, unfit or {}))
        chosen = _candidates(columns)
        codes = _sample_codes(db, table, chosen, sample)
    rows = int(db.execute(f"SELECT count(*) FROM {quoted(table)}").fetchall()[0][0])
    keys = _minimal_sets(chosen, codes, alpha, by, largest)
    return Suggestion(rows, len(codes), alpha, tuple(columns), tuple(keys))


def _count_columns(
    db: DuckDBPyConnection, table: str, names: Sequence[str], unfit: Mapping[str, str]
) -> list[ColumnRole]:
    found = []
    for name in names:
        counts = f"SELECT {quoted(name)} AS v, count(*) AS n FROM {quoted(table)} GROUP BY v"
        query = f"SELECT count(*), sum(n), sum(n * (n - 1)::DOUBLE), sum(n) FILTER (v IS NULL) FROM ({counts})"
        distinct, rows, alike, nulls = db.execute(query).fetchall()[0]
        if not rows:
            raise UsageError(f"{table} has no rows, so nothing can be suggested.", mend="Name a table with rows.")
        rows = int(rows)
        separation = 1 - alike / (rows * (rows - 1)) if rows > 1 else 0.0
        none = int(nulls or 0)
        scale = _scale(db, table, name)
        role, why = (
            _role(name, distinct - bool(none), rows - none, scale) if distinct > 1 else ("constant", "one value")
        )
        if name in unfit:
            role, why = "left_out", _UNFIT.format(unfit[name])
        found.append(ColumnRole(name, role, distinct, none, distinct / rows, separation, why, scale))
    return found


def _role(name: str, distinct: int, known: int, scale: Scale) -> tuple[Role, str]:
    """Return a column's role by its name's words and how many values its ``known`` rows have."""
    words = words_of(name)
    if said := sorted(words & _LINKS):
        return ("link", _SHARED.format(said[0])) if distinct < known else ("direct_identifier", f"named {said[0]}")
    if words in PERSONS:
        return "direct_identifier", f"named {min(words)}"
    if scale in ("time", "other_time"):
        return "quasi_identifier", _MOMENT
    for role, listed in _WORDS.items():
        if said := sorted(words & listed):
            return role, f"named {said[0]}"
    if scale == "fraction":
        return "quasi_identifier", "measured, so that few rows share a value"
    if (distinct == known and known >= _FEWEST[scale]) or (distinct > 1000 and distinct > 0.99 * known):
        return "direct_identifier", _EACH_ITS_OWN
    if scale == "long_text":
        return "left_out", _LONG_TEXTS
    if scale == "text" and distinct > 1000 and distinct > 0.8 * known:
        return "left_out", _OWN_TEXTS
    return "quasi_identifier", "several rows share its values"


def words_of(name: str) -> set[str]:
    """Return the words of a column's name, however they are joined."""
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))


def _scale(db: DuckDBPyConnection, table: str, name: str) -> Scale:
    """Return what a column's first thousand values are: moments (of ISO 8601 or not), fractions (a place, a measure),
    whole numbers or texts, most of them long.
    """
    text, number = "CAST(v AS VARCHAR)", "TRY_CAST(CAST(v AS VARCHAR) AS DOUBLE)"
    some = f"SELECT {quoted(name)} AS v FROM {quoted(table)} WHERE v IS NOT NULL LIMIT 1000"
    timed, other, numbers, parted, length = db.execute(
        f"SELECT bool_and({number} IS NULL AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL), "
        f"bool_and(try_strptime({text}, {_FORMATS}) IS NOT NULL), "
        f"bool_and({number} IS NOT NULL), bool_and(contains({text}, '.')), avg(length({text})) FROM ({some})"
    ).fetchall()[0]
    if timed or other:
        return "time" if timed else "other_time"
    if not numbers:
        return "long_text" if (length or 0) > LONG else "text"
    return "fraction" if parted else "whole"


def _candidates(columns: Sequence[ColumnRole]) -> list[str]:
    """Return the columns to make sets of: neither constants nor direct identifiers, those that separate most."""
    usable = [column for column in columns if column.role in ("quasi_identifier", "sensitive")]
    chosen = sorted(usable, key=lambda column: (-column.separation, column.name))[:MOST_COLUMNS]
    return [column.name for column in chosen]


def _sample_codes(db: DuckDBPyConnection, table: str, names: Sequence[str], rows: int) -> Ints:
    """Return a sample's values (rows, columns) as numbers, the same for the same table."""
    if not names:
        return np.zeros((0, 0), np.int64)
    shown = ", ".join(f"{quoted(name)} AS c{at}" for at, name in enumerate(names))
    ranks = ", ".join(f"dense_rank() OVER (ORDER BY c{at}) AS r{at}" for at in range(len(names)))
    drawn = f"SELECT {shown} FROM {quoted(table)} USING SAMPLE reservoir({int(rows)} ROWS) REPEATABLE ({SEED})"
    found = db.execute(f"SELECT {ranks} FROM ({drawn})").fetchnumpy()
    return np.column_stack([np.asarray(found[f"r{at}"], np.int64) for at in range(len(names))])


def _minimal_sets(
    names: Sequence[str], codes: Ints, alpha: float, by: Literal["distinction", "separation"], largest: int
) -> list[ColumnSet]:
    found: dict[frozenset[int], ColumnSet] = {}
    for size in range(1, min(largest, len(names)) + 1):
        for chosen in combinations(range(len(names)), size):
            if any(part <= set(chosen) for part in found):
                continue
            distinction, separation = _tell_apart(codes, chosen)
            if (distinction if by == "distinction" else separation) >= alpha:
                found[frozenset(chosen)] = ColumnSet(tuple(names[at] for at in chosen), distinction, separation)
    return sorted(found.values(), key=lambda key: (len(key.columns), -key.separation, key.columns))


def _tell_apart(codes: Ints, chosen: Sequence[int]) -> tuple[float, float]:
    """Return (distinction, separation) of some columns of ``codes`` (n, A)."""
    rows = len(codes)
    if rows < 2:
        return (float(rows), 0.0)
    key = np.zeros(rows, np.int64)
    for column in chosen:
        _, key = np.unique(key * (int(codes[:, column].max()) + 1) + codes[:, column], return_inverse=True)
    sizes = np.bincount(key)
    return len(sizes) / rows, 1 - float((sizes * (sizes - 1)).sum()) / (rows * (rows - 1))
