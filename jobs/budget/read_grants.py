"""What is granted of a dataset in the ledger, and what is left of it."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction

from jobs.budget.grant import EVERYBODY, Grant, OtherUnit, common, fullest, own_period, period_of, periods
from quality.contracts.errors import PolicyBreach
from quality.releases.privacy_loss import Approximate, PrivacyLoss, ZeroConcentrated


def grants_of(db: sqlite3.Connection, dataset: str, unit: str, consumer: str) -> list[Grant]:
    """Return the budget of a dataset and a consumer's own part of it; without both, nothing may be spent."""
    found = db.execute(
        "SELECT consumer, accounting, main, delta, per FROM grants WHERE id IN (SELECT max(id) FROM grants"
        " WHERE dataset = ? AND unit = ? AND consumer IN (?, ?) GROUP BY consumer) ORDER BY consumer",
        (dataset, unit, EVERYBODY, consumer),
    ).fetchall()
    if not consumer or [row[0] for row in found] != [EVERYBODY, consumer]:
        who = f"consumer {consumer!r}" if found and found[0][0] == EVERYBODY else "all consumers"
        raise PolicyBreach(
            f"{dataset} has no privacy budget per {unit} for {who}, so nothing of it may be spent.",
            mend=f"Who answers for the data grants one: `geoward budget grant {dataset} --unit {unit} --rho RHO` for "
            f"all consumers, and the same with `--consumer {consumer or 'NAME'}` for each.",
        )
    return [Grant(dataset, unit, loss_of(*row[1:4]), row[0], row[4]) for row in found]


def refuse_other_unit(db: sqlite3.Connection, dataset: str, unit: str) -> None:
    """Raise ``OtherUnit`` for a dataset of which another unit's loss is spent."""
    found = db.execute("SELECT unit FROM spends WHERE dataset = ? AND unit != ? LIMIT 1", (dataset, unit)).fetchone()
    if found is not None:
        raise OtherUnit(dataset, unit, found[0])


def left_of(db: sqlite3.Connection, grant: Grant, first: date, last: date) -> tuple[Fraction, Fraction]:
    """Return what is left in the fullest of the periods that the days lie in; sums are exact."""
    rows = db.execute(
        "SELECT first, last, main, delta FROM spends WHERE dataset = ? AND unit = ? AND (? = '' OR consumer = ?)",
        (grant.dataset, grant.unit, grant.consumer, grant.consumer),
    ).fetchall()
    per = period_of(grant)
    asked = periods(per, first, last)
    shared = [common(asked, periods(per, date.fromisoformat(row[0]), date.fromisoformat(row[1]))) for row in rows]
    main, delta = (fullest((at, Fraction(row[n])) for at, row in zip(shared, rows, strict=True)) for n in (2, 3))
    return Fraction(grant.loss.main) - main, Fraction(grant.loss.delta) - delta


def lost_by(db: sqlite3.Connection, dataset: str, unit: str) -> PrivacyLoss | None:
    """Return the most that a unit of a dataset has lost, to all consumers together; None where nothing was spent.

    Each of its units is one of a period's: the sum is that of the period in which most is spent.
    """
    own = own_period(unit)
    rows = db.execute(
        "SELECT first, last, main, delta, accounting FROM spends WHERE dataset = ? AND unit = ?", (dataset, unit)
    ).fetchall()
    days = [periods(own, *map(date.fromisoformat, row[:2])) for row in rows]
    main, delta = (fullest((at, Fraction(row[n])) for at, row in zip(days, rows, strict=True)) for n in (2, 3))
    return loss_of(rows[0][4], rounded_up(main), rounded_up(delta)) if rows else None


def rounded_up(number: Fraction) -> str:
    """Return a number as exact decimals, or with 28 digits and never less than it is."""
    with localcontext(rounding=ROUND_CEILING):
        return str(Decimal(number.numerator) / Decimal(number.denominator))


def loss_of(accounting: str, main: str, delta: str) -> PrivacyLoss:
    """Return a loss as the ledger writes it: the name of its accounting and exact decimals."""
    if accounting == "zcdp":
        return ZeroConcentrated(rho=Decimal(main), delta=Decimal(delta))
    return Approximate(epsilon=Decimal(main), delta=Decimal(delta))
