"""A measured utility as commands print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.listings.release_reports import ColumnLoss, TableUtility

if TYPE_CHECKING:
    from quality.checks.anonymity.utility import Utility


def tell_utility(measured: Utility) -> TableUtility:
    """Return the listing of a measured utility."""
    return TableUtility(
        information_loss=measured.ncp, suppressed=measured.suppressed, discernibility=measured.discernibility,
        c_avg=measured.c_avg,
        columns=[
            ColumnLoss(name=name, ncp=one.ncp, entropy=one.entropy, kl=one.kl) for name, one in measured.columns.items()
        ],
    )  # fmt: skip
