"""What a level of a hierarchy loses, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.anonymity.coded_table import Hierarchy, QuasiId
from transforms.anonymity.full_domain_loss import Loss, costs_of
from transforms.anonymity.parse_hierarchy import parse_hierarchy

CITIES = "Rome;Italy;*\nMilan;Italy;*\nPisa;Italy;*\nLima;Peru;*\nCusco;Peru;*\n"


def cities(*, null=False, kind="categorical"):
    tree = parse_hierarchy(CITIES, ["Rome", "Lima"], column="city", null=null)
    return QuasiId("city", kind, np.zeros(1, np.int32), np.arange(2.0 + null), null=2 if null else -1, hierarchy=tree)


def ages(*, null=False):
    levels = ([0, 1, 2, 3], [0, 0, 1, 2], [0, 0, 0, 0]) if null else ([0, 1, 2], [0, 0, 1], [0, 0, 0])
    nodes = tuple(np.array(level, np.int32) for level in levels)
    tree = Hierarchy(nodes, tuple(tuple("abcd"[: max(level) + 1]) for level in levels))
    positions = np.array([20.0, 25.0, 40.0, 3.0][: len(levels[0])])
    return QuasiId("age", "numeric", np.zeros(1, np.int32), positions, null=3 if null else -1, hierarchy=tree)


@pytest.mark.parametrize(
    ("column", "measure", "expected"),
    [
        pytest.param(cities(), "loss", [[0, 0], [2 / 4, 1 / 4], [1, 1]], id="leaves-of-the-domain-beyond-one"),
        pytest.param(
            cities(null=True), "loss", [[0, 0, 0], [2 / 5, 1 / 5, 0], [1, 1, 1]], id="no-value-is-one-leaf-more"
        ),
        pytest.param(cities(), "ncp", [[0, 0], [2 / 4, 1 / 4], [1, 1]], id="ncp-of-categories"),
        pytest.param(ages(), "ncp", [[0, 0, 0], [5 / 20, 5 / 20, 0], [1, 1, 1]], id="ncp-of-numbers-is-their-extent"),
        pytest.param(
            ages(null=True), "ncp", [[0] * 4, [0.25, 0.25, 0, 0], [1] * 4], id="no-value-covers-nothing-alone"
        ),
        pytest.param(
            ages(), "loss", [[0, 0, 0], [0.5, 0.5, 0], [1, 1, 1]], id="without-leaves-the-column-is-the-domain"
        ),
    ],
)
def test_a_released_node_costs_what_it_covers_and_a_suppressed_row_costs_one(column, measure, expected):
    costs = costs_of(column, Loss(measure))

    assert costs.released == pytest.approx(np.array(expected))
    assert costs.released + costs.extra == pytest.approx(np.ones_like(costs.released))


@pytest.mark.parametrize(
    ("suppression", "released", "suppressed"),
    [
        pytest.param(0.5, 2 / 4, 1, id="both-count"),
        pytest.param(1.0, 0, 1, id="generalization-is-free"),
        pytest.param(0.0, 2 / 4, 2 / 4, id="suppression-is-free"),
        pytest.param(0.25, 2 / 4, 3 / 4, id="suppression-counts-half"),
        pytest.param(0.75, (0.5 * 3 / 5 - 0.1) / 0.9, 1, id="generalization-counts-half"),
    ],
)
def test_the_factor_weighs_generalization_against_suppression_as_in_arx(suppression, released, suppressed):
    costs = costs_of(cities(), Loss(suppression=suppression))

    assert costs.released[1, 0] == pytest.approx(released)
    assert (costs.released + costs.extra)[1, 0] == pytest.approx(suppressed)


def test_a_column_of_one_value_loses_nothing():
    tree = parse_hierarchy("a;*", ["a"], column="c")
    costs = costs_of(QuasiId("c", "categorical", np.zeros(1, np.int32), np.zeros(1), hierarchy=tree), Loss())

    assert (costs.released.tolist(), costs.extra.tolist()) == ([[0], [0]], [[0], [0]])


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        pytest.param("arithmetic", 0.75 * 0.2 + 0.25 * 0.6, id="arithmetic"),
        pytest.param("geometric", 1.2**0.75 * 1.6**0.25 - 1, id="geometric"),
    ],
)
def test_columns_are_averaged_by_weight(mean, expected):
    loss = Loss(mean=mean)
    total = loss.spread(np.array([0.2]), 0.75) + loss.spread(np.array([0.6]), 0.25)

    assert loss.joined(total[0]) == pytest.approx(expected)
