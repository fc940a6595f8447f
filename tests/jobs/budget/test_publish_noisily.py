"""A noisy release is published once: its loss is spent, then its data is read, and its figures are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jobs.budget.grant import BudgetExceeded, Grant
from jobs.budget.ledger import BudgetLedger
from jobs.budget.publish_noisily import digest_of, publish_noisily
from quality.contracts.errors import PolicyBreach
from quality.releases.privacy_loss import ZeroConcentrated
from tests.transforms.noise.releases import KEY, NoNoise, release, visits
from transforms.noise.derive_keys import public_partitions

DAY = date(2026, 5, 4), date(2026, 5, 4)
ROWS = visits(("u", "a"), ("v", "a"), ("v", "b"))


@pytest.fixture
def ledger(tmp_path):
    ledger = BudgetLedger(tmp_path / "budget.sqlite")
    ledger.make()
    for consumer in ("", "city"):
        ledger.grant(Grant("visits", "user", ZeroConcentrated(rho=Decimal(1)), consumer))
    return ledger


def published(ledger, of=None, read=lambda: ROWS, version="v1", **options):
    told = {"consumer": "city", "partition": "p", "days": DAY, "input_version": version, "key": KEY}
    of = of or release()
    told["public"] = public_partitions(of.partitions, of.keys)
    return publish_noisily(ledger, of, read, **told | options)


def unread():
    pytest.fail("the data was read")


def test_a_rerun_publishes_the_same_figures_and_reads_nothing(ledger):
    first = published(ledger)

    assert published(ledger, read=unread).equals(first)
    assert ledger.left("visits", "user", "city", *DAY)["city"][0] == Decimal("0.5")


def test_figures_are_those_of_the_release(ledger):
    out = published(ledger, noise=NoNoise())

    assert out.to_pylist() == [{"place": place, "visits": n} for place, n in (("a", 2), ("b", 1), ("c", 0))]


def test_nothing_is_read_once_the_budget_is_gone(ledger):
    for partition in "ab":
        published(ledger, partition=partition)

    with pytest.raises(BudgetExceeded, match=r"rho = 0 and delta = 0 left; rho = 0\.5"):
        published(ledger, partition="c", read=unread)


def test_changed_data_is_refused_unless_the_release_declares_a_new_loss(ledger):
    published(ledger)

    with pytest.raises(PolicyBreach, match="other data"):
        published(ledger, version="v2", read=unread)


def test_changed_data_is_a_new_loss_where_that_is_declared(ledger):
    of = release(changed_input="spend")
    published(ledger, of)
    published(ledger, of, version="v2")

    with pytest.raises(BudgetExceeded):
        published(ledger, of, version="v3", read=unread)


def test_a_declaration_is_another_whatever_of_it_changes_but_not_by_its_version():
    assert digest_of(release()) == digest_of(release(version="x"))
    assert digest_of(release()) != digest_of(release(lifetime={"units": 1, "delta": 1e-9}))
