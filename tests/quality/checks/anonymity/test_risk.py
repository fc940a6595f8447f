"""Risks follow from the sizes of classes, in the release and in its population."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles
from quality.checks.anonymity.risk import Attacker, state_risk
from tests.quality.checks.anonymity.tables import put

ROWS = [("a",)] + [("b",)] * 2 + [("c",)] * 5


def test_a_prosecutor_names_one_of_a_class(db):
    risk = state_risk(measure_anonymity(db, put(db, ROWS, "zip"), Roles(("zip",))), threshold=0.5)

    assert risk.prosecutor == Attacker(1.0, pytest.approx(3 / 8), 1 / 8)
    assert (risk.journalist, risk.marketer, risk.sample_uniques) == (None, risk.prosecutor.average, 1 / 8)


def test_a_journalist_names_one_of_the_population(db):
    people = put(db, [("a",)] * 4 + [("b",)] * 10 + [("c",)] * 3 + [("d",)], "zip", name="people")
    measured = measure_anonymity(db, put(db, ROWS, "zip"), Roles(("zip",)), population=people)

    risk = state_risk(measured, threshold=0.15)

    # Five of c are published, so at least five exist, whatever the population table says.
    average = (1 / 4 + 2 / 10 + 5 / 5) / 8
    assert risk.journalist == Attacker(pytest.approx(1 / 4), pytest.approx(average), 6 / 8)
    assert risk.marketer == pytest.approx(average)


def test_subjects_are_counted_and_not_rows(db):
    table = put(db, [("a", "x")] * 5 + [("b", "y"), ("b", "z")], "zip person")

    risk = state_risk(measure_anonymity(db, table, Roles(("zip",), (), "person")))

    assert (risk.prosecutor.highest, risk.sample_uniques) == (1.0, 1 / 3)
