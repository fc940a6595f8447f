"""A claim states the unit, and what a person of many units loses."""

from __future__ import annotations

from decimal import Decimal
from math import log, sqrt

import pytest

from quality.contracts.errors import UsageError
from quality.releases.privacy_loss import Approximate, ZeroConcentrated
from tests.transforms.noise.releases import BY_DAY, release
from transforms.noise.claim import as_approximate, claim_of, times


def test_epsilon_per_day_is_not_epsilon_per_person():
    loss = {"accounting": "approximate", "epsilon": 0.5}
    claim = claim_of(release(**BY_DAY, loss=loss, lifetime={"units": 365}))

    assert claim.lifetime == Approximate(epsilon=Decimal("182.5"))
    assert claim.said == (
        "This release alone: epsilon = 0.5 (delta = 0) per user-day; a person of 365 such units loses epsilon = 182 "
        "(delta = 0) over a lifetime."
    )


def test_rho_adds_up_exactly_and_is_told_as_epsilon_too():
    claim = claim_of(release(**BY_DAY, loss={"accounting": "zcdp", "rho": 0.015}, lifetime={"units": 10}))

    assert claim.lifetime == ZeroConcentrated(rho=Decimal("0.150"))
    assert claim.as_approximate.epsilon < claim.lifetime_as_approximate.epsilon < 10 * claim.as_approximate.epsilon


@pytest.mark.parametrize("rho", ["0.015", "0.5", "5"])
def test_a_conversion_is_no_worse_than_bun_and_steinkes(rho):
    epsilon = as_approximate(ZeroConcentrated(rho=Decimal(rho)), Decimal("1e-7")).epsilon
    plain = float(rho) + 2 * sqrt(float(rho) * log(1e7))

    assert 0.7 * plain < epsilon <= plain


def test_the_delta_of_selection_adds_to_that_of_conversion():
    loss = ZeroConcentrated(rho=Decimal("0.1"), delta=Decimal("1e-6"))

    assert as_approximate(loss, Decimal("1e-7")).delta == Decimal("1.1e-6")
    assert times(loss, 3) == ZeroConcentrated(rho=Decimal("0.3"), delta=Decimal("3e-6"))


def test_a_delta_that_reaches_one_claims_nothing():
    with pytest.raises(UsageError, match="no privacy is left"):
        times(Approximate(epsilon=Decimal(1), delta=Decimal("0.1")), 10)
