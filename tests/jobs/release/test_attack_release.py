from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.release.attack_release import attack_release, halve
from quality.releases.declaration import TableRelease
from transforms.anonymity.domains import survey_columns, survey_table, unite_domains, with_hierarchies

PEOPLE = 600


def release(k, **gates):
    return TableRelease.model_validate(
        {
            "name": "t", "description": "d", "purpose": "p", "reads": "f", "subject": "who",
            "quasi_ids": {"age": {"kind": "numeric"}, "town": {"kind": "categorical"}, "pay": {"kind": "numeric"}},
            "models": [
                {"model": "k_anonymity", "k": k},
                {"model": "l_diversity", "column": "ill", "l": 1},
            ],
            "gates": gates,
        }
    )  # fmt: skip


def people(secret):
    rng = np.random.default_rng(1)
    return pa.table(
        {
            "who": [f"p{at}" for at in range(PEOPLE)],
            "age": rng.permutation(PEOPLE) / 10,
            "town": [f"t{at}" for at in rng.integers(0, 9, PEOPLE)],
            "pay": rng.permutation(PEOPLE),
            "ill": secret(rng),
        }
    )


def many(rng):
    return [f"i{at}" for at in rng.integers(0, 40, PEOPLE)]


def attacks(table, declared, population=None):
    domains = survey_table(table, declared.coded, {}, population)
    return attack_release(declared, table, domains, lambda _: None, population)


def attacked(table, declared, population=None):
    return {one.check: one for one in attacks(table, declared, population)}


def test_an_attack_that_learns_secrets_of_small_classes_stops_the_release():
    found = attacked(people(many), release(2, singling_out=None, linkability=None))

    assert found["attack_inference"].measured["outcome"] == "failed"
    assert found["attack_inference"].stops


def test_large_classes_single_nobody_out_and_few_people_leave_it_undecided():
    found = attacked(people(many), release(30, linkability=None, inference=None))

    assert found["attack_singling_out"].measured["outcome"] in ("passed", "too_small")
    assert found["attack_singling_out"].measured["successes"] == 0
    assert found["attack_singling_out"].measured["raw_low"] > 0.5


def test_an_attack_that_learns_nothing_from_the_raw_rows_either_is_blind_and_stops():
    table = people(many).set_column(1, "age", pa.array([1.0] * PEOPLE)).set_column(3, "pay", pa.array([1] * PEOPLE))
    table = table.set_column(2, "town", pa.array(["t"] * PEOPLE))

    found = attacked(table, release(2, linkability=None, inference=None))

    assert found["attack_singling_out"].measured["outcome"] == "blind"
    assert found["attack_singling_out"].stops
    assert "gates: {singling_out: null}" in found["attack_singling_out"].mend


def test_what_the_declaration_does_not_ask_for_is_not_tried():
    assert attacked(people(many), release(2, singling_out=None, linkability=None, inference=None)) == {}


def test_too_few_people_for_a_control_group_prove_nothing():
    few = people(many).slice(0, 30)

    strict = attacked(few, release(25))["attacks"]
    lenient = attacked(few, release(25, accept_too_small=True))["attacks"]

    assert strict.measured["outcome"] == "too_small"
    assert (strict.stops, lenient.stops) == (True, False)


def test_linking_that_one_column_does_not_allow_is_no_proof():
    declared = TableRelease.model_validate({**release(2).model_dump(), "quasi_ids": {"age": {"kind": "numeric"}}})

    found = attacked(people(many), declared)["attack_linkability"]

    assert found.stops
    assert found.measured["outcome"] == "blind"
    assert "gates: {linkability: null}" in found.mend


def test_a_policy_may_ask_for_more():
    found = attacked(people(many), release(2, singling_out=None, linkability=None, inference=None, membership=0.1))

    assert list(found) == ["attack_membership"]
    assert found["attack_membership"].measured["outcome"] == "failed"


