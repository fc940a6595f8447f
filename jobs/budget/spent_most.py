"""How much of a budget is spent, in the period in which most of it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from jobs.budget.grant import fullest, periods
from quality.policies.jurisdiction import Per


def spent_most(
    paid: Iterable[Mapping[str, Any]], *, dataset: str, unit: str, consumer: str, per: Per
) -> tuple[Fraction, Fraction]:
    """Return (rho or epsilon, delta) of the spends of a budget in its fullest period; no consumer is all of them.

    ``paid`` are rows of ``export_spends.spends``; sums are exact.
    """
    mine = [
        (periods(per, one["first"], one["last"]), one)
        for one in paid
        if (one["dataset"], one["unit"]) == (dataset, unit) and consumer in ("", one["consumer"])
    ]
    main, delta = (fullest((at, Fraction(one[name])) for at, one in mine) for name in ("loss", "delta"))
    return main, delta
