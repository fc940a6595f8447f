"""How commands that go through the rows of a file tell of them: on the way, and at the end as an equation."""

from __future__ import annotations

from collections import Counter

from jobs.cli.app import err
from jobs.counted import counted

TOLD_AFTER = 100_000
"""Rows after which progress is told."""


def tell_progress(rows: int) -> None:
    """Tell of the rows that were read, now and then."""
    if rows and rows % TOLD_AFTER == 0:
        err.print(f"{counted(rows, 'row')} so far", markup=False)


def tell_end(rows_in: int, rows_out: int, rejected: Counter[str], more: str) -> None:
    """Tell in = out + rejected with the reasons, and ``more``."""
    why = ", ".join(f"{reason} {count:,}" for reason, count in sorted(rejected.items()))
    err.print(
        f"{counted(rows_in, 'row')} in = {rows_out:,} out + {rejected.total():,} rejected"
        f"{f' ({why})' if why else ''}; {more}.",
        markup=False, highlight=False,
    )  # fmt: skip
