from __future__ import annotations

import pytest

from jobs.run_lock import give_run_lock
from quality.contracts.errors import UsageError
from tests.jobs.damaged import D2, twice_published
from tests.jobs.publisher import TABLE

VERSION_2 = ("withdraw", TABLE.name, "--version", 2, "--region", "eu", "--reason")


@pytest.fixture
def place(home):
    yield twice_published(home)
    give_run_lock(home)


def test_a_withdrawal_can_be_looked_at_done_and_repeated(place, geoward, fits):
    looked = geoward(*VERSION_2, "wrong zone", "--dry-run", "--json").document
    done, again = (geoward(*VERSION_2, "wrong zone", "--json").document for _ in range(2))
    shown = geoward(*VERSION_2, "wrong zone").stdout

    assert all(fits(each, "withdraw") for each in (looked, done, again))
    assert looked["partitions"] == done["partitions"] == [{"date": str(D2), "falls_back_to": 1}]
    assert (looked["new_version"], done["new_version"]) == (None, 3)
    assert again["partitions"] == done["partitions"] and again["new_version"] == 3
    assert f"Version 3 of {TABLE.name} in eu took it back." in shown
    assert place.lake.table(TABLE.name).version() == 3, "it was done once"


def test_a_withdrawal_without_a_reason_is_wrong_use(place, geoward):
    assert isinstance(geoward(*VERSION_2, " ").exception, UsageError)
