"""A release has figures for each public partition, or for those that enough units have."""

from __future__ import annotations

from fractions import Fraction

import pyarrow as pa
import pytest

from quality.contracts.errors import UsageError
from tests.transforms.noise.releases import PRIVATE, NoNoise, bounds, column, noisily, release, visits
from transforms.noise.release_noisily import shares

SIZE = {"column": "size", "minimum": 0, "maximum": 10}


def made(rows, noise=None, listed=None, **changed):
    return noisily(rows, release(**changed), noise=noise or NoNoise(), listed=listed)


def test_every_public_partition_has_figures_also_one_that_nobody_has():
    out = made(visits(("u", "a"), ("v", "a"), ("v", "b"), ("v", "unlisted")))

    assert column(out.table, "place") == ["a", "b", "c"]
    assert column(out.table, "visits") == [2, 1, 0]


def test_no_rows_are_figures_too():
    assert column(made(visits()).table, "visits") == [0, 0, 0]


def test_an_actor_counts_once_in_a_partition_whatever_it_did_there():
    rows = visits(("u", "a"), ("u", "a"), ("v", "a"))
    out = made(rows, measures={"people": {"measure": "distinct_actors"}, "visits": {"measure": "count"}})

    assert (column(out.table, "people"), column(out.table, "visits")) == ([2, 0, 0], [3, 0, 0])


def test_days_of_an_actor_are_units_but_one_actor():
    rows = visits(("u", "a", 1, 0), ("u", "a", 1, 1))
    unit = {"per": "user_day", "user": "who", "time": "at"}
    out = made(rows, unit=unit, lifetime={"units": 9}, measures={"people": {"measure": "distinct_actors"}})

    assert column(out.table, "people") == [1, 0, 0]


def test_flows_count_rows_by_origin_destination_and_hour():
    keys = {
        "origin": {"by": "column", "column": "place"},
        "destination": {"by": "column", "column": "to"},
        "hour": {"by": "time", "column": "at", "every": "hour_of_day"},
    }
    rows = visits(("u", "a"), ("v", "a")).append_column("to", pa.array(["b", "b"]))
    product = {"origin": ["a", "b"], "destination": ["a", "b"], "hour": {"first": 0, "last": 1}}
    out = made(rows, keys=keys, partitions={"product": product}, measures={"trips": {"measure": "flows"}})

    assert out.table.num_rows == 8
    assert [row for row in out.table.to_pylist() if row["trips"]] == [
        {"origin": "a", "destination": "b", "hour": 0, "trips": 2}
    ]


def test_a_quantile_is_of_values_that_lie_evenly_in_what_a_unit_has():
    rows = visits(*[("u", "a", float(size)) for size in (9, 1, 5, 3, 7)])
    quantile = {"measure": "quantile", "at": 0.5, **SIZE}
    out = made(rows, measures={"middle": quantile}, bounds=bounds(linf=3))

    assert column(out.table, "middle")[0] == 5
    assert column(out.exact, "middle")[0] == 5


def test_figures_below_the_threshold_are_left_out_with_their_partition():
    out = made(visits(("u", "a"), ("v", "a"), ("v", "b")), threshold={"measure": "visits", "at_least": 2})

    assert out.table.to_pylist() == [{"place": "a", "visits": 2}]
    assert out.exact.num_rows == 3
    assert out.published.tolist() == [True, False, False]


def test_partitions_that_few_units_have_stay_unknown_where_they_are_private():
    rows = visits(("u", "a"), ("v", "a"), *[("w", "hidden")] * 9)
    out = made(rows, NoNoise(threshold=2), **PRIVATE)

    assert column(out.table, "place") == ["a"]
    assert [one.figure for one in out.mechanisms] == ["partitions", "visits"]


def test_a_listed_set_of_partitions_is_taken_as_it_is():
    listed = pa.table({"place": ["z", "a", "a", None]})
    out = made(visits(("u", "a")), listed=listed, partitions={"table": "places"})

    assert out.table.to_pylist() == [{"place": "a", "visits": 1}, {"place": "z", "visits": 0}]
    with pytest.raises(UsageError, match="not given"):
        made(visits(), partitions={"table": "places"})


def test_the_budget_is_split_by_share_and_all_of_it_is_used_exactly():
    measures = {"visits": {"measure": "count", "share": 2}, "mean": {"measure": "mean", **SIZE}}
    out = made(visits(), measures=measures)

    assert shares(release(measures=measures)) == {"visits": Fraction(1, 3), "mean": Fraction(1, 6)}
    assert [one.loss for one in out.mechanisms] == [Fraction(1, 3), Fraction(1, 12), Fraction(1, 12)]
    private = shares(release(**PRIVATE))
    assert private == {"visits": Fraction(1, 4), "partitions": Fraction(1, 4)}


@pytest.mark.parametrize(
    ("measure", "sensitivities"),
    [
        pytest.param({"measure": "count"}, [6], id="rows"),
        pytest.param({"measure": "distinct_actors"}, [2], id="presence-in-two-partitions"),
        pytest.param({"measure": "sum", **SIZE, "step": 0.5}, [6 * 20], id="the-largest-value-in-steps"),
        pytest.param({"measure": "sum", **SIZE, "minimum": -30}, [6 * 30], id="the-least-value-in-steps"),
        pytest.param({"measure": "mean", **SIZE}, [6 * 5, 6], id="half-the-range-and-rows"),
        pytest.param({"measure": "quantile", "at": 0.5, **SIZE}, [6], id="rows-of-a-quantile"),
    ],
)
def test_noise_reckons_with_the_most_that_a_unit_may_change(measure, sensitivities):
    """Two partitions of three rows each."""
    loss = {"accounting": "approximate", "epsilon": 1}
    out = made(visits(), measures={"n": measure}, bounds=bounds(l0=2, linf=3), loss=loss)

    assert [one.sensitivity for one in out.mechanisms] == sensitivities


@pytest.mark.parametrize(("users", "told"), [(3, 1.7), (300, 1.667)])
def test_a_mean_has_the_digits_that_its_noise_leaves_it(users, told):
    """Noise of scale 5 / 0.5 on the sum is 3.3 of three users' mean, and 0.033 of three hundred's."""
    loss = {"accounting": "approximate", "epsilon": 1}
    sizes = [(f"u{one}", "a", (1.0, 2.0, 2.0)[one % 3]) for one in range(users)]

    out = made(visits(*sizes), measures={"mean": {"measure": "mean", **SIZE}}, bounds=bounds(l0=1, linf=1), loss=loss)

    assert column(out.table, "mean")[0] == told
    assert column(out.exact, "mean")[0] == pytest.approx(5 / 3)


def test_what_is_published_holds_keys_and_measures_only():
    assert made(visits(("u", "a"))).table.column_names == ["place", "visits"]
