"""The tables of the ledger of privacy budgets."""

from __future__ import annotations

import sqlite3

TABLES = (
    """CREATE TABLE IF NOT EXISTS grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, unit TEXT NOT NULL, consumer TEXT NOT NULL,
    accounting TEXT NOT NULL, main TEXT NOT NULL, delta TEXT NOT NULL, per TEXT NOT NULL, granted_at TEXT NOT NULL
)""",
    """CREATE TABLE IF NOT EXISTS spends (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, dataset TEXT NOT NULL, unit TEXT NOT NULL,
    consumer TEXT NOT NULL, release TEXT NOT NULL, partition TEXT NOT NULL, input_version TEXT NOT NULL,
    declaration TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, accounting TEXT NOT NULL, main TEXT NOT NULL,
    delta TEXT NOT NULL, spent_at TEXT NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS spends_of ON spends (dataset, unit)",
    "CREATE TABLE IF NOT EXISTS figures (digest TEXT PRIMARY KEY, made BLOB NOT NULL, made_at TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS files (sha256 TEXT PRIMARY KEY, dataset TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS noisy_epochs (
    dataset TEXT, first TEXT, last TEXT, drawn_by TEXT, PRIMARY KEY (dataset, first, last)
)""",
)


def complete(db: sqlite3.Connection) -> None:
    """Make the tables that are absent: an older Geoward made fewer."""
    for statement in TABLES:
        db.execute(statement)
