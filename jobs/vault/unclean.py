"""Remembers that the store's files may still hold what was deleted, so that whoever comes after a kill cleans them."""

from __future__ import annotations

import os

from jobs.vault.database import Database, Transaction
from quality.contracts.errors import EnvironmentFault


def refuse_foreign(database: Database) -> None:
    """Raise ``EnvironmentFault`` where something that is not ours may keep what is deleted."""
    if kinds := database.foreign():
        said = f"The vault has something in it that Geoward did not make ({', '.join(kinds)}): it may keep what is "
        mend = "Keep a copy for the incident, take it out or restore the vault from a backup, then repeat the command."
        raise EnvironmentFault(f"{said}deleted. Nothing was deleted.", mend=mend)


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
