"""A published value covers what it may stand for, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.published_values import covers

PATHS = read_paths("Ulm;South;*\nBonn;West;*\nKoln;West;*\n")


@pytest.mark.parametrize(
    ("published", "values", "covered"),
    [
        pytest.param("[17, 29]", ["16", "17", "29.0", "30", None, "x"], ["17", "29.0"], id="closed-interval"),
        pytest.param("[17, 29)", ["17", "29"], ["17"], id="half-open-interval"),
        pytest.param("[17, 29[", ["17", "29"], ["17"], id="half-open-interval-as-arx-writes-it"),
        pytest.param("[-2.5, -1]", ["-3", "-2", "-1"], ["-2", "-1"], id="negative-numbers"),
        pytest.param("{a, b}", ["a", "b", "c", None], ["a", "b"], id="set"),
        pytest.param("{a, b, c}", ["a, b", "c", "b"], ["a, b", "c"], id="a-member-with-a-comma"),
        pytest.param("{a, null}", ["a", "b", None], ["a", None], id="a-set-with-a-null"),
        pytest.param("{a, null}", ["a", "null", None], ["a", "null", None], id="a-set-with-a-null-or-one-so-called"),
        pytest.param('{a, "null"}', ["a", "null", None], ["a", "null"], id="a-set-with-a-value-called-null"),
        pytest.param('{"b, a", c}', ["a", "b", "b, a", "c"], ["b, a", "c"], id="a-quoted-member"),
        pytest.param('{"b, a", c}', ["b, a", '"b, a"', "c"], ['"b, a"', "c"], id="quotation-marks-of-an-older-file"),
        pytest.param('{"""b"", }", c}', ['"b", }', "b", "c"], ['"b", }', "c"], id="a-quoted-quotation-mark"),
        pytest.param("<=18", ["3", "18", "19", None], ["3", "18"], id="coded-at-the-bottom"),
        pytest.param(">=90", ["89", "90", "99.5", None], ["90", "99.5"], id="coded-at-the-top"),
        pytest.param("[<=18, 29]", ["3", "29", "30"], ["3", "29"], id="open-below"),
        pytest.param("[29, >=90]", ["3", "29", "99"], ["29", "99"], id="open-above"),
        pytest.param("[<=18, >=90]", ["3", "99", "x", None], ["3", "99"], id="open-on-both-sides"),
        pytest.param("[<=10, 20[", ["3", "19", "20"], ["3", "19"], id="a-node-that-is-open-below"),
        pytest.param("<=50K", ["<=50K", "50K", "3"], ["<=50K"], id="a-category-so-called"),
        pytest.param("[2020-01-31, 2020-03-01]", ["2020-02-29", "2020-03-02", None], ["2020-02-29"], id="dates"),
        pytest.param("*", ["a", None], ["a", None], id="suppressed"),
        pytest.param(None, ["a", None], [None], id="null"),
        pytest.param("29", ["29", "29.0", "2.9"], ["29", "29.0"], id="a-number-however-spelled"),
        pytest.param("[x]", ["[x]", "x"], ["[x]"], id="a-plain-text-in-brackets"),
        pytest.param("West", ["Ulm", "Bonn", "Koln"], ["Bonn", "Koln"], id="node"),
        pytest.param("Bonn", ["Ulm", "Bonn"], ["Bonn"], id="leaf"),
        pytest.param("[low, mid]", ["high", "mid", "low"], ["mid", "low"], id="range-of-an-order"),
    ],
)
def test_a_published_value_covers_what_it_may_stand_for(published, values, covered):
    found = covers(published, values, paths=PATHS, order=("low", "mid", "high"))

    assert [value for value, may in zip(values, found, strict=True) if may] == covered


@pytest.mark.parametrize(
    ("published", "values", "covered"),
    [
        pytest.param("[2026-01-02 07:00:00Z, 2026-01-03]", ["2026-01-02T09:00+02:00", "2026-01-02T06:59Z"],
                     ["2026-01-02T09:00+02:00"], id="times-in-another-zone"),
        pytest.param("2026-01-02", ["2026-01-02T00:00", "2026-01-02T00:01", "2026-01-03"],
                     ["2026-01-02T00:00", "2026-01-02T00:01"], id="a-day"),
        pytest.param("2026-05", ["2026-05-31", "2026-06-01", "x", None], ["2026-05-31"], id="a-month"),
        pytest.param("2026-Q2", ["2026-06-30", "2026-07-01"], ["2026-06-30"], id="a-quarter"),
        pytest.param("2026-W01", ["2025-12-29", "2026-01-05"], ["2025-12-29"], id="a-week"),
        pytest.param("2026", ["2026-01-01", "2026.0", "2027-01-01"], ["2026-01-01", "2026.0"], id="a-year"),
        pytest.param("2020s", ["2029-12-31", "2030-01-01"], ["2029-12-31"], id="a-decade"),
        pytest.param("[bonn, rome]", ["bath", "bonn", "oslo", "ulm"], ["bonn", "oslo"], id="texts-in-their-order"),
        pytest.param("12***", ["12345", "1234", "13345", None], ["12345"], id="redacted-from-the-right"),
        pytest.param("**45", ["1245", "1254"], ["1245"], id="redacted-from-the-left"),
        pytest.param("***", ["abc", "ab"], ["abc"], id="redacted-whole"),
    ],
)  # fmt: skip
def test_built_generalizations_cover_what_they_were_built_of(published, values, covered):
    assert [value for value, may in zip(values, covers(published, values), strict=True) if may] == covered


def test_a_null_covers_anything_where_nulls_are_wildcards():
    assert covers(None, ["a", None], null_is_any=True).all()


def test_many_sets_of_many_values_are_read_as_fast_as_their_members_are_found():
    values = [f"n{at}" for at in range(20_000)] + [None]
    calls = 0

    class Counted(str):
        __slots__ = ()

        def __eq__(self, other):
            nonlocal calls
            calls += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    counted = [Counted(value) if value else None for value in values]
    for at in range(50):
        found = covers(f"{{n{at}, n{at + 7}, null}}", counted)
        assert np.flatnonzero(found).tolist() == [at, at + 7, 20_000]
    assert calls < 10_000  # and no comparison of each value with each set


def test_a_member_that_holds_the_separator_is_found_also_among_longer_ones():
    values = ["a", "b", "a, b", "c, d, e"]

    assert covers("{a, b, c, d, e}", values).tolist() == [False, False, True, True]
    assert covers("{b, c, d, e, a}", values).tolist() == [True, True, False, True]
