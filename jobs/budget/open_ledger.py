"""The ledger of an installation, and the secret that decides what bounds leave out."""

from __future__ import annotations

import fcntl
import os
import secrets

from jobs.audit_log import audit, read_audit
from jobs.budget.grant import Grant
from jobs.budget.ledger import KEY_FILE, BudgetLedger
from jobs.budget.witness_ledger import MADE, SUBJECT, LedgerWitness
from jobs.home import Home
from jobs.keys.private_file import read_private
from quality.contracts.errors import EnvironmentFault, UsageError

KEY_BYTES = 32


def open_ledger(home: Home) -> BudgetLedger:
    """Return the installation's ledger, which refuses to be used while its file is missing."""
    return BudgetLedger(home.folder("budget") / "ledger.sqlite", witness=LedgerWitness(home))


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
    key = os.open(home.folder("budget") / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(key, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    ledger.make()
    return ledger


def ledger_of_policy(home: Home) -> BudgetLedger:
    """Return the ledger, made at first use by a run whose policy grants budgets; raises what ``make_ledger`` does."""
    with (home.folder("budget") / "making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # regions run side by side
        ledger = open_ledger(home)
        return ledger if ledger.path.exists() else make_ledger(home)


def grant_as_policy(home: Home, ledger: BudgetLedger, wanted: Grant) -> None:
    """Make a budget what the policy says, if it is not; auditors are told. Raises what ``BudgetLedger.grant`` does."""
    if ledger.budget(wanted.dataset, wanted.unit, wanted.consumer) == wanted:
        return
    told = {"dataset": wanted.dataset, "unit": wanted.unit, "consumer": wanted.consumer, "per": wanted.per}
    loss = wanted.loss
    audit(
        home, "decision", SUBJECT, "budget granted by policy", loss=str(loss.main), delta=str(loss.delta),
        accounting=loss.accounting, **told,
    )  # fmt: skip
    ledger.grant(wanted)


def choice_key(home: Home) -> bytes:
    """Return the secret that decides what bounds leave out; raise ``KeyUnusable`` if it cannot be read."""
    made = open_ledger(home).path.exists()
    return read_private(
        home.folder("budget") / KEY_FILE,
        what="The key of privacy budgets",
        mend="Restore it from your backup."
        if made
        else "It is made with the ledger of budgets: `geoward budget make`.",
    )
