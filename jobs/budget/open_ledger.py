"""The ledger of an installation, and the secret that decides what bounds leave out."""

from __future__ import annotations

import os
import secrets

from jobs.audit_log import audit, read_audit
from jobs.budget.ledger import BudgetLedger
from jobs.home import Home
from jobs.keys.private_file import read_private
from quality.contracts.errors import EnvironmentFault, UsageError

SUBJECT = "privacy budgets"
MADE = "ledger made"
KEY_BYTES = 32


def open_ledger(home: Home) -> BudgetLedger:
    """Return the installation's ledger, which refuses to be used while its file is missing."""
    return BudgetLedger(home.folder("budget") / "ledger.sqlite")


def make_ledger(home: Home) -> BudgetLedger:
    """Make the ledger, once: auditors are told first. Raises ``UsageError`` if it is there.

    Raises ``EnvironmentFault`` if it was there and is gone: a new one would know nothing of what is spent.
    """
    ledger = open_ledger(home)
    if ledger.path.exists():
        raise UsageError("There is a ledger of privacy budgets already.", mend="Grant budgets in it.")
    if any(entry["subject"] == SUBJECT and entry["outcome"] == MADE for entry in read_audit(home)):
        mend = "Restore it from your backup. A new one would know nothing of what is spent."
        raise EnvironmentFault("The ledger of privacy budgets was made before, and is gone.", mend=mend)
    audit(home, "decision", SUBJECT, MADE)
    key = os.open(home.folder("budget") / "choice.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(key, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    ledger.make()
    return ledger


def choice_key(home: Home) -> bytes:
    """Return the secret that decides what bounds leave out; raise ``KeyUnusable`` if it cannot be read."""
    return read_private(
        home.folder("budget") / "choice.key", what="The key of privacy budgets", mend="Restore it from your backup."
    )
