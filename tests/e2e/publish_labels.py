"""Publish one file of labels after the other in one process with Spark; the checks of every fifth are made to fail."""

from __future__ import annotations

import sys

from jobs import audit_staged
from jobs.date_files import date_files
from jobs.home import open_home
from jobs.nightly import Scope, Sessions, open_places, run_table
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed
from tests.e2e.tiny_labels import DAYS, TABLE, land


def main(first, last):
    home, checked = open_home(), audit_staged.audit_staged
    (place,) = open_places(home, Scope(regions=("eu",)), Sessions(home))
    for number in range(first, last + 1):
        land(place, number)
        date_files(place)
        fails = number % 5 == 0

        def checks(*arguments, fails=fails):
            yield from checked(*arguments)
            yield Verdict("made_to_fail", not fails, "Made to fail.", "Mend it.")

        audit_staged.audit_staged = checks
        try:
            run_table(place, TABLE.name, [day for day in place.catalog.dates()[TABLE.name] if str(day) in DAYS])
        except AuditFailed:
            assert fails


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
