"""What may be spent of people's privacy, by whom, and one spending of it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from quality.contracts.errors import PolicyBreach, UsageError
from quality.policies.jurisdiction import WHOLE_UNITS, Per
from quality.releases.privacy_loss import Approximate, PrivacyLoss, ZeroConcentrated

OF_THE_LAKE = "/"
"""In the names of datasets that are tables of the lake, behind their region: their budgets are the policy's."""

CURATED = "curated"
"""The consumer of what the lake publishes: whoever may query it."""

EVERYBODY = ""
"""The consumer of a dataset's own budget, of which all consumers spend."""


@dataclass(frozen=True, slots=True)
class Grant:
    """At most ``loss`` of each privacy ``unit`` of a dataset in each period of data, over all or by one ``consumer``.

    A period is one of the days that the figures tell of, not of when they are made. What is granted per day or month
    adds up over a life: only ``lifetime`` bounds that.
    """

    dataset: str
    unit: str
    loss: PrivacyLoss
    consumer: str = EVERYBODY
    per: Per = "lifetime"


@dataclass(frozen=True, slots=True)
class Spend:
    """Figures that are made once: the same of all these is the same spending, and gives the same figures again.

    ``partition`` names the data, whose days are ``first`` to ``last``; ``input_version`` is a digest of the data as it
    is now, and ``declaration`` one of the release.
    """

    dataset: str
    unit: str
    consumer: str
    release: str
    partition: str
    input_version: str
    declaration: str
    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse what names nothing: it would be the same as something else that does not."""
        if not all((self.dataset, self.unit, self.consumer, self.release, self.input_version, self.declaration)):
            raise UsageError("A spending names dataset, unit, consumer, release, input version and declaration.")
        if self.first > self.last:
            raise UsageError("A spending's first day must not come after its last.")

    @property
    def digest(self) -> str:
        """What tells this spending from others."""
        told = {name: str(value) for name, value in asdict(self).items()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class BudgetExceeded(PolicyBreach):
    """What is left of a budget does not suffice, so nothing was spent and nothing made."""

    def __init__(self, grant: Grant, left: tuple[Fraction, Fraction], asked: PrivacyLoss) -> None:
        """Name the budget, what is left of it, and what would fit."""
        name = "rho" if isinstance(asked, ZeroConcentrated) else "epsilon"
        of = f"consumer {grant.consumer}" if grant.consumer else "all consumers"
        wait = "" if grant.per == "lifetime" else f" or release data of another {grant.per},"
        main, delta = rounded_down(left[0]), rounded_down(left[1], 15)
        with_delta = " with `--delta`" if left[1] < Fraction(asked.delta) else ""
        super().__init__(
            f"The privacy budget of {grant.dataset} per {grant.unit} for {of} ({grant.per}) has {name} = {main} and "
            f"delta = {delta} left; {name} = {asked.main} and delta = {asked.delta} were asked for. Nothing was spent.",
            mend=f"Publish what was released before once more,{wait} lower the release's loss to what is left, or have "
            f"the budget raised by who answers for it (`geoward budget grant` again{with_delta}).",
        )
        self.left = left


class OtherUnit(PolicyBreach):
    """A dataset's losses are of another unit: those of two units do not add up, and one sum would forget the other."""

    def __init__(self, dataset: str, unit: str, spent: str) -> None:
        """Name the unit that is asked for, and that of what is ``spent``."""
        super().__init__(
            f"{dataset} was released per {spent} before: a budget per {unit} would begin at 0 and forget what is "
            "spent. Nothing was granted or spent.",
            mend=f"Keep to {spent}, in the release and in the budget; a greater budget in that unit is granted again.",
        )


class ReleasedBefore(PolicyBreach):
    """A partition was published from other data, and may not be a second time."""


def periods(per: Per, first: date, last: date) -> range:
    """Return the numbers of the periods that days from ``first`` to ``last`` lie in; weeks begin on Monday."""
    number = {
        "lifetime": lambda day: 0, "year": lambda day: day.year, "month": lambda day: day.year * 12 + day.month,
        "week": lambda day: (day.toordinal() - 1) // 7, "day": date.toordinal,
    }[per]  # fmt: skip
    return range(number(first), number(last) + 1)


def fullest(spent: Iterable[tuple[range, Fraction]]) -> Fraction:
    """Return the greatest sum of losses over a period that their ranges of periods have in common; 0 without any."""
    steps: defaultdict[int, Fraction] = defaultdict(Fraction)
    for during, loss in spent:
        if during:
            steps[during.start] += loss
            steps[during.stop] -= loss
    return max(accumulate(steps[at] for at in sorted(steps)), default=Fraction())


def common(one: range, other: range) -> range:
    """Return the periods that are in both."""
    return range(max(one.start, other.start), min(one.stop, other.stop))


def whole_units(grant: Grant) -> None:
    """Raise ``UsageError`` for a budget whose periods hold a part of a unit, which would lose each period's anew."""
    if period_of(grant) != grant.per:
        unit, fitting = grant.unit.replace("_", "-"), " or ".join(WHOLE_UNITS[grant.unit])
        raise UsageError(
            f"No {grant.per} holds a whole {unit}: one would lose the budget of each {grant.per}.",
            mend=f"Grant it per {fitting}, or for a smaller unit.",
        )


def period_of(grant: Grant) -> Per:
    """Return what a budget's sums are over: a lifetime where its periods would hold a part of a unit."""
    return grant.per if grant.per in WHOLE_UNITS.get(grant.unit, ()) else "lifetime"


def own_period(unit: str) -> Per:
    """Return the period in which a unit is: that of all its losses."""
    return WHOLE_UNITS[unit][-1]


def refuse_of_the_lake(dataset: str, consumer: str = EVERYBODY) -> None:
    """Raise ``UsageError`` for a name of the lake: its budgets and its entries are not a person's to make."""
    if OF_THE_LAKE in dataset or consumer == CURATED:
        raise UsageError(
            f"Datasets with {OF_THE_LAKE!r} in their names and the consumer {CURATED!r} are the lake's.",
            mend="Give the dataset or the consumer another name; budgets of the lake's tables are in the policy.",
        )


def same_accounting(grant: Grant, loss: PrivacyLoss) -> None:
    """Raise ``PolicyBreach`` if a loss cannot be added to those of a grant."""
    if grant.loss.accounting != loss.accounting:
        raise PolicyBreach(
            f"The budget of {grant.dataset} per {grant.unit} is in {_words(grant.loss)}, the loss in {_words(loss)}: "
            "they do not add up.",
            mend="State the release's loss in the budget's accounting. A loss in zCDP converts to (epsilon, delta), "
            "never back.",
        )


def rounded_down(number: Fraction, digits: int = 6) -> Decimal:
    """Return a number with so many digits after the point, never more than it is."""
    return Decimal(number.numerator * 10**digits // number.denominator).scaleb(-digits).normalize()


def _words(loss: ZeroConcentrated | Approximate) -> str:
    return "zCDP" if isinstance(loss, ZeroConcentrated) else "(epsilon, delta)"
