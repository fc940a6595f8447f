"""Classes of rows hold what was asked of them, whatever the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import UsageError
from quality.releases.privacy_models import DeltaPresence, KAnonymity, LDiversity, TCloseness
from tests.transforms.anonymity.tables import adult, members, model_holds, quasi_id, sensitive, tree
from transforms.anonymity import classes as module
from transforms.anonymity.classes import make_classes
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.partition_mondrian import partition_mondrian

CITIES = tree([0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 2], [0] * 6)
ILLNESSES = tree([0, 1, 2, 3], [0, 0, 1, 1], [0] * 4)


def k_anonymity(k):
    return KAnonymity(model="k_anonymity", k=k)


def l_diversity(l, variant="distinct", c=None):  # noqa: E741
    return LDiversity(model="l_diversity", column="illness", l=l, variant=variant, c=c)


def t_closeness(t, distance="equal"):
    return TCloseness(model="t_closeness", column="illness", t=t, distance=distance)


MODELS = st.sampled_from(
    [
        k_anonymity(2),
        k_anonymity(5),
        l_diversity(2),
        l_diversity(1.8, "entropy"),
        l_diversity(2, "recursive", 2.0),
        t_closeness(0.3),
        t_closeness(0.2, "ordered"),
        t_closeness(0.2, "hierarchical"),
    ]
)


@st.composite
def tables(draw):
    rows = draw(st.integers(12, 120))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    ages = [None if rng.random() < 0.05 else int(age) for age in rng.integers(18, 40, rows)]
    columns = (
        quasi_id("age", ages),
        quasi_id("size", rng.integers(0, 5, rows).tolist(), "ordered"),
        quasi_id("job", rng.integers(0, 7, rows).tolist(), "categorical"),
        quasi_id("city", rng.integers(0, 6, rows).tolist(), "hierarchical", CITIES, domain=range(6)),
    )
    who = rng.integers(0, max(rows // 2, 8), rows).astype(np.int32) if draw(st.booleans()) else None
    return CodedTable(rows, columns, (sensitive(rng.integers(0, 4, rows).tolist(), ILLNESSES, 4),), who)


def made(table, models, **how):
    try:
        return make_classes(table, models=models, **how)
    except Unreachable:
        return np.zeros(table.rows, np.int32) - 1


def rows_of(table, rows):
    return tuple(replace(one, codes=one.codes[rows]) for one in table.quasi_ids)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(tables(), st.lists(MODELS, min_size=1, max_size=3), st.booleans(), st.sampled_from(["fast", "thorough"]))
def test_every_class_holds_every_model(table, models, strict, effort):
    classes = made(table, models, strict=strict, effort=effort)

    for rows in members(classes):
        reached = all(model_holds(model, table, rows) for model in models)
        assert reached == (classes[rows[0]] >= 0)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(tables(), MODELS, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_repeated_row_weakens_a_class(table, model, chance):
    again = [*range(table.rows), *(chance.randrange(table.rows) for _ in range(20))]
    chance.shuffle(again)
    who = np.arange(table.rows, dtype=np.int32) if table.subjects is None else table.subjects
    illness = sensitive(table.sensitive[0].codes[again].tolist(), ILLNESSES, 4)
    more = CodedTable(len(again), rows_of(table, again), (illness,), who[again])

    classes = made(more, [model])

    assert (classes[0] >= 0) == (made(table, [model])[0] >= 0)
    assert classes[0] < 0 or all(model_holds(model, more, rows) for rows in members(classes))


def test_one_subject_with_many_rows_is_no_crowd():
    table = CodedTable(6, (quasi_id("age", [1, 1, 1, 9, 9, 9]),), (), np.array([0, 0, 0, 1, 2, 2], np.int32))

    assert len(members(make_classes(table, models=[k_anonymity(2)]))) == 1


def test_a_table_of_no_rows_has_no_classes():
    assert make_classes(CodedTable(0, (quasi_id("age", []),)), models=[k_anonymity(2)]).size == 0


def test_the_same_table_gives_the_same_classes(shared_table):
    first, second = (make_classes(shared_table, models=[k_anonymity(3)]) for _ in range(2))

    assert first.tolist() == second.tolist()


@pytest.fixture
def shared_table():
    rng = np.random.default_rng(7)
    columns = [quasi_id(name, rng.integers(0, 30, 300).tolist()) for name in "abc"]
    return CodedTable(300, (*columns, quasi_id("job", rng.integers(0, 9, 300).tolist(), "categorical")))


@pytest.mark.parametrize("effort", ["fast", "thorough"])
def test_strict_never_parts_equal_rows(shared_table, effort):
    twice = CodedTable(600, rows_of(shared_table, [*range(300), *range(300)]))

    classes = make_classes(twice, models=[k_anonymity(5)], strict=True, effort=effort)

    assert (classes[:300] == classes[300:]).all()


def test_relaxed_parts_equal_values_where_no_clean_cut_is_allowed():
    table = CodedTable(4, (quasi_id("age", [1, 2, 2, 3]),))

    assert len(members(partition_mondrian(table, models=[k_anonymity(2)], strict=True))) == 1
    assert len(members(partition_mondrian(table, models=[k_anonymity(2)], strict=False))) == 2


def test_nulls_are_cut_off_before_numbers_are_cut():
    table = CodedTable(6, (quasi_id("age", [1, 2, 3, 4, None, None]),))

    classes = partition_mondrian(table, models=[k_anonymity(2)], strict=True)

    assert sorted(members(classes)) == [[0, 1], [2, 3], [4, 5]]


def test_a_tree_is_cut_between_the_children_of_the_node_that_covers_a_class():
    column = quasi_id("city", [0, 0, 0, 0, 1, 1, 3, 3, 3], "hierarchical", CITIES, domain=range(6))

    classes = partition_mondrian(CodedTable(9, (column,)), models=[k_anonymity(3)], strict=True)

    assert sorted(members(classes)) == [[0, 1, 2, 3, 4, 5], [6, 7, 8]]


def test_thorough_loses_no_more_than_fast(shared_table):
    fast, thorough = (make_classes(shared_table, models=[k_anonymity(5)], effort=how) for how in ("fast", "thorough"))

    assert information_loss(shared_table, thorough) < information_loss(shared_table, fast)


def test_classes_that_lost_their_model_are_not_returned(shared_table, monkeypatch):
    def lose(space, bounds, tally, classes):
        classes[:] = np.arange(classes.size)

    monkeypatch.setattr(module, "refine_classes", lose)

    with pytest.raises(AssertionError, match="does not hold"):
        make_classes(shared_table, models=[k_anonymity(2)])


def test_a_large_table_is_looked_at_in_small_classes_only(shared_table, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 10)
    monkeypatch.setattr(module, "LOOK_AHEAD", 50)

    classes = make_classes(shared_table, models=[k_anonymity(5)])

    assert min(len(rows) for rows in members(classes)) >= 5


@pytest.mark.parametrize(
    ("model", "told"),
    [
        pytest.param(k_anonymity(7), "model k_anonymity, k 7", id="k"),
        pytest.param(l_diversity(3), "model l_diversity, column illness, l 3.0, variant distinct", id="l"),
    ],
)
def test_a_model_that_the_whole_table_does_not_hold_is_named(model, told):
    table = CodedTable(4, (quasi_id("age", [1, 2, 3, 4]),), (sensitive([0, 1, 0, 1]),))

    with pytest.raises(Unreachable, match=told):
        make_classes(table, models=[k_anonymity(2), model])


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(
            DeltaPresence(model="delta_presence", maximum=0.5, population="people"),
            id="no-population",
        ),
        pytest.param(l_diversity(2), id="no-such-column"),
    ],
)
def test_a_model_that_cannot_be_looked_after_is_refused(model):
    with pytest.raises(UsageError):
        make_classes(CodedTable(2, (quasi_id("age", [1, 2]),)), models=[model])


@pytest.mark.realdata
@pytest.mark.parametrize(("k", "arx"), [(5, 0.0308), (10, 0.0531), (50, 0.1291)])
def test_adult_loses_less_than_by_the_best_known_local_recoding(shared_data, k, arx):
    table = adult(shared_data)

    classes = make_classes(table, models=[k_anonymity(k)])

    assert np.bincount(classes)[np.bincount(classes) > 0].min() >= k
    assert information_loss(table, classes) < arx
