"""What attackers know besides quasi-identifiers, and among whom they seek: kept columns, and a population."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from jobs.release.attack_halves import attack_halves
from jobs.release.attack_release import halve
from quality.releases.declaration import TableRelease
from tests.jobs.release.test_attack_release import PEOPLE, attacked, attacks, many, people, release
from transforms.anonymity.domains import survey_table

AGE = {"kind": "numeric"}


def keeping(k, *kept, **gates):
    stated = {"linkability": None, "inference": None, **gates}
    return TableRelease.model_validate({**release(k, **stated).model_dump(), "keep": kept})


def outcomes(found):
    return [(one.check, one.measured.get("knowing"), one.measured["outcome"]) for one in found]


def test_who_knows_a_kept_column_singles_out_whom_a_crowd_hides_otherwise():
    table = people(many).append_column("weight", people(many)["pay"])

    found = attacks(table, keeping(30, "weight"))

    assert outcomes(found) == [
        ("attack_singling_out", "weight", "failed"),
        ("attack_singling_out", None, "passed"),
    ]
    assert "Declare as quasi-identifiers" in found[0].mend
    assert "gates: {kept_alone: 1}" in found[0].mend


def test_a_kept_column_that_is_alike_for_all_tells_nothing():
    table = people(many).append_column("note", pa.array(["n"] * PEOPLE))

    assert outcomes(attacks(table, keeping(30, "note"))) == [
        ("attack_singling_out", "note", "passed"),
        ("attack_singling_out", None, "passed"),
    ]


def test_a_kept_column_may_have_no_value_and_looks_like_nothing_else():
    told = pa.array(["*", None, "[1, 9]", "{a, b}", "n"] * (PEOPLE // 5))
    declared = keeping(30, "note")

    made = halve(declared, table := people(many).append_column("note", told), survey_table(table, declared.coded, {}))

    fit = made.released["note"].distances(made.members["note"]) == 0
    assert fit.sum(axis=1).max() == 1


@pytest.mark.parametrize("turn", [False, True], ids=["first-row-says-nothing", "last-row"])
def test_what_another_row_of_a_person_says_singles_them_out_too(turn):
    table = people(many)
    weights = [[f"w{at}", "none"] if turn else ["none", f"w{at}"] for at in range(PEOPLE)]
    twice = table.take(pa.array([at for at in range(PEOPLE) for _ in range(2)]))
    twice = twice.append_column("weight", pa.array([value for both in weights for value in both]))

    assert outcomes(attacks(twice, keeping(30, "weight"))) == [
        ("attack_singling_out", "weight", "failed"),
        ("attack_singling_out", None, "passed"),
    ]


@pytest.mark.parametrize("most", [1, None])
def test_what_nobody_can_know_is_not_given_to_the_attacker(most):
    table = people(many).append_column("weight", people(many)["pay"])

    assert outcomes(attacks(table, keeping(30, "weight", kept_alone=most))) == [("attack_singling_out", None, "passed")]


def test_a_secret_is_inferred_from_what_is_kept():
    table = people(many)
    table = table.append_column("code", pa.array([f"c{value[1:]}" for value in table["ill"].to_pylist()]))

    found = attacks(table, keeping(30, "code", singling_out=None, inference=0.1))

    assert found[0].measured["knowing"] == "code"
    assert found[0].measured["successes"] == found[0].measured["attempts"] > 10 * found[1].measured["successes"]


def test_one_quasi_identifier_and_a_kept_column_are_known_to_two_data_sets():
    table = people(many).append_column("weight", people(many)["pay"])
    stated = {**keeping(2, "weight", singling_out=None, linkability=0.05).model_dump(), "quasi_ids": {"age": AGE}}

    found = attacks(table, TableRelease.model_validate(stated))

    assert [(one.check, one.measured["knowing"]) for one in found] == [("attack_linkability", "weight")]


def mapped(k, *others):
    stated = release(2, linkability=None, inference=None).model_dump()
    models = [{"model": "k_map", "k": k, "population": "people.csv"}, *others]
    return TableRelease.model_validate({**stated, "models": models})


def test_under_k_map_people_are_sought_in_the_population_and_not_in_the_release():
    everybody = people(many)
    chosen = everybody.take(pa.array(range(0, PEOPLE, 6)))

    among = attacked(chosen, mapped(6), everybody.drop_columns(["ill"]))["attack_singling_out"]
    inside = attacked(chosen, mapped(6, {"model": "k_anonymity", "k": 2}), everybody.drop_columns(["ill"]))

    assert among.measured["outcome"] == "passed"
    assert among.measured["successes"] == 0
    assert among.measured["raw_estimate"] == 1
    assert "population" in among.description
    assert "population" not in inside["attack_singling_out"].description


def test_a_population_that_lacks_the_crowd_of_the_release_hides_nobody():
    everybody = people(many)
    chosen = everybody.take(pa.array(range(0, PEOPLE, 6)))
    declared = mapped(6)
    domains = survey_table(chosen, declared.coded, {}, everybody)

    made = halve(declared, chosen, domains, everybody)
    alone = replace(made, population=made.members)  # of each crowd those are left who are in the release

    found = attack_halves(alone, tuple(declared.quasi_ids), (), declared.gates, lambda _: None)
    assert [one.measured["outcome"] for one in found] == ["failed"]
