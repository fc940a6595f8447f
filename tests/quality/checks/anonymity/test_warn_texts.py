"""Texts that a spreadsheet would run, and names that may be one person, are warned of and not changed."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.warn_texts import warn_texts


def warned(db, values, subject=None):
    db.execute("CREATE OR REPLACE TABLE t (note VARCHAR, who VARCHAR, age INTEGER)")
    db.executemany("INSERT INTO t VALUES (?, ?, 1)", values)
    return {one.check: one for one in warn_texts(db, "t", ["note", "age"], subject)}


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        pytest.param('=HYPERLINK("x")', True, id="a-formula"),
        pytest.param("@SUM(1)", True, id="at"),
        pytest.param("+1+cmd", True, id="plus"),
        pytest.param("-2+3", True, id="minus"),
        pytest.param("\t=1", True, id="tab"),
        pytest.param("\r=1", True, id="cr"),
        pytest.param("-2.5", False, id="a-number-below-zero"),
        pytest.param("+4e3", False, id="a-signed-number"),
        pytest.param("[-5, -1]", False, id="an-interval"),
        pytest.param("a=b", False, id="within"),
        pytest.param(None, False, id="null"),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_counted(db, text, runs):
    found = warned(db, [(text, "=not published"), ("plain", "b")])

    assert ("spreadsheet_formulas" in found) == runs
    if runs:
        verdict = found["spreadsheet_formulas"]
        assert (verdict.measured, verdict.stops) == ({"cells": 1, "columns": "note"}, False)


@pytest.mark.parametrize(
    ("subjects", "alike"),
    [
        pytest.param(["Ann", "ann", "Bea"], 2, id="upper-case"),
        pytest.param(["Ann", "Ann ", "ann", "Bea", "bea"], 5, id="spaces-of-two-people"),
        pytest.param(["Jos\u00e9", "Jose\u0301"], 2, id="unicode-forms"),
        pytest.param(["Ann Lee", "Ann  Lee"], 2, id="spaces-within"),
        pytest.param(["Ann", "Ann", "Anna", None, None], 0, id="different-people"),
    ],
)
def test_subjects_that_may_be_one_person_are_counted(db, subjects, alike):
    found = warned(db, [("x", who) for who in subjects], "who")

    assert (found["subjects_alike"].measured["subjects"] if found else 0) == alike
    assert not any(one.stops for one in found.values())


def test_a_subject_that_is_no_text_is_left_alone(db):
    assert warned(db, [("x", "a")], "age") == {}
