"""Scales are as small as the loss allows, and OpenDP's own maps confirm that they are not smaller."""

from __future__ import annotations

from fractions import Fraction
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import GeowardError, UsageError
from transforms.noise import mechanisms
from transforms.noise.bound_contributions import Worst
from transforms.noise.mechanisms import additive, quantile, selection

KINDS = pytest.mark.parametrize("kind", ["laplace", "gaussian"])
LOSSES = st.fractions(Fraction(1, 1000), 20, max_denominator=1000)


@pytest.mark.parametrize(
    ("kind", "loss", "scale"),
    [
        pytest.param("laplace", Fraction(1, 2), 12, id="l1-over-epsilon"),
        pytest.param("gaussian", Fraction(12, 200), 10, id="l2-over-the-root-of-two-rho"),
    ],
)
def test_the_scale_is_that_of_the_paper(kind, loss, scale):
    mechanism, _ = additive("x", kind, Worst(3, 2, 0), 1, loss)

    assert mechanism.scale == pytest.approx(scale, rel=1e-12)
    assert mechanism.loss == loss


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.sampled_from(["laplace", "gaussian"]), st.integers(1, 99), st.integers(1, 9), st.integers(1, 500), LOSSES)
def test_opendp_confirms_the_loss_of_every_scale(kind, full, linf, weight, loss):
    worst = Worst(full, linf, 0)
    mechanism, measurement = additive("x", kind, worst, weight, loss)
    distance = worst.l1 * weight if kind == "laplace" else mechanism.sensitivity

    assert Fraction(measurement.map(distance)) <= loss
    assert measurement.map(distance) == pytest.approx(float(loss), rel=1e-9)
    assert Fraction(mechanism.sensitivity) ** 2 >= worst.l2_squared * weight**2 or kind == "laplace"


@KINDS
def test_a_quantiles_losses_over_a_units_partitions_are_the_whole(kind):
    mechanism, measurement = quantile("x", kind, Worst(4, 3, 1), [0, 1, 2], 0.5, Fraction(1, 2))
    spent = 4 * Fraction(measurement.map(3)) + Fraction(measurement.map(1))

    assert spent <= Fraction(1, 2)
    assert float(spent) == pytest.approx(0.5, rel=1e-6)
    assert mechanism.loss == Fraction(1, 2)


@KINDS
def test_a_large_sample_has_its_own_quantile(kind):
    _, measurement = quantile("x", kind, Worst(1, 1, 0), list(range(0, 101, 10)), 0.5, Fraction(1))

    assert measurement([*range(2, 72)] * 40) in (30, 40)  # 36.5; one step off costs 400 rows


@KINDS
def test_the_threshold_is_the_least_that_hides_a_single_unit(kind):
    worst, delta = Worst(5, 1, 0), Fraction(1, 10**6)
    mechanism, threshold, measurement = selection(kind, worst, Fraction(1, 2), delta)
    distance = (5, 5, 1) if kind == "laplace" else (5, 5**0.5, 1.0)
    loss, spent = measurement.map(distance)

    assert loss == pytest.approx(0.5)
    assert spent <= mechanisms._delta(kind, mechanism.scale, threshold - 1, distance, Fraction(1, 2)) <= delta
    assert delta < mechanisms._delta(kind, mechanism.scale, threshold - 2, distance, Fraction(1, 2))
    shown = measurement({1: 1, 2: 10 * threshold})
    assert set(shown) == {2}


def tail(kind, scale, least):
    """Return how often discrete noise of a scale is ``least`` or more: summed, by no map of OpenDP."""
    weight = (lambda x: exp(-abs(x) / scale)) if kind == "laplace" else (lambda x: exp(-(x**2) / 2 / scale**2))
    reach = range(-int(60 * scale) - 60, int(60 * scale) + 60)
    return sum(weight(x) for x in reach if x >= least) / sum(map(weight, reach))


@KINDS
@pytest.mark.parametrize(("loss", "delta"), [(0.1, 0.05), (0.5, 0.05), (2, 0.01), (1, 1e-7)])
def test_a_partition_of_one_person_is_shown_no_more_often_than_delta(kind, loss, delta):
    mechanism, threshold, measurement = selection(kind, Worst(1, 1, 0), Fraction(loss), Fraction(delta))

    assert tail(kind, mechanism.scale, threshold - 1) <= delta
    alone = 20_000
    shown = len(measurement(dict.fromkeys(range(alone), 1)))
    assert shown <= alone * delta + 5 * (alone * delta) ** 0.5 + 5  # OpenDP shows what the sum says


@KINDS
def test_a_delta_that_no_threshold_reaches_is_refused(kind):
    with pytest.raises(GeowardError, match="Raise delta"):
        selection(kind, Worst(5, 1, 0), Fraction(1, 2), Fraction(0))


def test_noise_that_sums_of_64_bits_would_not_hold_is_refused():
    """It is drawn for zeros: at the ends of 64 bits it would be cut off before what it hides is added."""
    mechanisms.additive("x", "laplace", Worst(1, 1, 0), 2**53, Fraction(1))

    with pytest.raises(UsageError, match="too large"):
        mechanisms.additive("x", "laplace", Worst(1, 1, 0), 2**53 + 2, Fraction(1))
