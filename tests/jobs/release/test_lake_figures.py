"""Noisy figures of the lake: granted by policy, made once, paid for before a row is looked at."""

from __future__ import annotations

import threading
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from jobs.audit_log import read_audit
from jobs.budget.open_ledger import ledger_of_policy, open_ledger
from jobs.home import open_home
from jobs.region_keys import key_for
from jobs.release.lake_figures import LakeFigures
from quality.contracts.errors import EnvironmentFault, UsageError
from quality.policies.jurisdiction import Budget
from quality.policies.load_policy import load_policy
from quality.releases.contract_of import noisy_release

DAY, NEXT = date(2026, 5, 1), date(2026, 5, 2)
POPULATION = "latitude,longitude,residents,radius_m\n52.09,5.11,1000,0\n51.5,4.5,800,0\n"
RELEASE = noisy_release("visits_noisy")
HALF = RELEASE.model_copy(update={"loss": RELEASE.loss.model_copy(update={"rho": Decimal("0.1")})})


@pytest.fixture
def populated(home):
    (home.folder("reference") / "population.csv").write_text(POPULATION)
    return home


def figures(home, region="eu"):
    """Return the figures as a new run finds them."""
    place = home.region(region)
    return LakeFigures(home, place, lambda: key_for(home, "pseudonym", place))


def budgets(home, **given):
    """Return the installation under a policy that grants just these budgets in the EU."""
    policy = load_policy()
    eu = policy.jurisdictions["eu"].model_copy(update={"budgets": given})
    changed = policy.model_copy(update={"jurisdictions": {**policy.jurisdictions, "eu": eu}})
    object.__setattr__(home, "__dict__", {**home.__dict__, "policy": changed})
    return home


def rows(spark, people=3, day=DAY):
    """Return people who were each at one place at noon."""
    at = datetime(day.year, day.month, day.day, 12)
    told = [(f"{n:032x}", at, "871969080ffffff") for n in range(people)]
    return spark.createDataFrame(told, "actor_key string, event_time timestamp, cell string")


def paid(home):
    return figures(home).spends().num_rows


pytestmark = pytest.mark.spark


def test_figures_are_of_all_populated_cells_and_of_no_other(spark, populated):
    found = figures(populated).of(RELEASE, DAY, rows(spark)).table

    assert found.column_names == ["cell", "persons", "persons_sd"]
    assert len(found["cell"].unique()) == found.num_rows == 2
    assert found["persons_sd"].to_pylist() == pytest.approx([7.746] * 2, abs=1e-3)


def test_a_rerun_publishes_the_same_figures_and_pays_nothing(spark, populated):
    first, again = (figures(populated).of(RELEASE, DAY, rows(spark)) for _ in range(2))

    assert first.table.equals(again.table)
    assert (first.changed, again.changed, paid(populated)) == (False, False, 1)


def test_the_order_of_rows_is_no_change(spark, populated):
    figures(populated).of(RELEASE, DAY, rows(spark, 9))

    assert not figures(populated).of(RELEASE, DAY, rows(spark, 9).orderBy("actor_key", ascending=False)).changed


def test_a_changed_day_keeps_its_figures_and_says_so(spark, populated):
    first = figures(populated).of(RELEASE, DAY, rows(spark, 3))
    late = figures(populated).of(RELEASE, DAY, rows(spark, 4))

    assert late.table.equals(first.table)
    assert (late.changed, paid(populated)) == (True, 1)


def test_a_day_is_made_anew_where_the_release_is_declared_anew_while_its_budget_lasts(spark, populated):
    finer = RELEASE.model_copy(update={"bounds": RELEASE.bounds.model_copy(update={"l0": 4})})
    first = figures(populated).of(RELEASE, DAY, rows(spark, 3))
    second = figures(populated).of(finer, DAY, rows(spark, 4))
    third = figures(populated).of(HALF, DAY, rows(spark, 4))

    assert (first.changed, second.changed, paid(populated)) == (False, False, 2)
    assert not second.table.equals(first.table)
    assert (third.table, third.reason) == (None, "no_budget")


