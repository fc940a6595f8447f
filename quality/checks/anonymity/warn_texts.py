"""What texts of a published table may do that no privacy model looks at: warnings, since only their owner knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.checks.anonymity.published_table import quoted
from quality.checks.verdict import Verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FOLDED = r"trim(regexp_replace(nfc_normalize(lower(nfc_normalize({0}))), '\s+', ' ', 'g'))"
"""A name as people would read it: in one Unicode form, of lower case, without spaces around it or several within."""


def warn_texts(db: DuckDBPyConnection, table: str, published: Sequence[str], subject: str | None) -> list[Verdict]:
    """Return warnings of ``table``: cells that a spreadsheet would run, and subjects that may be one person.

    Cells are those of the columns ``published`` (OWASP, CSV Injection). Columns that are no texts are left out.
    """
    texts = {name for name, kind, *_ in db.execute(f"DESCRIBE {quoted(table)}").fetchall() if kind == "VARCHAR"}
    found = _formulas(db, table, [name for name in published if name in texts])
    return found + (_near(db, table, subject) if subject in texts and subject is not None else [])


def _formulas(db: DuckDBPyConnection, table: str, columns: Sequence[str]) -> list[Verdict]:
    """Signed numbers are none: they are what they say."""
    begins = "left({0}, 1) IN ('=', '+', '-', '@', chr(9), chr(13)) AND TRY_CAST({0} AS DOUBLE) IS NULL"
    counts = [f"count(*) FILTER (WHERE {begins.format(quoted(name))})" for name in columns]
    if not counts:
        return []
    cells = dict(
        zip(columns, db.execute(f"SELECT {', '.join(counts)} FROM {quoted(table)}").fetchall()[0], strict=True)
    )
    named = [name for name, count in cells.items() if count]
    if not named:
        return []
    total = sum(cells.values())
    return [
        Verdict(
            "spreadsheet_formulas", False,
            f"{total:,} cells of {', '.join(named)} begin with =, +, -, @, a tab or a CR: a spreadsheet may run them.",
            "Tell readers to import these columns as text, or change the values before the release.",
            {"cells": total, "columns": ", ".join(named)}, "warn",
        )
    ]  # fmt: skip


def _near(db: DuckDBPyConnection, table: str, subject: str) -> list[Verdict]:
    name = quoted(subject)
    near = db.execute(
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(DISTINCT {name}) AS n FROM {quoted(table)} "
        f"WHERE {name} IS NOT NULL GROUP BY {_FOLDED.format(name)}) WHERE n > 1"
    ).fetchall()[0][0]
    if not near:
        return []
    return [
        Verdict(
            "subjects_alike", False,
            f"{int(near):,} subjects differ from another by upper case, spaces or Unicode forms only: if they are one "
            "person, k counts them as several.",
            "Write each person in one way before the release, or name a column that they share as a link.",
            {"subjects": int(near)}, "warn",
        )
    ]  # fmt: skip
