"""A column goes to protected as its sensitivity says, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quality.contracts import Column, Contract, Sensitivity, contract
from quality.contracts.errors import ContractViolation
from quality.contracts.shared_columns import EVENT_DATE, carried
from transforms.privacy.protect_rows import CHOICES, steps

S = Sensitivity
READS = Contract("clean.things", "Things.", "one", (
    Column("who", "string", "Who.", S.DIRECT_ID, identifies="actor"), Column("note", "string", "Text.", S.FREE_TEXT),
    Column("x", "double", "Where.", S.SENSITIVE), Column("kind", "string", "Kind.", S.QUASI_ID),
    Column("source", "string", "Whence.", S.NONE), EVENT_DATE,
))  # fmt: skip
KEY = Column("who_key", "string", "Pseudonym.", S.PSEUDONYM, source=("clean.things.who",))


def writes(*columns):
    return Contract("protected.things", "Things.", "one", (*columns, carried(EVENT_DATE, "clean.things")))


def of(name, sensitivity=None):
    column = carried(READS[name], "clean.things")
    return replace(column, sensitivity=sensitivity) if sensitivity else column


def test_sensitivity_chooses_what_becomes_of_a_column():
    made = writes(KEY, of("note"), of("kind"), of("source"), Column("cell", "string", "Cell.", S.QUASI_ID))

    found = steps(READS, made, ["cell"])

    assert {name: (choice, source.name) for name, (choice, source) in found.items()} == {
        "who_key": ("pseudonymize", "who"),
        "note": ("redact", "note"),
        "kind": ("carry", "kind"),
        "source": ("carry", "source"),
        "event_date": ("carry", "event_date"),
    }


@pytest.mark.parametrize(
    ("column", "made"),
    [
        pytest.param(of("who", S.QUASI_ID), (), id="an-identifier-as-it-is"),
        pytest.param(of("note", S.QUASI_ID), (), id="free-text-as-something-else"),
        pytest.param(of("x", S.QUASI_ID), (), id="a-position-as-it-is"),
        pytest.param(of("x", S.NONE), (), id="a-position-as-no-matter"),
        pytest.param(of("kind", S.NONE), (), id="a-quasi-identifier-as-no-matter"),
        pytest.param(replace(of("kind"), source=()), (), id="of-nothing-that-was-read"),
        pytest.param(replace(of("kind"), source=("raw.things.kind",)), (), id="of-another-table"),
        pytest.param(replace(of("kind"), source=("clean.things.other",)), (), id="of-a-column-that-is-not-there"),
        pytest.param(KEY, ("who_key",), id="a-pseudonym-of-the-build-s-own"),
        pytest.param(of("note"), ("note",), id="free-text-of-the-build-s-own"),
    ],
)
def test_what_no_rule_lets_pass_is_refused_by_name(column, made):
    with pytest.raises(ContractViolation, match=f"protected.things lets columns of clean.things pass.*{column.name}"):
        steps(READS, writes(column), made)


def test_an_identifier_of_no_declared_kind_is_refused():
    reads = replace(READS, columns=(replace(READS["who"], identifies=""), *READS.columns[1:]))

    with pytest.raises(ContractViolation, match="who_key"):
        steps(reads, writes(KEY))


@pytest.mark.parametrize("sensitivity", [S.DIRECT_ID, S.SENSITIVE])
def test_no_contract_above_clean_may_declare_what_is_in_the_clear(sensitivity):
    with pytest.raises(ContractViolation, match="in the clear: who"):
        writes(Column("who", "string", "Who.", sensitivity))


def test_no_choice_lets_an_identifier_or_a_position_through():
    assert not [pair for pair in CHOICES if pair[1] in (S.DIRECT_ID, S.SENSITIVE)]
    assert {pair for pair in CHOICES if pair[0] in (S.DIRECT_ID, S.SENSITIVE)} == {(S.DIRECT_ID, S.PSEUDONYM)}


def test_a_column_without_a_declared_sensitivity_cannot_be():
    with pytest.raises(TypeError, match="sensitivity"):
        Column("new", "string", "Whatever.")


@pytest.mark.parametrize("name", ["actions", "pings"])
def test_every_direct_identifier_of_the_shipped_tables_has_a_kind(name):
    assert all(c.identifies for c in contract(f"clean.{name}") if c.sensitivity is S.DIRECT_ID)