def test_other_words_are_no_other_declaration(spark, populated):
    words = RELEASE.model_copy(update={"description": "Who was where."})
    first = figures(populated).of(RELEASE, DAY, rows(spark, 3))

    assert figures(populated).of(words, DAY, rows(spark, 3)).table.equals(first.table)


def test_each_day_has_a_budget_of_its_own(spark, populated):
    for day in (DAY, NEXT):
        assert figures(populated).of(HALF, day, rows(spark, day=day)).table is not None


def test_a_run_that_died_has_spent_and_the_day_is_made_at_a_new_loss(spark, populated, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(LakeFigures, "_make", die)
        figures(populated).of(RELEASE, DAY, rows(spark))
    assert paid(populated) == 1

    assert figures(populated).of(RELEASE, DAY, rows(spark)).table is not None
    assert [spend["published"] for spend in figures(populated).spends().to_pylist()] == [True, True]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="no-budget"),
        pytest.param({"protected.pings": Budget(unit="user", rho=Decimal(1))}, id="of-another-unit"),
        pytest.param({"protected.actions": Budget(unit="user_day", rho=Decimal(1))}, id="of-another-table"),
    ],
)
def test_without_a_budget_in_the_policy_nothing_is_looked_at(spark, populated, given, monkeypatch):
    monkeypatch.setattr(LakeFigures, "_make", lambda *_: pytest.fail("rows were looked at"))

    found = figures(budgets(populated, **given)).of(RELEASE, DAY, rows(spark))

    assert (found.table, found.reason) == (None, "no_budget")


def test_a_budget_that_is_too_small_gives_none(spark, populated):
    home = budgets(populated, **{"protected.pings": Budget(unit="user_day", per="day", rho=Decimal("0.04"))})

    assert figures(home).of(RELEASE, DAY, rows(spark)).reason == "no_budget"


def test_without_a_population_there_is_no_public_partition_and_nothing_is_spent(spark, home):
    assert figures(home).of(RELEASE, DAY, rows(spark)).reason == "no_public_partitions"
    assert not open_ledger(home).path.exists()


def test_a_release_over_another_table_of_partitions_is_refused(populated):
    other = RELEASE.model_copy(update={"partitions": RELEASE.partitions.model_copy(update={"table": "cells"})})

    with pytest.raises(UsageError, match="visits_noisy names a table of partitions that there is not"):
        figures(populated).public(other)


def test_auditors_are_told_of_what_the_policy_grants_once(spark, populated):
    for _ in range(2):
        figures(populated).of(RELEASE, DAY, rows(spark))

    told = [entry for entry in read_audit(populated) if entry["outcome"] == "budget granted by policy"]
    assert [entry["subject"] for entry in told] == ["privacy budgets"] * 2  # for all, and for the lake's readers


def test_a_region_sees_what_was_spent_of_its_own_tables(spark, populated):
    figures(populated).of(RELEASE, DAY, rows(spark))

    assert (figures(populated, "eu").spends().num_rows, figures(populated, "us").spends().num_rows) == (1, 0)


def test_a_ledger_that_is_gone_is_not_begun_anew(spark, populated):
    figures(populated).of(RELEASE, DAY, rows(spark))
    open_ledger(populated).path.unlink()

    with pytest.raises(EnvironmentFault, match="was made before, and is gone"):
        figures(populated).of(RELEASE, NEXT, rows(spark, day=NEXT))


def test_regions_that_begin_side_by_side_make_one_ledger(home):
    failed: list[Exception] = []

    def begin():
        try:
            ledger_of_policy(open_home())
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert open_ledger(home).path.exists()


def test_figures_are_whole_numbers(spark, populated):
    found = figures(populated).of(RELEASE, DAY, rows(spark, 5))

    assert isinstance(found.table, pa.Table)
    assert found.table["persons"].type == pa.int64()
