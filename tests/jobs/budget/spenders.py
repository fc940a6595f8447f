"""Processes that spend of one ledger: run as ``python -m tests.jobs.budget.spenders LEDGER WHO HOW``."""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from jobs.budget.grant import Spend
from jobs.budget.ledger import BudgetLedger
from quality.contracts.errors import PolicyBreach
from quality.releases.privacy_loss import ZeroConcentrated

TENTH = ZeroConcentrated(rho=Decimal("0.1"))


def a_spend(**changed) -> Spend:
    told = {
        "dataset": "protected.pings",
        "unit": "user_day",
        "consumer": "mobility",
        "release": "hourly",
        "partition": "2026-05-01",
        "input_version": "v1",
        "declaration": "d1",
        "first": date(2026, 5, 1),
        "last": date(2026, 5, 1),
    }
    return Spend(**told | changed)


def spend_until_refused(ledger: BudgetLedger, who: str) -> int:
    spent = 0
    while True:
        try:
            ledger.once(a_spend(partition=f"{who} {spent}"), TENTH, lambda: b"figures")
        except PolicyBreach:
            return spent
        spent += 1


def main(path: str, who: str, how: str) -> None:
    ledger = BudgetLedger(Path(path))
    if how == "spend":
        sys.stdout.write(str(spend_until_refused(ledger, who)))
    elif how == "same":
        sys.stdout.write(ledger.once(a_spend(), TENTH, who.encode).decode())
    else:
        ledger.once(a_spend(), TENTH, lambda: os.kill(os.getpid(), signal.SIGKILL))


if __name__ == "__main__":
    main(*sys.argv[1:])