@pytest.mark.parametrize("turn", [False, True])
def test_the_same_people_are_always_in_the_same_half_and_nobody_is_in_both(turn):
    table = people(many)
    if turn:
        table = table.take(pa.array(range(PEOPLE - 1, -1, -1)))
    declared = release(2)
    domains = with_hierarchies(unite_domains([survey_columns(table, declared.coded)]), {})

    made = halve(declared, table, domains)

    ages = [set(half["age"].tolist()) for half in (made.members, made.others)]
    assert not ages[0] & ages[1]
    assert sum(map(len, ages)) == PEOPLE
    assert 0.4 < len(ages[0]) / PEOPLE < 0.6


LEVELS = ["zero", "one", "two", "three", "four", "five", "six", "seven"]
NUMBERS = [str(at) for at in range(20)]


@pytest.mark.parametrize(
    ("values", "stated", "order"),
    [
        pytest.param(LEVELS, {"build": "order", "values": LEVELS}, LEVELS, id="a-stated-order"),
        pytest.param(NUMBERS, None, NUMBERS, id="texts-of-numbers"),
    ],
)
def test_a_range_of_values_is_read_in_their_order(values, stated, order):
    rng = np.random.default_rng(2)
    column = [values[at] for at in rng.integers(0, len(values), PEOPLE)]
    table = people(many).append_column("level", pa.array(column))
    quasi_ids = {"age": {"kind": "numeric"}, "level": {"kind": "ordered", "hierarchy": stated}}
    declared = TableRelease.model_validate({**release(50).model_dump(), "quasi_ids": quasi_ids})
    domains = with_hierarchies(unite_domains([survey_columns(table, declared.coded)]), {})

    made = halve(declared, table, domains)

    places = [
        [order.index(value) for value, held in zip(sorted(values), row, strict=False) if held]
        for row in made.released["level"].members
    ]
    assert any(len(found) > 1 for found in places)
    assert all(max(found) - min(found) == len(found) - 1 for found in places)


@pytest.mark.parametrize(
    "kind", [pa.date32(), pa.timestamp("s"), pa.timestamp("us", "Europe/Berlin"), pa.timestamp("ns")], ids=str
)
def test_dates_and_times_are_read_as_they_are_published(kind):
    days = np.random.default_rng(3).permutation(PEOPLE) * 86_400_000_000
    table = people(many).append_column("day", pa.array(days).cast(pa.timestamp("us")).cast(kind))
    declared = TableRelease.model_validate({**release(5).model_dump(), "quasi_ids": {"day": {"kind": "numeric"}}})
    domains = with_hierarchies(unite_domains([survey_columns(table, declared.coded)]), {})

    made = halve(declared, table, domains)

    assert made.released["day"].distances(made.members["day"]).min(axis=1).max() == 0


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param({"subject": "who"}, id="a-row-each"),
        pytest.param({"subject": "of"}, id="rows-of-people"),
        pytest.param({"subject": "who", "links": ["of"]}, id="linked-accounts"),
        pytest.param({"subject": None}, id="no-subject"),
    ],
)
@settings(max_examples=3, derandomize=True, deadline=None)
@given(seed=st.integers(0, 9))
def test_what_attacks_find_is_the_same_in_whichever_order_the_rows_are(declared, seed):
    table = people(many).append_column("of", pa.array([at // 2 for at in range(PEOPLE)]))
    table = pa.concat_tables([table, table.slice(0, 20)])  # some are equal
    of = TableRelease.model_validate({**release(3).model_dump(by_alias=True), **declared})
    other = table.take(np.random.default_rng(seed).permutation(table.num_rows))

    assert attacks(table, of) == attacks(other, of)


def test_a_person_of_many_equal_rows_is_no_crowd():
    """Each row is there twice: what a question fits is counted in people, so that nothing changes."""
    table, declared = people(many), release(2)
    domains = survey_table(table, declared.coded, {})

    once, twice = (halve(declared, rows, domains).released["age"] for rows in (table, pa.concat_tables([table, table])))

    assert len(twice.codes) == len(once.codes) > 0
