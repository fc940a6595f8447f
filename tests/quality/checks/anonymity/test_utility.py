"""What a release lost is measured by the published definitions of each loss."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.utility import measure_utility
from quality.contracts.errors import UsageError

PATHS = read_paths("Ulm;South;*\nBonn;West;*\nKoln;West;*\n")
ORIGINAL = pa.table({"age": [20, 30, 40, 60], "town": ["Ulm", "Bonn", "Koln", "Koln"]})


def utility(ages, towns, **options):
    release = pa.table({"age": pa.array(ages, pa.string()), "town": pa.array(towns, pa.string())})
    return measure_utility(ORIGINAL, release, ("age", "town"), hierarchies={"town": PATHS}, **options)


def test_the_original_itself_has_lost_nothing():
    found = utility(["20", "30", "40.0", "60"], ["Ulm", "Bonn", "Koln", "Koln"])

    assert (found.ncp, found.suppressed, found.discernibility, found.c_avg) == (0, 0, 4, 1)
    assert all(c.entropy == 0 and c.kl == pytest.approx(0) for c in found.columns.values())


def test_an_interval_loses_its_width_and_a_node_its_leaves():
    found = utility(["[20, 30]", "[20, 30]", "40", "60"], ["Ulm", "West", "West", "West"])

    assert found.columns["age"].ncp == pytest.approx((10 / 40) * 2 / 4)
    assert found.columns["town"].ncp == pytest.approx((1 / 2) * 3 / 4)
    assert found.ncp == pytest.approx((found.columns["age"].ncp + found.columns["town"].ncp) / 2)


def test_weights_shift_the_loss():
    found = utility(["[20, 60]"] * 4, ["Ulm", "Bonn", "Koln", "Koln"], weights={"age": 3.0})

    assert found.ncp == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("published", "ncp"),
    [
        pytest.param("{Bonn, Koln}", 1 / 2, id="set"),
        pytest.param("*", 1.0, id="suppressed"),
        pytest.param("Rome", 1.0, id="nothing-of-the-original"),
        pytest.param(None, 1.0, id="a-null-where-none-was"),
    ],
)
def test_a_value_loses_by_what_it_covers(published, ncp):
    found = utility(["20"] * 4, [published] * 4).columns["town"]

    assert found.ncp == ncp
    assert found.unread == (0 if ncp == 1 / 2 or published == "*" else 4)


def test_non_uniform_entropy_is_what_the_originals_distribution_leaves_open():
    found = utility(["20"] * 4, ["Ulm", "West", "West", "West"]).columns["town"]

    left_open = -(1 / 3 * math.log(1 / 3) + 2 / 3 * math.log(2 / 3))
    column = -(2 * 1 / 4 * math.log(1 / 4) + 1 / 2 * math.log(1 / 2))
    assert found.entropy == pytest.approx(3 / 4 * left_open / column)


def test_the_divergence_spreads_a_published_value_evenly_over_what_it_covers():
    found = utility(["20"] * 4, ["Ulm", "West", "West", "West"]).columns["town"]

    # Of Ulm, Bonn and Koln the original has 1, 1 and 2 rows, the release 1, 1.5 and 1.5.
    assert found.kl == pytest.approx(
        (1.5 * math.log(1.5 / 1.5) + 1.5 * math.log(1.5 / 2) + 2.5 * math.log(2.5 / 2)) / 5.5
    )


def test_rows_that_are_missing_or_blank_are_suppressed_and_cost_the_whole_table():
    found = utility(["20", "20", "*"], ["Ulm", "Ulm", "*"], k=2)

    assert (found.suppressed, found.discernibility, found.c_avg) == (2 / 4, 2**2 + 2 * 4, 1.0)
    assert found.ncp == pytest.approx(2 / 4)


def test_a_range_of_an_order_loses_by_its_members():
    original = pa.table({"pay": ["low", "mid", "high"]})
    release = pa.table({"pay": ["[low, mid]", "[low, mid]", "high"]})

    found = measure_utility(original, release, ("pay",), orders={"pay": ("low", "mid", "high")})

    assert found.ncp == pytest.approx(1 / 2 * 2 / 3)


@pytest.mark.parametrize(
    ("release", "said"),
    [
        pytest.param({"age": ["1"] * 5, "town": ["Ulm"] * 5}, "have 4 and 5 rows", id="more-rows"),
        pytest.param({"age": ["1"]}, "lack town", id="no-such-column"),
    ],
)
def test_tables_that_do_not_belong_together_are_refused(release, said):
    with pytest.raises(UsageError, match=said):
        measure_utility(ORIGINAL, pa.table(release), ("age", "town"))
