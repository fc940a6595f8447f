from __future__ import annotations

from datetime import date

import pytest

from jobs.problem import PROBLEM_KINDS, Problem, ProblemKey


def problem(**changed):
    fields = {"kind": "failed", "region": "eu", "table": "clean.pings", "date": date(2026, 6, 1)}
    return Problem(**{**fields, "what": "It failed.", "mend": "Mend it.", **changed})


def test_the_same_trouble_on_another_date_is_the_same_problem():
    assert problem().key == problem(date=date(2026, 6, 2), what="It failed again.").key


@pytest.mark.parametrize("changed", [{"kind": "late"}, {"region": "us"}, {"table": "raw.pings"}], ids=str)
def test_another_kind_region_or_table_is_another_problem(changed):
    assert problem().key != problem(**changed).key


@pytest.mark.parametrize("kind", PROBLEM_KINDS)
def test_every_kind_has_its_entry_in_the_runbook(kind):
    assert problem(kind=kind).runbook == f"docs/runbook.md#{kind}"


@pytest.mark.parametrize(
    ("region", "table", "place"),
    [
        pytest.param("eu", "raw.pings", "raw.pings in eu", id="table"),
        pytest.param("eu", "", "eu", id="region"),
        pytest.param("", "", "this installation", id="installation"),
    ],
)
def test_the_place_is_worded_for_people(region, table, place):
    assert ProblemKey("storage", region, table).place == place
