from __future__ import annotations

import pytest

from jobs import commit, finish_withdrawals, manifest
from jobs.catalog import Catalog
from jobs.run_lock import give_run_lock
from jobs.withdraw import withdraw
from quality.contracts.errors import UsageError
from tests.jobs.damaged import D1, D2, twice_published
from tests.jobs.publisher import TABLE, publish, publish_as_a_run, stage

VERSION_2 = ("withdraw", TABLE.name, "--version", 2, "--region", "eu", "--reason")
VERSION_1 = ("withdraw", TABLE.name, "--version", 1, "--region", "eu", "--reason", "wrong too")


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
    assert [one["done_before"] for one in (looked, done, again)] == [False, False, True]
    assert all(one["shows_now"] == {str(D2): 1} for one in (looked, done, again))
    assert again["partitions"] == done["partitions"] and again["new_version"] == 3
    assert f"Version 3 of {TABLE.name} in eu took it back." in shown
    assert place.lake.table(TABLE.name).version() == 3, "it was done once"


def test_a_repeated_withdrawal_of_dates_that_were_made_again_says_so_and_what_they_show(place, geoward, fits):
    geoward(*VERSION_2, "wrong zone")
    geoward(*VERSION_1)
    emptied = geoward(*VERSION_1, "--json").document
    assert emptied["shows_now"] == {str(D1): None, str(D2): None}
    publish(place, "three", D2)

    again = geoward(*VERSION_1, "--json").document
    shown = geoward(*VERSION_1).stdout

    assert fits(again, "withdraw") and again["done_before"]
    assert again["shows_now"] == {str(D1): None, str(D2): 5}
    assert again["partitions"] == emptied["partitions"], "what it did is told as before"
    assert "Nothing is left to take back: no date shows version 1." in shown
    assert [line.split() for line in shown.splitlines() if line.startswith("2024")] == [
        [str(D1), "nothing"], [str(D2), "version", "5"],
    ]  # fmt: skip


def test_a_withdrawal_without_a_reason_is_wrong_use(place, geoward):
    assert isinstance(geoward(*VERSION_2, " ").exception, UsageError)


def everything(home):
    return {
        path.relative_to(home.path).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in home.path.rglob("*")
    }


def interrupted(place, owner, name, *, of):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            of(place)


def publishing(place):
    publish_as_a_run(place, "three", D2)


def withdrawing(place):
    withdraw(place, TABLE.name, 2, "begun")


LEFT = {
    "nothing": lambda place: None,
    "staged files": lambda place: stage(place, "dead", D2),
    "an intention": lambda place: interrupted(place, commit, "_opened", of=publishing),
    "a commit without a manifest": lambda place: interrupted(place, manifest, "complete", of=publishing),
    "an untold publication": lambda place: interrupted(place, Catalog, "record_all", of=publishing),
    "a begun withdrawal": lambda place: interrupted(place, commit, "_opened", of=withdrawing),
    "an untold withdrawal": lambda place: interrupted(place, finish_withdrawals, "audit_many", of=withdrawing),
}


@pytest.mark.parametrize("left", LEFT)
def test_a_dry_run_changes_no_byte_whatever_a_killed_run_left_and_tells_what_will_be(place, geoward, left):
    LEFT[left](place)
    before = everything(place.home)
    newest = max(place.lake.table(TABLE.name).version(), 2)
    version = ("withdraw", TABLE.name, "--version", 2 if "withdrawal" in left else newest, "--region", "eu")

    looked = geoward(*version, "--reason", "wrong", "--dry-run", "--json").document
    assert everything(place.home) == before

    done = geoward(*version, "--reason", "wrong", "--json").document
    assert looked["partitions"] == done["partitions"] and done["new_version"]


def test_a_dry_run_in_a_region_where_nothing_was_published_makes_nothing(place, geoward):
    before = everything(place.home)

    refused = geoward("withdraw", TABLE.name, "--version", 1, "--region", "us", "--reason", "x", "--dry-run")
    assert isinstance(refused.exception, UsageError) and everything(place.home) == before


def test_a_dry_run_waits_for_nobody(place, geoward, live_run):
    assert geoward(*VERSION_2, "wrong zone", "--dry-run", "--json").document["new_version"] is None
