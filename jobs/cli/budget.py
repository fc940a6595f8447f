"""`geoward budget`: how much of people's privacy may be spent, by whom, and how much was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from jobs.cli.app import Json, app, err, grid, show
from jobs.home import Home, open_home
from jobs.listings.releases import BudgetEntry, BudgetListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from quality.releases.privacy_loss import PrivacyLoss

budget = typer.Typer(
    no_args_is_help=True, help="Privacy budgets: what may be spent of a dataset, by whom, and what was."
)
app.add_typer(budget, name="budget")

STATED_AT = Decimal("1e-7")
"""The delta at which zCDP is told as epsilon, as in a release that states none."""

MOST = 100
"""The largest rho or epsilon that is granted: e^100 tells nearly everything."""


@budget.command()
def make(as_json: Json = False) -> None:
    """Make the ledger of privacy budgets, once. Nothing can be spent before a budget is granted in it.

    Example: `geoward budget make`
    """
    from jobs.budget.open_ledger import make_ledger

    home = open_home()
    made = make_ledger(home)
    err.print(f"Made {made.path}. Back it up: without it nobody knows what is spent.", markup=False)
    _show(home, as_json)


@budget.command()
def grant(
    dataset: Annotated[str, typer.Argument(help="What a noisy release `reads`.")],
    unit: Annotated[Literal["user", "user_day", "user_week"], typer.Option("--unit", help="Whose loss it is.")],
    consumer: Annotated[str, typer.Option("--consumer", help="For whom; default: all of them together.")] = "",
    rho: Annotated[str, typer.Option("--rho", help="Of zCDP (Gaussian noise).")] = "",
    epsilon: Annotated[str, typer.Option("--epsilon", help="Of (epsilon, delta) (Laplace noise).")] = "",
    delta: Annotated[str, typer.Option("--delta", help="Beside either, for private partitions.")] = "0",
    per: Annotated[
        Literal["lifetime", "year", "month", "week", "day"], typer.Option("--per", help="In each period of data.")
    ] = "lifetime",
    as_json: Json = False,
) -> None:
    """Allow at most a loss of each unit of a dataset: to all consumers together, and to each. Auditors are told.

    Both are needed before anything may be spent. What is granted per month adds up over a life: only a lifetime's
    budget bounds that. A user is of a lifetime only, a user-week of that or a week: each month would cost it anew.
    A new grant takes the place of the one before; what is spent stays spent. Who grants answers for the name: a file
    that was charged to one dataset is refused under another, but nobody knows a changed copy of it.

    Example: `geoward budget grant pings --unit user_day --rho 0.5 --consumer city`
    """
    from jobs.audit_log import audit
    from jobs.budget.grant import Grant, refuse_of_the_lake, whole_units
    from jobs.budget.open_ledger import open_ledger
    from jobs.budget.witness_ledger import SUBJECT

    home = open_home()
    if not dataset.strip():
        raise UsageError("Of which dataset is the budget?", mend="Name what a noisy release `reads`.")
    loss = _loss(rho, epsilon, delta)
    if loss.main > MOST:
        raise UsageError(f"A loss of {loss.main} protects nobody.", mend=f"Grant at most {MOST}; below 1 is usual.")
    refuse_of_the_lake(dataset, consumer)
    wanted = Grant(dataset, unit, loss, consumer, per)
    whole_units(wanted)
    ledger = open_ledger(home)
    with ledger.alone():
        pass  # refuse a ledger that is missing before auditors are told
    facts = {"dataset": dataset, "unit": unit, "consumer": consumer, "loss": str(loss.main), "per": per}
    audit(home, "decision", SUBJECT, "budget granted", accounting=loss.accounting, delta=str(loss.delta), **facts)
    ledger.grant(wanted)
    of, to = _words(loss.accounting, loss.main, loss.delta), consumer or "all consumers together"
    err.print(f"Granted {of} per {unit} of {dataset} to {to}.", markup=False)
    _show(home, as_json)


@budget.command()
def recover(as_json: Json = False) -> None:
    """Enter what auditors were told of and the ledger forgot: after an older copy of it was restored.

    First restore the newest backup: figures that were kept since are lost, and making them again is a new loss. Until
    the ledger knows all that was spent, nothing is spent of it. Auditors are told.

    Example: `geoward budget recover`
    """
    from jobs.budget.open_ledger import open_ledger

    home = open_home()
    entered = open_ledger(home).recover()
    err.print(f"Entered {entered:,} losses that the audit log tells of.", markup=False)
    _show(home, as_json)


@budget.command("list")
def list_(as_json: Json = False) -> None:
    """List the budgets in force: what is granted, spent and left of each in its fullest period, and releases paid.

    Example: `geoward budget list --json`
    """
    _show(open_home(), as_json)


def _show(home: Home, as_json: bool) -> None:
    from jobs.budget.export_spends import grants, spends
    from jobs.budget.open_ledger import open_ledger

    ledger = open_ledger(home)
    paid, last = spends(ledger).to_pylist(), {}
    for one in grants(ledger).to_pylist():
        last[one["dataset"], one["unit"], one["consumer"]] = one
    entries = [
        BudgetEntry(
            dataset=dataset, unit=unit, consumer=consumer, accounting=one["accounting"], per=one["per"],
            granted=(float(one["loss"]), float(one["delta"])),
            **_spent(one, paid),
            spends=sum((s["dataset"], s["unit"]) == (dataset, unit) and consumer in ("", s["consumer"]) for s in paid),
        )
        for (dataset, unit, consumer), one in sorted(last.items())
    ]  # fmt: skip
    table = grid(
        "dataset",
        "unit",
        "consumer",
        "granted#",
        "per",
        "spent most in one#",
        "left there#",
        "a unit lost#",
        "releases paid#",
    )
    for entry in entries:
        who = entry.consumer or "all together"
        table.add_row(
            entry.dataset, entry.unit, who, _words(entry.accounting, *entry.granted), entry.per,
            *(_words(entry.accounting, *part) for part in (entry.spent, entry.left)),
            "epsilon {:.3g}, delta {:.3g}".format(*entry.unit_epsilon) if entry.unit_epsilon else "",
            f"{entry.spends:,}",
        )  # fmt: skip
    show(BudgetListing(budgets=entries), as_json, table if entries else ["No budget is granted."], markup=False)


def _words(accounting: str, main: float | Decimal, delta: float | Decimal) -> str:
    return f"{'rho' if accounting == 'zcdp' else 'epsilon'} {main:g}, delta {delta:g}"


def _spent(granted: Mapping[str, Any], paid: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    from jobs.budget.grant import own_period
    from jobs.budget.spent_most import spent_most

    which = {name: granted[name] for name in ("dataset", "unit", "consumer")}
    main, delta = spent_most(paid, **which, per=granted["per"])
    left = (float(Fraction(granted["loss"]) - main), float(Fraction(granted["delta"]) - delta))
    lost = spent_most(paid, **which, per=own_period(granted["unit"]))
    told = (float(lost[0]), float(lost[1]))
    return {
        "spent": (float(main), float(delta)), "left": left, "unit_lost": told,
        "unit_epsilon": _epsilon(granted["accounting"], *lost),
    }  # fmt: skip


def _epsilon(accounting: str, main: Fraction, delta: Fraction) -> tuple[float, float] | None:
    """Return what was lost as (epsilon, delta); None where that is nothing, or all."""
    from jobs.budget.read_grants import loss_of, rounded_up
    from transforms.noise.claim import as_approximate

    if not main:
        return None
    try:
        told = as_approximate(loss_of(accounting, rounded_up(main), rounded_up(delta)), STATED_AT)
    except UsageError:
        return None
    return float(told.epsilon), float(told.delta)


def _loss(rho: str, epsilon: str, delta: str) -> PrivacyLoss:
    from pydantic import ValidationError

    from quality.releases.privacy_loss import Approximate, ZeroConcentrated

    if bool(rho) == bool(epsilon):
        raise UsageError("A budget is in one accounting.", mend="Say --rho, or --epsilon.")
    try:
        if rho:
            return ZeroConcentrated(rho=Decimal(rho), delta=Decimal(delta))
        return Approximate(epsilon=Decimal(epsilon), delta=Decimal(delta))
    except (InvalidOperation, ValidationError):
        mend = "rho and epsilon are numbers above 0, delta is below 1."
        raise UsageError("This is no privacy loss.", mend=mend) from None
