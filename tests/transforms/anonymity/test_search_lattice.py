"""The search finds the optimum of full-domain generalizations, for each model; what is too large it searches well."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import UsageError
from quality.releases.attributes import Order
from quality.releases.privacy_models import KAnonymity, KMap, LDiversity, TCloseness
from tests.transforms.anonymity.every_node import least_loss
from transforms.anonymity.build_hierarchy import build_hierarchy
from transforms.anonymity.check_node import NodeChecker
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, QuasiId, Sensitive
from transforms.anonymity.full_domain_loss import Loss
from transforms.anonymity.search_lattice import NoGeneralizationHolds, search_lattice

K2, K3 = (KAnonymity(model="k_anonymity", k=k) for k in (2, 3))
ILLNESS = {"column": "illness"}
MODELS = {
    "k-anonymity": K3,
    "distinct-l": LDiversity(model="l_diversity", l=2, **ILLNESS),
    "entropy-l": LDiversity(model="l_diversity", l=1.9, variant="entropy", **ILLNESS),
    "recursive-l": LDiversity(model="l_diversity", l=2, variant="recursive", c=1.5, **ILLNESS),
    "equal-t": TCloseness(model="t_closeness", t=0.3, **ILLNESS),
    "ordered-t": TCloseness(model="t_closeness", t=0.2, distance="ordered", **ILLNESS),
    "hierarchical-t": TCloseness(model="t_closeness", t=0.25, distance="hierarchical", **ILLNESS),
}


def hierarchy(size, *, null=False):
    return build_hierarchy(Order(build="order"), [str(value) for value in range(size)], column="c", null=null)


def column(name, codes, size, *, null=False, weight=1.0):
    return QuasiId(
        name,
        "categorical",
        np.array(codes, np.int32),
        np.arange(size + null, dtype=np.float64),
        null=size if null else -1,
        weight=weight,
        hierarchy=hierarchy(size, null=null),
    )


@st.composite
def tables(draw):
    """Return tables of up to 14 rows, 2 or 3 quasi-identifiers, nulls, and subjects of several rows or none."""
    rows = draw(st.integers(1, 14))

    def codes(size):
        return draw(st.lists(st.integers(0, size - 1), min_size=rows, max_size=rows))

    quasi_ids = []
    for at in range(draw(st.integers(2, 3))):
        size, null = draw(st.integers(1, 5)), draw(st.booleans())
        weight = draw(st.sampled_from([1.0, 2.0, 0.3]))
        quasi_ids.append(column(f"q{at}", codes(size + null), size, null=null, weight=weight))
    size = draw(st.integers(1, 4))
    illness = Sensitive("illness", np.array(codes(size), np.int32), size, (), hierarchy(size))
    subjects = np.array(codes(draw(st.integers(1, rows))), np.int32) if draw(st.booleans()) else None
    return CodedTable(rows, tuple(quasi_ids), (illness,), subjects)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(
    table=tables(),
    suppression=st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0]),
    mean=st.sampled_from(["geometric", "arithmetic"]),
)
def test_the_search_loses_what_the_best_of_all_nodes_loses(name, table, suppression, mean):
    models = (K2, MODELS[name])
    least, nodes = least_loss(table, models, suppression=suppression, mean=mean)

    if least == inf:
        with pytest.raises(NoGeneralizationHolds):
            search_lattice(table, models=models, suppression=suppression, loss=Loss(mean=mean))
        return
    found = search_lattice(table, models=models, suppression=suppression, loss=Loss(mean=mean))

    assert found.loss == pytest.approx(least, abs=1e-9)
    assert (found.optimal, found.nodes, found.checked + found.pruned) == (True, nodes, nodes)
    assert found.suppressed == (found.classes == SUPPRESSED).sum() <= suppression * table.rows + 1e-9


def test_all_models_together_are_searched_too():
    table = CodedTable(
        8,
        (column("age", [0, 1, 2, 3, 0, 1, 2, 3], 4), column("city", [0, 0, 1, 1, 0, 0, 1, 2], 3)),
        (Sensitive("illness", np.array([0, 1, 2, 0, 1, 2, 0, 1], np.int32), 3, (), hierarchy(3)),),
        np.array([0, 1, 2, 3, 4, 5, 6, 6], np.int32),
    )
    models = (K2, *MODELS.values())

    found = search_lattice(table, models=models, suppression=0.5)

    assert found.loss == pytest.approx(least_loss(table, models, suppression=0.5)[0], abs=1e-9)


@pytest.mark.parametrize(
    ("subjects", "levels"),
    [
        pytest.param(None, (0,), id="rows-are-subjects"),
        pytest.param([0, 1, 2, 3], (0,), id="each-row-another-subject"),
        pytest.param([0, 0, 1, 1], (1,), id="one-subject-twice-is-still-alone"),
    ],
)
def test_a_class_counts_distinct_subjects(subjects, levels):
    table = CodedTable(
        4, (column("city", [0, 0, 1, 1], 2),), (), None if subjects is None else np.array(subjects, np.int32)
    )

    assert search_lattice(table, models=(K2,), suppression=0).levels == levels


def test_a_class_that_fails_is_suppressed_up_to_the_limit():
    table = CodedTable(5, (column("city", [0, 0, 1, 1, 2], 3),))

    spared = search_lattice(table, models=(K2,), suppression=0.2)
    whole = search_lattice(table, models=(K2,), suppression=0.19)

    assert (spared.levels, spared.classes.tolist()) == ((0,), [0, 0, 1, 1, SUPPRESSED])
    assert (whole.levels, whole.classes.tolist()) == ((2,), [0, 0, 0, 0, 0])


def test_of_nodes_that_lose_the_same_the_most_specific_is_released():
    table = CodedTable(2, (column("country", [0, 0], 1), column("city", [0, 1], 2)))

    assert search_lattice(table, models=(K2,), suppression=0).levels == (0, 1)


def test_t_closeness_is_to_what_is_published():
    illness = Sensitive("illness", np.array([0, 1, 0, 1, 1, 1], np.int32), 2, ())
    table = CodedTable(6, (column("city", [0, 0, 1, 1, 2, 2], 3),), (illness,))

    found = search_lattice(table, models=(TCloseness(model="t_closeness", t=0.17, column="illness"),), suppression=0.4)

    assert found.classes.tolist() == [0, 0, 1, 1, SUPPRESSED, SUPPRESSED]


def test_classes_are_suppressed_until_all_that_are_left_are_close_to_what_is_published():
    cities, values = [0, 1, 1, 1, 1, 2, 3, 3], [1, 1, 1, 1, 1, 0, 0, 1]  # without city 2 city 3 is too far
    illness = Sensitive("illness", np.array(values, np.int32), 2, ())
    table = CodedTable(8, (column("city", cities, 4),), (illness,))

    found = search_lattice(table, models=(TCloseness(model="t_closeness", t=0.25, column="illness"),), suppression=0.4)

    assert found.classes.tolist() == [0, 1, 1, 1, 1, SUPPRESSED, SUPPRESSED, SUPPRESSED]


def test_a_class_of_subjects_in_two_classes_may_fail_where_both_of_them_hold():
    illness = Sensitive("illness", np.array([0, 1, 0, 1], np.int32), 2, ())
    table = CodedTable(4, (column("city", [0, 0, 1, 1], 2),), (illness,), np.array([1, 2, 1, 3], np.int32))
    diverse = LDiversity(model="l_diversity", l=2, variant="entropy", **ILLNESS)

    assert search_lattice(table, models=(K2, diverse), suppression=0).levels == (0,)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        pytest.param(
            KMap(model="k_map", k=2, population="p"),
            "counts people of a population, and none is given",
            id="of-a-population",
        ),
        pytest.param(
            LDiversity(model="l_diversity", column="wage", l=2), "lacks the sensitive column wage", id="absent"
        ),
        pytest.param(
            TCloseness(model="t_closeness", column="illness", t=0.1, distance="hierarchical"),
            "distance of illness needs its hierarchy",
            id="no-hierarchy",
        ),
    ],
)
def test_a_model_that_cannot_be_reached_is_refused(model, says):
    illness = Sensitive("illness", np.zeros(3, np.int32), 1, ())

    with pytest.raises(UsageError, match=says):
        search_lattice(CodedTable(3, (column("a", [0, 0, 1], 2),), (illness,)), models=(model,), suppression=0)


def test_that_no_generalization_holds_is_said_with_the_limit():
    with pytest.raises(NoGeneralizationHolds, match="with at most 1 of 3 rows suppressed"):
        search_lattice(
            CodedTable(3, (column("a", [0, 0, 1], 2),)), models=(KAnonymity(model="k_anonymity", k=9),), suppression=0.5
        )


def test_a_quasi_identifier_without_a_hierarchy_is_refused():
    bare = QuasiId("age", "numeric", np.zeros(2, np.int32), np.zeros(1))

    with pytest.raises(UsageError, match="needs a hierarchy for: age"):
        search_lattice(CodedTable(2, (bare,)), models=(K2,), suppression=0)


def random_table(rows=2000, columns=6, size=9):
    random = np.random.default_rng(7)
    codes = random.geometric(0.3, (columns, rows)).clip(1, size) - 1
    return CodedTable(rows, tuple(column(f"q{at}", one, size) for at, one in enumerate(codes)))


def test_the_local_search_comes_near_the_optimum_and_stays_within_its_checks():
    table = random_table()
    exact = search_lattice(table, models=(K3,), suppression=0.05)

    local = search_lattice(table, models=(K3,), suppression=0.05, largest_exact=0)
    short = search_lattice(table, models=(K3,), suppression=0.05, largest_exact=0, checks=40)

    assert exact.optimal and not local.optimal
    assert exact.loss - 1e-9 <= local.loss <= exact.loss * 1.01
    assert short.checked <= 40
    assert local.checked < local.nodes


def test_an_exact_search_that_runs_out_of_checks_says_so():
    found = search_lattice(random_table(), models=(K3,), suppression=0.05, checks=10)

    assert (found.optimal, found.checked <= 20) == (False, True)


def test_more_columns_than_one_key_of_64_bits_holds_are_grouped_right():
    first, other = [0, 0, 1, 1, 2047, 2047], [0, 0, 0, 0, 2047, 2047]
    wide = tuple(column(f"q{at}", other if at else first, 2048) for at in range(7))  # 2048 ** 7 = 2 ** 77

    checker = NodeChecker(CodedTable(6, wide), (K2,), limit=0, loss=Loss())

    assert checker.classes((0,) * 7).tolist() == [0, 0, 1, 1, 2, 2]


def test_row_order_changes_nothing_but_the_order_of_classes():
    table = random_table()
    order = np.random.default_rng(5).permutation(table.rows)
    moved = CodedTable(
        table.rows,
        tuple(QuasiId(q.name, q.kind, q.codes[order], q.positions, hierarchy=q.hierarchy) for q in table.quasi_ids),
    )

    here, there = (search_lattice(one, models=(K3,), suppression=0.05) for one in (table, moved))

    assert (here.levels, here.suppressed) == (there.levels, there.suppressed)
    assert ((here.classes[order] == SUPPRESSED) == (there.classes == SUPPRESSED)).all()
