"""Withdraw a version as a process that kills itself: `python -m tests.jobs.withdrawer POINT VERSION WHY`."""

from __future__ import annotations

import os
import signal
import sys

from jobs import commit, finish_withdrawals, manifest
from jobs import withdraw as withdrawing
from jobs.catalog import Catalog
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from tests.jobs.publisher import TABLE

POINTS = {
    "not-yet-begun": (Catalog, "begin_withdrawal"),
    "begun": (withdrawing, "commit"),
    "intended-before-the-commit": (commit, "_opened"),
    "committed-before-the-manifest": (manifest, "complete"),
    "manifest-before-it-is-done": (manifest, "give_up"),
    "before-the-quarantine-is": (finish_withdrawals, "withdraw_quarantine"),
    "before-auditors-are-told": (finish_withdrawals, "audit_many"),
    "before-the-catalog-is": (Catalog, "end_withdrawal"),
    "all-done-but-unsaid": (withdrawing, "_downstream"),
}
"""The call that is never made, in the order of a withdrawal."""
COMMITTED = list(POINTS)[3:]


def main(point, version, why):
    owner, name = POINTS[point]
    setattr(owner, name, lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL))
    home = open_home()
    withdrawing.withdraw(Workplace.open(home, home.region("eu"), no_spark), TABLE.name, int(version), why)


if __name__ == "__main__":
    main(*sys.argv[1:])
