"""The ledger of privacy budgets: spent before anything is read, never more than is granted, whatever dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.budget.charged_files import ChargedElsewhere
from jobs.budget.export_spends import grants, spends
from jobs.budget.grant import BudgetExceeded, Grant, OtherUnit, periods
from jobs.budget.ledger import BudgetLedger
from quality.contracts.errors import EnvironmentFault, PolicyBreach, UsageError
from quality.releases.privacy_loss import Approximate, ZeroConcentrated
from tests.jobs.budget.spenders import TENTH, a_spend

ROOT = Path(__file__).parents[3]
DAY = date(2026, 5, 1), date(2026, 5, 1)


def rho(amount, delta=0):
    return ZeroConcentrated(rho=Decimal(amount), delta=Decimal(delta))


def granted(path, loss=None, per="lifetime", own=None):
    ledger = BudgetLedger(path / "budget.sqlite")
    ledger.make()
    loss = loss or rho(1)
    ledger.grant(Grant("protected.pings", "user_day", loss, per=per))
    ledger.grant(Grant("protected.pings", "user_day", own or loss, "mobility", per))
    return ledger


@pytest.fixture
def ledger(tmp_path):
    return granted(tmp_path)


def once(ledger, loss=TENTH, *, changed=False, **of):
    return ledger.once(a_spend(**of), loss, lambda: b"figures", changed=changed)


def start(ledger, who, how):
    command = [sys.executable, "-m", "tests.jobs.budget.spenders", str(ledger.path), who, how]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)})


def left(ledger, consumer="mobility"):
    return {name: float(main) for name, (main, _) in ledger.left("protected.pings", "user_day", consumer, *DAY).items()}


def test_the_loss_is_spent_before_anything_is_read(ledger):
    seen = []
    ledger.once(a_spend(), TENTH, lambda: seen.append(left(ledger)) or b"figures")

    assert seen == [{"": 0.9, "mobility": 0.9}]


def test_the_same_spending_gives_the_same_figures_and_costs_nothing(ledger):
    draws = iter([b"first", b"second"])

    assert [ledger.once(a_spend(), TENTH, lambda: next(draws)) for _ in range(3)] == [b"first"] * 3
    assert left(ledger) == {"": 0.9, "mobility": 0.9}


@pytest.mark.parametrize(
    "of",
    [
        pytest.param({"dataset": "other"}, id="dataset"),
        pytest.param({"unit": "user"}, id="unit"),
        pytest.param({"consumer": "ads"}, id="consumer"),
        pytest.param({"consumer": "mobility "}, id="nearly-the-consumer"),
    ],
)
def test_what_has_no_budget_is_refused_and_nothing_is_read(ledger, of):
    with pytest.raises(PolicyBreach, match="no privacy budget"):
        ledger.once(a_spend(**of), TENTH, lambda: pytest.fail("was read"))


def test_a_dataset_without_a_budget_for_all_consumers_gives_none_to_one(tmp_path):
    ledger = BudgetLedger(tmp_path / "budget.sqlite")
    ledger.make()
    ledger.grant(Grant("protected.pings", "user_day", rho(1), "mobility"))

    with pytest.raises(PolicyBreach, match="for all consumers"):
        once(ledger)


def test_a_refusal_names_what_is_left_and_the_mend_and_nothing_is_read(ledger):
    for number in range(9):
        once(ledger, partition=str(number))

    with pytest.raises(BudgetExceeded, match=r"rho = 0\.1 and delta = 0 left; rho = 0\.11 ") as refused:
        ledger.once(a_spend(), rho("0.11"), lambda: pytest.fail("was read"))

    assert "lower the release's loss" in refused.value.mend
    assert refused.value.left == (Fraction(1, 10), 0)
    assert left(ledger)[""] == 0.1


def test_ten_tenths_are_one_and_nothing_more(ledger):
    for number in range(9):
        once(ledger, partition=str(number))

    with pytest.raises(BudgetExceeded):
        once(ledger, rho("0.1000000000000000000000000000001"), partition="a")  # the same float
    once(ledger, partition="b")
    with pytest.raises(BudgetExceeded):
        once(ledger, rho("1e-40"), partition="c")


@settings(max_examples=8, derandomize=True, deadline=None)
@given(st.lists(st.decimals("1e-6", "0.5", places=6), min_size=1, max_size=8))
def test_no_order_of_spendings_exceeds_the_budget(tmp_path_factory, losses):
    ledger = granted(tmp_path_factory.mktemp("ledger"))
    spent, done = Fraction(), Fraction()
    for number, loss in enumerate(losses):
        fits = spent + Fraction(loss) <= 1
        try:
            once(ledger, rho(loss), partition=str(number))
            done += Fraction(loss)
            assert fits
        except BudgetExceeded:
            assert not fits
        spent = done
    assert spent <= 1


def test_delta_is_a_budget_too(tmp_path):
    ledger = granted(tmp_path, rho(1, "1e-6"))
    once(ledger, rho("0.1", "1e-6"))

    with pytest.raises(BudgetExceeded):
        once(ledger, rho("0.1", "1e-9"), partition="another")


def test_a_consumer_is_refused_by_what_others_spent_and_by_its_own_budget(tmp_path):
    ledger = granted(tmp_path, own=rho("0.1"))
    ledger.grant(Grant("protected.pings", "user_day", rho(1), "traffic"))
    once(ledger, rho("0.85"), consumer="traffic")

    with pytest.raises(BudgetExceeded, match="for all consumers"):
        once(ledger, rho("0.16"), consumer="traffic", partition="b")
    once(ledger)
    with pytest.raises(BudgetExceeded, match="for consumer mobility"):
        once(ledger, rho("0.01"), partition="b")


def test_losses_of_two_accountings_never_mix(ledger):
    with pytest.raises(PolicyBreach, match="do not add up"):
        once(ledger, Approximate(epsilon=Decimal("0.1")))
    once(ledger)
    with pytest.raises(PolicyBreach, match="do not add up"):
        ledger.grant(Grant("protected.pings", "user_day", Approximate(epsilon=Decimal(1))))


@pytest.mark.parametrize(
    "of", [pytest.param({"input_version": "v2"}, id="data"), pytest.param({"declaration": "d2"}, id="declaration")]
)
def test_a_changed_partition_is_refused_or_a_new_spending_as_declared(ledger, of):
    once(ledger)

    with pytest.raises(PolicyBreach, match="before, from other data"):
        ledger.once(a_spend(**of), TENTH, lambda: pytest.fail("was read"))
    assert left(ledger)[""] == 0.9
    once(ledger, changed=True, **of)
    assert left(ledger)[""] == 0.8


@pytest.mark.parametrize(
    ("per", "other", "fits"),
    [
        pytest.param("day", date(2026, 5, 2), True, id="another-day"),
        pytest.param("day", date(2026, 5, 1), False, id="the-same-day"),
        pytest.param("week", date(2026, 5, 4), True, id="another-week"),
        pytest.param("week", date(2026, 5, 3), False, id="the-same-week"),
        pytest.param("month", date(2026, 5, 31), False, id="the-same-month"),
        pytest.param("month", date(2026, 6, 1), True, id="another-month"),
        pytest.param("year", date(2026, 12, 31), False, id="the-same-year"),
        pytest.param("lifetime", date(2050, 1, 1), False, id="a-lifetime-never-ends"),
    ],
)
def test_a_budget_of_a_period_is_one_of_the_days_that_figures_tell_of(tmp_path, per, other, fits):
    ledger = granted(tmp_path, rho("0.1"), per)
    once(ledger)

    def again():
        once(ledger, partition="b", first=other, last=other)

    if fits:
        again()
    else:
        with pytest.raises(BudgetExceeded):
            again()


@pytest.mark.parametrize(
    ("unit", "per", "whole"),
    [
        pytest.param("user", "month", False, id="a-user-lives-in-every-month"),
        pytest.param("user", "lifetime", True, id="a-user-has-one-life"),
        pytest.param("user_week", "day", False, id="a-week-has-seven-days"),
        pytest.param("user_week", "month", False, id="a-week-may-begin-in-another-month"),
        pytest.param("user_week", "week", True, id="a-week"),
        pytest.param("user_day", "day", True, id="a-day"),
    ],
)
def test_a_period_that_holds_a_part_of_a_unit_is_no_bound_and_refused(ledger, unit, per, whole):
    wanted = Grant("protected.pings", unit, rho(1), per=per)
    if whole:
        ledger.grant(wanted)
    else:
        with pytest.raises(UsageError, match="holds a whole user"):
            ledger.grant(wanted)


def test_a_user_is_charged_for_life_by_a_budget_per_month_of_before(ledger):
    with ledger.alone() as db:
        for who in ("", "mobility"):
            told = ("protected.pings", "user", who, "zcdp", "0.1", "0", "month", "2026-01-01T00:00:00")
            db.execute("INSERT INTO grants VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", told)
    once(ledger, unit="user")

    with pytest.raises(BudgetExceeded):
        once(ledger, unit="user", partition="june", first=date(2026, 6, 1), last=date(2026, 6, 30))


def test_a_budget_of_another_unit_forgets_nothing_that_is_spent(ledger):
    """Grants of two units may be on record; what is spent of one ends the other, to grant and to spend."""
    for who in ("", "mobility"):
        ledger.grant(Grant("protected.pings", "user", rho(1), who))
    once(ledger)

    with pytest.raises(OtherUnit, match="released per user_day before"):
        ledger.grant(Grant("protected.pings", "user", rho(2)))
    with pytest.raises(OtherUnit):
        ledger.once(a_spend(unit="user"), TENTH, lambda: pytest.fail("was read"))
    ledger.grant(Grant("protected.pings", "user_day", rho(2)))


def test_a_budget_of_another_period_counts_what_is_spent(ledger):
    once(ledger)
    for who in ("", "mobility"):
        ledger.grant(Grant("protected.pings", "user_day", rho(1), who, "day"))

    assert left(ledger) == {"": 0.9, "mobility": 0.9}


def test_a_file_under_a_second_name_has_no_second_budget(ledger):
    """The name in a release says whose budget pays; who calls the same file a toy gets no budget of toys."""
    for who in ("", "mobility"):
        ledger.grant(Grant("toy", "user_day", rho(50), who))
    ledger.once(a_spend(), TENTH, lambda: b"figures", files=["f" * 64])

    with pytest.raises(ChargedElsewhere, match=r"charged to the budget of protected\.pings"):
        ledger.once(a_spend(dataset="toy"), TENTH, lambda: pytest.fail("was made"), files=["f" * 64])
    assert ledger.left("toy", "user_day", "mobility", *DAY)[""][0] == 50
    once(ledger, dataset="toy")
    ledger.once(a_spend(partition="b"), TENTH, lambda: b"figures", files=["f" * 64])


def test_a_refused_spending_charges_no_file(ledger):
    with pytest.raises(BudgetExceeded):
        ledger.once(a_spend(), rho(2), lambda: b"", files=["f" * 64])
    for who in ("", "mobility"):
        ledger.grant(Grant("toy", "user_day", rho(1), who))

    assert ledger.once(a_spend(dataset="toy"), TENTH, lambda: b"figures", files=["f" * 64]) == b"figures"


def test_figures_of_several_days_spend_of_each(tmp_path):
    ledger = granted(tmp_path, rho("0.1"), "day")
    once(ledger, last=date(2026, 5, 3))

    with pytest.raises(BudgetExceeded):
        once(ledger, partition="b", first=date(2026, 5, 3), last=date(2026, 5, 4))


def test_a_week_is_of_its_iso_year():
    assert len(periods("week", date(2026, 12, 31), date(2027, 1, 1))) == 1
    assert len(periods("week", date(2026, 12, 27), date(2026, 12, 28))) == 2  # a Sunday and a Monday


def test_a_budget_of_days_is_summed_over_all_days_there_are_without_counting_them_one_by_one(tmp_path):
    ledger = granted(tmp_path, per="day")
    ever = {"first": date.min, "last": date.max}
    once(ledger, partition="ever", **ever)
    once(ledger)

    assert ledger.left("protected.pings", "user_day", "mobility", *DAY)[""][0] == Fraction(8, 10)
    later = date(2030, 1, 1), date(2030, 1, 1)
    assert ledger.left("protected.pings", "user_day", "mobility", *later)[""][0] == Fraction(9, 10)
    with pytest.raises(BudgetExceeded):
        once(ledger, rho("0.85"), partition="again", **ever)


def test_figures_that_could_not_be_made_are_paid_for(ledger):
    with pytest.raises(ZeroDivisionError):
        ledger.once(a_spend(), TENTH, lambda: bytes(1 // 0))

    assert left(ledger)[""] == 0.9
    assert spends(ledger)["published"].to_pylist() == [False]
    assert once(ledger) == b"figures"
    assert left(ledger)[""] == 0.8


def test_a_process_killed_between_spending_and_figures_has_spent(ledger):
    killed = start(ledger, "-", "kill")

    assert killed.wait(30) == -signal.SIGKILL
    killed.stdout.close()
    assert left(ledger)[""] == 0.9
    assert once(ledger) == b"figures"
    assert left(ledger)[""] == 0.8


def test_processes_side_by_side_never_overspend(tmp_path):
    ledger = granted(tmp_path, rho("2"))
    processes = [start(ledger, who, "spend") for who in "abcd"]
    spent = [int(one.communicate(timeout=60)[0]) for one in processes]

    assert sum(spent) == 20
    assert left(ledger)[""] == 0


def test_processes_that_make_the_same_figures_pay_once_and_publish_one(ledger):
    processes = [start(ledger, who, "same") for who in "abcd"]
    made = {one.communicate(timeout=60)[0] for one in processes}

    assert len(made) == 1
    assert left(ledger)[""] == 0.9


def test_all_is_exported_with_exact_losses(ledger):
    once(ledger, rho("0.1000000000000000000000000000001"))
    out = spends(ledger).select(["id", "consumer", "release", "first", "accounting", "loss", "delta", "published"])

    assert out.to_pylist() == [
        {"id": 1, "consumer": "mobility", "release": "hourly", "first": DAY[0], "accounting": "zcdp",
         "loss": "0.1000000000000000000000000000001", "delta": "0", "published": True}
    ]  # fmt: skip
    assert grants(ledger).select(["consumer", "loss", "per"]).to_pylist() == [
        {"consumer": "", "loss": "1", "per": "lifetime"},
        {"consumer": "mobility", "loss": "1", "per": "lifetime"},
    ]


def test_an_empty_ledger_is_exported_as_no_rows(tmp_path):
    ledger = BudgetLedger(tmp_path / "budget.sqlite")
    ledger.make()

    assert spends(ledger).num_rows == grants(ledger).num_rows == 0


def test_a_raised_budget_holds_from_now_on_and_the_old_one_stays_on_record(ledger):
    once(ledger, rho(1))
    for consumer in ("", "mobility"):
        ledger.grant(Grant("protected.pings", "user_day", rho(2), consumer))

    assert left(ledger) == {"": 1, "mobility": 1}
    assert grants(ledger).num_rows == 4


def test_a_missing_ledger_is_not_begun_anew(ledger):
    ledger.path.unlink()

    with pytest.raises(EnvironmentFault, match="missing"):
        once(ledger)


def test_a_ledger_that_others_can_read_is_refused(ledger):
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    ledger.path.chmod(0o640)

    with pytest.raises(EnvironmentFault, match="0640"):
        once(ledger)


@pytest.mark.parametrize("name", ["dataset", "consumer", "input_version"])
def test_a_spending_that_names_nothing_is_none(name):
    with pytest.raises(UsageError):
        a_spend(**{name: ""})


def fail() -> bytes:
    raise RuntimeError("no such column")


def test_a_build_that_failed_is_paid_for_and_may_be_mended_and_made(ledger):
    with pytest.raises(RuntimeError):
        ledger.once(a_spend(declaration="with a typo"), TENTH, fail)

    assert once(ledger, declaration="mended") == b"figures"
    assert left(ledger)["mobility"] == pytest.approx(0.8)


def test_figures_of_a_partition_are_kept_whatever_its_data_are_now(ledger):
    assert ledger.kept(a_spend()) is None
    once(ledger)

    assert ledger.kept(a_spend(input_version="v2", declaration="d2")) == (b"figures", "d1")
    assert ledger.kept(a_spend(partition="2026-05-02")) is None
    assert ledger.kept(a_spend(release="daily")) is None


def test_the_newest_figures_are_kept(ledger):
    once(ledger)
    ledger.once(a_spend(input_version="v2"), TENTH, lambda: b"newer", changed=True)

    assert ledger.kept(a_spend()) == (b"newer", "d1")


def test_the_last_grant_is_the_budget(ledger):
    ledger.grant(Grant("protected.pings", "user_day", rho(3), per="day"))

    assert ledger.budget("protected.pings", "user_day", "") == Grant("protected.pings", "user_day", rho(3), per="day")
    assert ledger.budget("protected.pings", "user_day", "nobody") is None
