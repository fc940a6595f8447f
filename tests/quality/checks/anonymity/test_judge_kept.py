"""What is published as it is must not tell who a row is of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from quality.checks.anonymity.judge_kept import judge_kept
from quality.releases.declaration import TableRelease

WHO = list("abcdefgh")
AGES = [30, 30, 31, 31, 60, 60, 61, 61]


def judged(keep, *, who=None, links=(), ill=None, part=1.0, **columns):
    table = {"who": WHO, "age": AGES, "ill": ill or ["x", "y"] * 4, "phone": ["p", None] * 4, **columns}
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", links=links, keep=keep,
        quasi_ids={"age": {"kind": "numeric"}},
        models=({"model": "k_anonymity", "k": 2}, {"model": "l_diversity", "column": "ill", "l": 2}),
    )  # fmt: skip
    return judge_kept(release, pa.table(table), np.arange(8) if who is None else np.array(who), part=part)


@pytest.mark.parametrize(
    ("columns", "links", "who"),
    [
        pytest.param({"ssn": WHO}, (), None, id="the-subject"),
        pytest.param({"line": range(8)}, (), None, id="one-to-one-with-the-subject"),
        pytest.param({"serial": list("11223344"), "phone": list("ppqqrrss")}, ("phone",), None, id="a-value-of-a-link"),
        pytest.param({"imei": list("xxxxyyyy")}, ("phone",), [0] * 4 + [1] * 4, id="one-person-for-each-value"),
        pytest.param({"exact_age": [str(age) for age in AGES]}, (), None, id="a-quasi-identifier"),
        pytest.param({"years": [str(age + 1) for age in AGES]}, (), None, id="one-to-one-with-a-quasi-identifier"),
        pytest.param({"room": list("11112223")}, (), None, id="a-value-of-one-person"),
        pytest.param({"row": list("abcdabcd"), "hall": list("xxxxyyyy")}, (), None, id="two-columns-together"),
    ],
)
def test_a_kept_column_that_identifies_stops_the_release_by_name(columns, links, who):
    keep = [name for name in columns if name != "phone"]

    (verdict,) = judged(keep, links=links, who=who, **columns)

    assert verdict.stops
    assert verdict.measured["columns"] == ", ".join(keep)
    assert all(name in verdict.mend for name in keep)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"ward": list("xyxyxyxy")}, id="few-values"),
        pytest.param({"ward": ["x"] * 8}, id="one-value"),
        pytest.param({"ward": [None] * 8}, id="none"),
    ],
)
def test_a_kept_column_that_many_share_holds(columns):
    (verdict,) = judged(tuple(columns), **columns)

    assert verdict.passed


def test_a_sensitive_column_that_is_the_subject_stops_the_release():
    (verdict,) = judged((), ill=WHO)

    assert verdict.stops
    assert judged(()) == []


@pytest.mark.parametrize(
    ("limit", "passed"), [pytest.param(0.05, False, id="default"), pytest.param(1.0, True, id="all"),
                          pytest.param(None, True, id="any")]
)  # fmt: skip
def test_the_share_that_may_be_alone_is_the_releases_to_state(limit, passed):
    rows = pa.table({"age": [1, 1, 2, 2], "note": ["a", "b", "c", "d"]})
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids={"age": {"kind": "numeric"}}, keep=("note",),
        models=({"model": "k_anonymity", "k": 2},), gates={"kept_alone": limit},
    )  # fmt: skip

    [verdict] = judge_kept(release, rows, np.arange(4))

    assert verdict.passed == passed
    assert passed or "kept_alone" in verdict.mend
