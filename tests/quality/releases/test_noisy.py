"""A noisy release is declared with its unit, its bounds, its loss and where its partitions come from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError

import quality.releases
from quality.policies.read_yaml import read_yaml
from quality.releases.noisy import NoisyRelease
from quality.releases.rounding import down, root_up, up
from tests.transforms.noise.releases import BY_DAY, bounds, release

SIZE = {"column": "size", "minimum": 0, "maximum": 10}
PLACE = {"place": {"by": "column", "column": "place"}}
SHIPPED = [Path(quality.releases.__file__).parent / "wikimedia_style.yaml"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({"unit": {"per": "user_day", "user": "who"}}, "need time", id="a-day-needs-time"),
        pytest.param({"bounds": bounds(l0=2, linf=3, l1=7)}, "l1 lies between", id="l1-beyond-the-others"),
        pytest.param({"bounds": bounds(l0=2, linf=3, l1=2)}, "l1 lies between", id="l1-below-linf"),
        pytest.param({"bounds": {"l0": 1}}, "chosen_from", id="bounds-without-their-source"),
        pytest.param({"bounds": bounds() | {"chosen_from": "data"}}, "chosen_from", id="bounds-from-the-data-itself"),
        pytest.param({"measures": {"place": {"measure": "count"}}}, "one role", id="a-key-as-a-measure"),
        pytest.param({"keys": {"who": PLACE["place"]}}, "never published", id="the-user-as-a-key"),
        pytest.param({"keys": {"place": PLACE["place"] | {"column": "who"}}}, "never published", id="by-another-name"),
        pytest.param({"measures": {"n": {"measure": "flows"}}}, "origin and destination", id="flows-of-one-place"),
        pytest.param({"loss": {"accounting": "zcdp", "rho": 0}}, "greater than 0", id="no-loss"),
        pytest.param({"loss": {"accounting": "zcdp", "rho": "inf"}}, "finite", id="endless-loss"),
        pytest.param({"loss": {"accounting": "zcdp", "rho": 1, "delta": 0.1}}, "nothing uses delta", id="idle-delta"),
        pytest.param({"partitions": {"are": "private"}}, "need a delta", id="private-without-delta"),
        pytest.param({"partitions": {}}, "product of values or", id="no-partitions"),
        pytest.param({"partitions": {"product": {"x": ["a"]}}}, "all of them", id="a-product-of-other-keys"),
        pytest.param({"threshold": {"measure": "x", "at_least": 1}}, "threshold is on", id="threshold-of-nothing"),
        pytest.param({"lifetime": {"units": 2}}, "one unit for life", id="two-lives"),
        pytest.param({"measures": {"n": {"measure": "sum", **SIZE, "maximum": 0}}}, "below maximum", id="no-range"),
        pytest.param({"measures": {"n": {"measure": "sum", **SIZE, "step": 30}}}, "step smaller", id="one-step"),
        pytest.param({"measures": {"n": {"measure": "sum", **SIZE, "step": 1e-9}}}, "step larger", id="fine-steps"),
        pytest.param(
            {"measures": {"n": {"measure": "quantile", "at": 0.5, **SIZE, "step": 1e-4}}},
            "candidates",
            id="too-many-candidates",
        ),
        pytest.param({"measures": {"n": {"measure": "count", "share": 0}}}, "greater than 0", id="no-share"),
    ],
)
def test_nonsense_is_refused(changed, problem):
    with pytest.raises(ValidationError, match=problem):
        release(**changed)


def test_losses_are_the_decimals_that_were_written():
    assert release(loss={"accounting": "zcdp", "rho": 0.1}).loss.rho == Decimal("0.1")


def test_a_threshold_is_on_a_figure_that_counts():
    measures = {"size": {"measure": "sum", **SIZE}}

    with pytest.raises(ValidationError, match="threshold is on"):
        release(measures=measures, threshold={"measure": "size", "at_least": 1})
    assert release(threshold={"measure": "visits", "at_least": 1}).threshold


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shipped_is_valid(path):
    assert NoisyRelease.model_validate(read_yaml(path, what="release")).name == path.stem


def test_the_example_has_wikimedias_figures():
    of = NoisyRelease.model_validate(read_yaml(SHIPPED[0].with_name("wikimedia_style.yaml"), what="release"))

    assert (of.loss.rho, of.bounds.l0, of.bounds.linf, of.threshold.at_least) == (Decimal("0.015"), 10, 1, 90)
    assert of.unit.per == "user_day"
    assert of.gaussian


def test_by_day_is_declared_with_its_time():
    assert release(**BY_DAY, lifetime={"units": 30}).unit.time == "at"


@pytest.mark.parametrize(
    "number", [Fraction(1, 3), Fraction(2, 3), Fraction(1, 10), Fraction(10**20 + 1, 7), Fraction(4)]
)
def test_rounding_goes_the_way_it_says(number):
    assert Fraction(down(number)) <= number <= Fraction(up(number))
    assert up(number) == pytest.approx(down(number), rel=1e-15)
    assert Fraction(root_up(number)) ** 2 >= number
    assert root_up(number) == pytest.approx(float(number) ** 0.5, rel=1e-15)
