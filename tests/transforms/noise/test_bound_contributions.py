"""Contributions are bounded per privacy unit, so that a unit changes no figure by more than its noise reckons with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.releases.noisy import Bounds
from tests.transforms.noise.releases import BY_DAY, KEY, START, NoNoise, bounds, column, noisily, release, visits
from transforms.noise import bound_contributions as module
from transforms.noise.bound_contributions import worst_presence, worst_unit
from transforms.noise.derive_keys import public_partitions
from transforms.noise.gather_contributions import Values, gather_contributions

MEASURES = {
    "visits": {"measure": "count"},
    "people": {"measure": "distinct_actors"},
    "size": {"measure": "sum", "column": "size", "minimum": -2, "maximum": 3},
    "mean": {"measure": "mean", "column": "size", "minimum": -2, "maximum": 3},
}
ALL = pa.table({"place": ["a", "b", "c"]})
HOURLY = BY_DAY | {
    "keys": {"hour": {"by": "time", "column": "at", "every": "hour_of_day"}},
    "partitions": {"product": {"hour": {"first": 0, "last": 4}}},
}


def exact(rows, **changed):
    return noisily(rows, release(**changed), key=KEY, noise=NoNoise())


def bounded(rows, of):
    return module.bound_contributions(gather_contributions(rows, of, KEY, ALL), of.bounds)


@pytest.mark.parametrize(
    ("of", "worst", "l1", "l2_squared"),
    [
        pytest.param({"l0": 4, "linf": 3}, (4, 3, 0), 12, 36, id="l0-and-linf"),
        pytest.param({"l0": 4, "linf": 3, "l1": 7}, (2, 3, 1), 7, 19, id="l1-in-full-partitions-and-a-rest"),
        pytest.param({"l0": 4, "linf": 3, "l1": 6}, (2, 3, 0), 6, 18, id="l1-in-full-partitions"),
        pytest.param({"l0": 1, "linf": 1}, (1, 1, 0), 1, 1, id="one"),
    ],
)
def test_the_worst_unit_fills_as_many_partitions_as_its_bounds_let_it(of, worst, l1, l2_squared):
    found = worst_unit(Bounds(**of, chosen_from="public", because="x"))

    assert (found.full, found.linf, found.rest) == worst
    assert (found.l1, found.l2_squared) == (l1, l2_squared)


def test_a_unit_is_counted_in_no_more_partitions_than_it_has_rows():
    assert worst_presence(Bounds(l0=4, linf=3, l1=3, chosen_from="public", because="x")).l1 == 3
    assert worst_presence(Bounds(l0=4, linf=3, chosen_from="public", because="x")).l2_squared == 4


def test_each_bound_leaves_out_what_is_beyond_it_and_counts_what():
    rows = visits(*[("u", place) for place in "abc" for _ in range(5)], ("u", "nowhere"), ("v", "nowhere"))
    out = exact(rows, bounds=bounds(l0=2, linf=3, l1=4))

    assert sorted(column(out.exact, "visits")) == [0, 1, 3]
    loss = out.loss
    assert (loss.rows_in, loss.outside, loss.l0, loss.linf, loss.l1) == (17, 2, 5, 4, 2)
    assert loss.shares["lost"] == pytest.approx(13 / 17)


def test_units_of_a_user_are_bounded_apart():
    rows = visits(("u", "a", 1, 0), ("u", "b", 1, 0), ("u", "a", 1, 1), ("u", "b", 1, 1))

    assert sum(column(exact(rows, bounds=bounds(l0=1, linf=1)).exact, "visits")) == 1
    by_day = exact(rows, bounds=bounds(l0=1, linf=1), **BY_DAY, lifetime={"units": 9})
    assert sum(column(by_day.exact, "visits")) == 2


def test_weeks_begin_on_monday():
    rows = visits(("u", "a", 1, -1), ("u", "a", 1, 0), ("u", "a", 1, 6), ("u", "a", 1, 7))
    unit = {"per": "user_week", "user": "who", "time": "at"}
    out = exact(rows, unit=unit, bounds=bounds(l0=1, linf=1), lifetime={"units": 9})

    assert column(out.exact, "visits") == [3, 0, 0]


def test_a_sum_shrinks_with_its_rows_and_a_mean_stays():
    rows = visits(*[("u", "a", 2.0)] * 4, ("v", "b", 3.0), ("v", "b", -9.0))
    out = exact(rows, measures=MEASURES, bounds=bounds(l0=1, linf=2))

    assert column(out.exact, "visits") == [2, 2, 0]
    assert column(out.exact, "size") == [4, 1, 0]
    assert column(out.exact, "mean")[:1] == [2]
    assert out.loss.clamped == {"size": 1, "mean": 1}


def test_a_value_that_is_none_counts_for_no_sum_or_mean():
    rows = visits(("u", "a", None), ("u", "a", float("nan")), ("u", "a", 3.0))
    out = exact(rows, measures=MEASURES)

    assert [column(out.exact, name)[0] for name in MEASURES] == [3, 1, 3, 3]


@pytest.mark.parametrize("total", [2**62, -(2**62), 7, -7])
def test_no_persons_sum_is_too_large_to_be_bounded_exactly(total):
    rows = gather_contributions(visits(("u", "a")), release(measures={"size": MEASURES["size"]}), KEY, ALL)
    many = Values(np.array([3]), np.array([total]), 0)
    rows = replace(rows, rows=np.array([3]), values={"size": many})

    bounded = module.bound_contributions(rows, Bounds(l0=1, linf=2, chosen_from="public", because="small"))

    assert bounded.values["size"].total.tolist() == [total * 2 // 3]


ROWS = st.lists(
    st.tuples(st.sampled_from("uvwx"), st.sampled_from("abcz"), st.floats(-4, 4), st.integers(0, 1)), max_size=40
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(ROWS, st.integers(1, 3), st.integers(1, 3), st.integers(1, 9), st.booleans())
def test_no_figure_changes_by_more_than_the_worst_unit_when_a_unit_goes(rows, l0, linf, l1, by_day):
    """Take away one unit (``u``, or its first day) and compare: neighbors differ in that alone."""
    l1 = min(max(l1, linf), l0 * linf)
    of = release(
        measures=MEASURES,
        bounds=bounds(l0, linf, l1),
        **(BY_DAY if by_day else {}),
        lifetime={"units": 2 if by_day else 1},
    )
    without = [row for row in rows if row[0] != "u" or (by_day and row[3] != 0)]
    more, less = bounded(visits(*rows), of), bounded(visits(*without), of)

    worst, presence = worst_unit(of.bounds), worst_presence(of.bounds)
    assert_within(difference(more.partition, more.rows, less.partition, less.rows), worst, 1)
    for name, weight in (("size", 3), ("mean", 3)):
        one, other = more.values[name], less.values[name]
        assert_within(difference(more.partition, one.total, less.partition, other.total), worst, weight)
        assert_within(difference(more.partition, one.rows, less.partition, other.rows), worst, 1)
    assert_within(people(more) - people(less), presence, 1)


def difference(partition, amounts, other_partition, other_amounts):
    changed = np.zeros(3, dtype=np.int64)
    np.add.at(changed, partition, amounts)
    np.subtract.at(changed, other_partition, other_amounts)
    return changed


def people(of):
    there = {(actor, partition) for actor, partition in zip(of.actor, of.partition, strict=True)}
    return np.bincount([partition for _, partition in there], minlength=3)


def assert_within(changed, worst, weight):
    assert np.abs(changed).sum() <= worst.l1 * weight
    assert (changed**2).sum() <= worst.l2_squared * weight**2


@settings(max_examples=20, derandomize=True, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    of = {"measures": MEASURES, "bounds": bounds(2, 2, 3)}
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert exact(visits(*rows), **of).exact.equals(exact(visits(*shuffled), **of).exact)


def test_another_key_leaves_out_other_partitions():
    rows = visits(*[(f"u{one}", place) for one in range(40) for place in "abc"])
    of = release(bounds=bounds(l0=1))
    one, other = (
        noisily(rows, of, key=key, noise=NoNoise()).exact for key in (KEY, bytes(32))
    )  # fmt: skip

    assert sum(column(one, "visits")) == sum(column(other, "visits")) == 40
    assert column(one, "visits") != column(other, "visits")
    assert min(column(one, "visits")) > 4  # no partition is always the one that is left out


def test_pairs_whose_first_bits_are_alike_are_still_in_their_order():
    unit = np.array([2, 2, 0, 2**40])
    order = np.array([5, 4, 9, 1], dtype=np.uint64)  # the low bits that a sort of one number leaves out

    assert module._in_order(unit, order).tolist() == [2, 1, 0, 3]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 5)), max_size=40),
    st.integers(1, 3),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 9)),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_kept_of_a_unit_is_as_if_its_pairs_were_taken_one_by_one(rows, l0, linf, l1, key):
    """Rows are (user, day, hour); pairs of a unit are taken in the order of the key, until a bound is reached."""
    l1 = None if l1 is None else min(max(l1, linf), l0 * linf)
    of = release(bounds=bounds(l0, linf, l1), lifetime={"units": 9}, **HOURLY)
    table = pa.table(
        {
            "who": pa.array([f"u{row[0]}" for row in rows], pa.string()),
            "at": pa.array([START + timedelta(days=row[1], hours=row[2]) for row in rows], pa.timestamp("us")),
        }
    )
    gathered = gather_contributions(table, of, key, public_partitions(of.partitions, of.keys))
    kept = module.bound_contributions(gathered, of.bounds)

    pairs = Counter((row[0], row[1], row[2]) for row in rows if row[2] < 5)
    assert sorted(gathered.rows.tolist()) == sorted(pairs.values())
    expected: Counter[int] = Counter()
    for unit in set(gathered.unit.tolist()):
        mine = np.flatnonzero(gathered.unit == unit)
        left = l0 * linf if l1 is None else l1
        for pair in sorted(mine.tolist(), key=lambda pair: gathered.order[pair])[:l0]:
            taken = min(int(gathered.rows[pair]), linf, left)
            left -= taken
            expected[int(gathered.partition[pair])] += taken
    found = np.bincount(kept.partition, kept.rows, minlength=5).astype(int)
    assert found.tolist() == [expected[partition] for partition in range(5)]
