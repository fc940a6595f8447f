"""Remembers that the store's files may still hold what was deleted, so that whoever comes after a kill cleans them."""

from __future__ import annotations

import os

from jobs.vault.database import Database, Transaction


def mark_unclean(rows: Transaction) -> None:
    """Say so in the transaction that deletes."""
    rows.change("DELETE FROM vault_facts WHERE name = ?", [("unclean",)])
    rows.change("INSERT INTO vault_facts (name, value) VALUES ('unclean', ?)", [(os.urandom(8).hex(),)])


def is_unclean(database: Database) -> bool:
    """Return whether the files are to be cleaned."""
    return bool(_marked(database))


def clean(database: Database) -> bool:
    """Clean the files if they are to be, and return whether they are clean; what was deleted meanwhile stays marked."""
    marked = _marked(database)
    if marked and not database.scrub():
        return False
    if marked:
        with database.alone() as rows:
            rows.change("DELETE FROM vault_facts WHERE name = 'unclean' AND value = ?", [(marked,)])
    return True


def _marked(database: Database) -> str:
    with database.reading() as rows:
        found = rows.ask("SELECT value FROM vault_facts WHERE name = 'unclean'")
    return str(found[0][0]) if found else ""
