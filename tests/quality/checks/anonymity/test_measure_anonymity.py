"""Every parameter of a published table is what its definition says, counted by subjects."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles, open_engine
from quality.checks.anonymity.risk import state_risk
from quality.checks.anonymity.special_uniques import find_special_uniques
from quality.checks.anonymity.suggest_roles import suggest_roles
from quality.checks.anonymity.uniqueness import estimate_uniqueness
from quality.contracts.errors import UsageError
from quality.contracts.untold import ValueRefused
from tests.quality.checks.anonymity.tables import put, recount

ROLES = Roles(("age", "zip"), ("illness",), "person")


def value(measured, name, column=None, at=None):
    return measured.find(name, column, at).value


@pytest.mark.parametrize(
    ("rows", "k"),
    [
        pytest.param([("20", "1", "a"), ("20", "1", "b")], 2, id="two-persons-alike"),
        pytest.param([("20", "1", "a"), ("20", "1", "a")], 1, id="one-person-twice-is-still-alone"),
        pytest.param([("20", "1", "a"), ("20", "2", "b")], 1, id="one-column-tells-them-apart"),
        pytest.param([(None, "1", "a"), (None, "1", "b")], 2, id="nulls-are-alike"),
        pytest.param([("20", "1", None), ("20", "1", None), ("20", "1", "b")], 2, id="unknown-persons-are-one"),
    ],
)
def test_k_is_the_persons_of_the_smallest_class(db, rows, k):
    table = put(db, rows, "age zip person")

    assert value(measure_anonymity(db, table, Roles(("age", "zip"), (), "person")), "k") == k


def test_fake_accounts_on_one_device_do_not_hide_a_person(db):
    rows = [("20", "1", f"fake{n}", "d1", None) for n in range(8)] + [("20", "1", "victim", "d1", "r")]
    rows += [("20", "1", "friend", "d2", "r"), ("20", "1", "other", "d3", None)]
    table = put(db, rows, "age zip person device ring")

    counted = [
        value(measure_anonymity(db, table, Roles(("age", "zip"), (), "person", links)), "k")
        for links in ((), ("device",), ("device", "ring"))
    ]

    assert counted == [11, 3, 2]


@pytest.mark.parametrize("name", ["a", "d", "account", "link", "pairs", "subject", "person", "class"])
def test_a_column_of_any_name_leaves_the_links_as_they_are(db, name):
    rows = [("20", None, f"u{n}", "phone") for n in range(5)]
    table = put(db, rows, f"age {name} who device")

    measured = measure_anonymity(db, table, Roles(("age", name), (), "who", ("device",)))

    assert value(measured, "k") == 1


def test_links_of_rows_that_are_not_published_count(db):
    table = put(db, [("20", "a"), ("20", "b"), ("20", "c")], "age who")
    put(db, [("a", "phone"), ("b", "phone"), ("c", None)], "who device", name="everybody")

    measured = measure_anonymity(db, table, Roles(("age",), (), "who", ("device",)), accounts="everybody")

    assert (value(measured, "k"), measured.subjects) == (2, 2)


def test_equal_texts_of_two_link_columns_do_not_unite(db):
    rows = [("20", "a", "x", None), ("20", "b", "x", None), ("20", "c", None, "x"), ("20", "d", None, "x")]
    table = put(db, rows, "age person device ring")

    assert value(measure_anonymity(db, table, Roles(("age",), (), "person", ("device", "ring"))), "k") == 2


@pytest.mark.parametrize(("nulls", "k"), [("category", 1), ("wildcard", 2)])
def test_a_null_is_a_category_or_matches_anything_as_is_said(db, nulls, k):
    rows = [("20", "1", "a"), ("20", None, "b"), (None, "1", "c"), ("30", "1", "d")]
    table = put(db, rows, "age zip person")

    assert value(measure_anonymity(db, table, Roles(("age", "zip"), (), "person", nulls=nulls)), "k") == k


def test_wildcards_that_match_too_much_are_refused_with_the_count(db, monkeypatch):
    monkeypatch.setattr("quality.checks.anonymity.wildcards.MOST_MATCHES", 4)
    table = put(db, [("1", None), (None, "1"), ("2", "2")], "age zip")

    with pytest.raises(UsageError, match="make 5 pairs of classes that match, and at most 4 can be counted"):
        measure_anonymity(db, table, Roles(("age", "zip"), nulls="wildcard"))


def test_wildcards_in_too_many_patterns_are_refused(db, monkeypatch):
    monkeypatch.setattr("quality.checks.anonymity.wildcards.MOST_SHAPES", 2)
    table = put(db, [("1", None), (None, "1"), ("2", "2")], "age zip")

    with pytest.raises(UsageError, match="3 patterns of nulls, and at most 2"):
        measure_anonymity(db, table, Roles(("age", "zip"), nulls="wildcard"))


PATHS = "flu;lung;*\ncough;lung;*\nulcer;belly;*\ngastritis;belly;*\n"
LEVELS = [{line.split(";")[0]: line.split(";")[level] for line in PATHS.split()} for level in range(2)]
ILLNESSES = sorted(LEVELS[0])


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.tuples(st.sampled_from(["1", "2", None]), st.sampled_from(["x", "y", None])),
            st.sampled_from(ILLNESSES),
            st.sampled_from("abcdefgh"),
        ),
        min_size=1,
        max_size=30,
    ),
    wild=st.booleans(),
)
def test_every_parameter_is_what_a_plain_recount_finds(tmp_path_factory, rows, wild):
    with open_engine(tmp_path_factory.getbasetemp(), threads=1) as db:
        put(db, [(*q, v, s) for q, v, s in rows], "age zip illness person")
        roles = Roles(("age", "zip"), ("illness",), "person", nulls="wildcard" if wild else "category")
        measured = measure_anonymity(db, "published", roles, hierarchies={"illness": read_paths(PATHS)})

    expected = recount(rows, wild=wild, levels=LEVELS)
    found = {p.name: p.value for p in measured.parameters}
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 12)), min_size=1, max_size=40))
def test_numbers_as_text_are_in_the_order_of_numbers(tmp_path_factory, rows):
    with open_engine(tmp_path_factory.getbasetemp(), threads=1) as db:
        put(db, [(q, str(v)) for q, v in rows], "zip pay")
        measured = measure_anonymity(db, "published", Roles(("zip",), ("pay",)))

    expected = recount([((q,), v, at) for at, (q, v) in enumerate(rows)])
    assert value(measured, "t_ordered", "pay") == pytest.approx(expected["t_ordered"])
    assert value(measured, "l_entropy", "pay") == pytest.approx(expected["l_entropy"])


FIVE = [("30", "hiv", who) for who in "abcde"]
"""Five people of a class, all of whom have the same illness."""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param([], {"l_distinct": 1, "l_entropy": 1, "recursive_c": math.inf, "alpha": 1}, id="all-alike"),
        pytest.param(
            [("30", "flu", "a")],
            {"l_distinct": 1, "l_entropy": 1, "recursive_c": math.inf, "alpha": 1},
            id="second-row",
        ),
        pytest.param(
            [("30", illness, who) for illness in ("flu", "cold", "acne") for who in "abcde"],
            {"l_distinct": 1, "l_entropy": 1, "recursive_c": math.inf, "alpha": 1},
            id="all-have-all",
        ),
        pytest.param(
            [("30", "flu", "f"), ("30", "flu", "a")],
            {"l_distinct": 2, "recursive_c": 5, "alpha": 5 / 6},
            id="a-sixth-has-another",
        ),
    ],
)
def test_a_secret_that_all_of_a_class_have_is_not_hidden_by_their_other_rows(db, more, expected):
    measured = measure_anonymity(db, put(db, [*FIVE, *more], "age illness who"), Roles(("age",), ("illness",), "who"))

    found = {name: value(measured, name, "illness", 2 if name == "recursive_c" else None) for name in expected}
    assert found == pytest.approx(expected)


def test_a_class_is_far_from_the_table_if_more_of_its_people_have_a_secret(db):
    """Each of a and b has both illnesses, each of the others one: rows are spread alike, people are not."""
    rows = [("1", illness, who) for who in "ab" for illness in ("flu", "hiv")]
    rows += [("2", illness, who) for illness, who in (("flu", "c"), ("flu", "d"), ("hiv", "e"), ("hiv", "f"))]

    measured = measure_anonymity(db, put(db, rows, "age illness who"), Roles(("age",), ("illness",), "who"))

    assert value(measured, "t_equal", "illness") == pytest.approx(1 - 4 / 6)


def test_an_order_that_is_stated_is_kept(db):
    table = put(db, [("a", "low"), ("b", "high"), ("b", "mid")], "zip pay")
    roles = Roles(("zip",), ("pay",))

    by_text = measure_anonymity(db, table, roles)
    stated = measure_anonymity(db, table, roles, orders={"pay": ("low", "mid", "high")})

    assert value(by_text, "t_ordered", "pay") == pytest.approx(1 / 3)
    assert value(stated, "t_ordered", "pay") == pytest.approx(1 / 2)


def test_classes_are_counted_alike_when_they_come_in_many_chunks(db, monkeypatch):
    rows = [(str(n % 37), str(n * n % 11)) for n in range(500)]
    table = put(db, rows, "zip pay")
    whole = measure_anonymity(db, table, Roles(("zip",), ("pay",)))
    monkeypatch.setattr("quality.checks.anonymity.distributions._CHUNK", 7)

    assert measure_anonymity(db, table, Roles(("zip",), ("pay",))) == whole


def test_recursive_diversity_is_infinite_where_a_class_has_too_few_values(db):
    table = put(db, [("1", "flu"), ("1", "flu"), ("1", "cough"), ("2", "flu"), ("2", "ulcer")], "zip illness")

    measured = measure_anonymity(db, table, Roles(("zip",), ("illness",)), recursive={"illness": (1, 2, 3)})

    assert [value(measured, "recursive_c", "illness", at) for at in (1, 2, 3)] == [2 / 3, 2.0, math.inf]


def test_the_worst_classes_are_told_by_published_values_and_sizes_and_nothing_else(db):
    rows = [("[20, 29]", "1*", "secret", p) for p in "abc"] + [("[30, 39]", "2*", s, s) for s in ("x", "y")]
    measured = measure_anonymity(db, put(db, rows, "age zip illness person"), ROLES, worst=1)

    (smallest,), (dullest,) = measured.find("k").worst, measured.find("l_distinct", "illness").worst
    assert (smallest.quasi_ids, smallest.subjects) == ({"age": "[30, 39]", "zip": "2*"}, 2)
    assert (dullest.quasi_ids, dullest.value) == ({"age": "[20, 29]", "zip": "1*"}, 1.0)
    assert (measured.classes, measured.histogram, measured.rows) == (2, {2: 1, 3: 1}, 5)
    assert "secret" not in str(measured)


def test_the_order_of_rows_changes_nothing(db):
    rows = [(str(n % 5), str(n % 3), str(n % 7), str(n % 20)) for n in range(60)]

    first = measure_anonymity(db, put(db, rows, "age zip illness person"), ROLES)

    assert measure_anonymity(db, put(db, rows[::-1] + rows[:9], "age zip illness person"), ROLES).parameters == (
        first.parameters
    )


def test_names_of_columns_are_never_read_as_code(db):
    names = 'a"b; drop table published; -- class n'
    table = put(db, [("1", "2")], "x y")
    db.execute('ALTER TABLE published RENAME x TO "a""b; drop table published; --"')
    db.execute("ALTER TABLE published RENAME y TO class")

    measured = measure_anonymity(db, table, Roles((names[:-8], "class")))

    assert value(measured, "k") == 1
    assert measured.find("k").worst[0].quasi_ids == {names[:-8]: "1", "class": "2"}


@pytest.mark.parametrize(
    ("rows", "roles", "said"),
    [
        pytest.param([], Roles(("age",)), "has no rows", id="empty"),
        pytest.param([("1", "2")], Roles(("age", "town"), ("pay",)), "no column town, pay", id="no-such-columns"),
    ],
)
def test_what_cannot_be_measured_is_refused(db, rows, roles, said):
    with pytest.raises(UsageError, match=said):
        measure_anonymity(db, put(db, rows, "age zip"), roles)


def test_a_value_outside_its_hierarchy_is_counted_and_not_told(db):
    table = put(db, [("1", "flu"), ("1", "secret")], "zip illness")

    with pytest.raises(UsageError, match="1 values of illness are not in its hierarchy") as refused:
        measure_anonymity(db, table, Roles(("zip",), ("illness",)), hierarchies={"illness": read_paths(PATHS)})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        pytest.param({"quasi_ids": ()}, "No quasi-identifier", id="no-quasi-identifier"),
        pytest.param({"quasi_ids": ("a",), "links": ("device",)}, "subject must be named", id="links-of-nobody"),
    ],
)
def test_roles_that_make_no_sense_are_refused(roles, said):
    with pytest.raises(UsageError, match=said):
        Roles(**roles)


def test_what_breaks_inside_tells_no_value(db, monkeypatch):
    def breaking(*_, **__):
        raise ValueError("secret")

    monkeypatch.setattr("quality.checks.anonymity.measure_anonymity.measure_column", breaking)

    with pytest.raises(ValueRefused, match="ValueError at quality.checks.anonymity") as refused:
        measure_anonymity(db, put(db, [("1", "flu")], "zip illness"), Roles(("zip",), ("illness",)))
    assert "secret" not in str(refused.value)


def test_all_that_is_measured_is_plain_data(db):
    table = put(db, [("1", "flu", "a"), ("1", "ulcer", "b"), ("2", "flu", "c")], "zip illness person")
    roles = Roles(("zip",), ("illness",), "person")
    measured = measure_anonymity(db, table, roles, population=table, hierarchies={"illness": read_paths(PATHS)})

    for found in (measured, state_risk(measured), estimate_uniqueness(measured.histogram, 0.5),
                  find_special_uniques(db, table, roles), suggest_roles(db, table)):  # fmt: skip
        json.dumps(asdict(found))
