from __future__ import annotations

import datetime

import pytest

from quality.checks.anonymity.has_order import has_order
from tests.quality.checks.anonymity.tables import put


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        pytest.param([1, 2.5, None], True, id="numbers"),
        pytest.param(["1", "-2e3", None], True, id="numbers-as-texts"),
        pytest.param(["2026-11-28", "2026-11-27T08:30:00"], True, id="dates-as-texts"),
        pytest.param([datetime.date(2026, 11, 28)], True, id="dates"),
        pytest.param(["flu", "cold"], False, id="names"),
        pytest.param(["1", "unknown"], False, id="numbers-but-one"),
        pytest.param(["1", "2026-11-28"], False, id="a-number-and-a-date"),
    ],
)
def test_numbers_and_dates_have_an_order_and_names_do_not(db, values, ordered):
    assert has_order(db, put(db, [(value,) for value in values], "secret"), "secret") is ordered
