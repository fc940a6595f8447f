"""What audit log and catalog say of a table, also when it was set aside and made again."""

from __future__ import annotations

import shutil

import pytest

from jobs.run_lock import give_run_lock
from jobs.witnesses import Witness, audited
from tests.jobs.damaged import D1, D2, kinds, log, proof, table, twice_published
from tests.jobs.publisher import TABLE, publish


@pytest.fixture
def place(home):
    yield twice_published(home)
    give_run_lock(home)


def heard(*said):
    witness = Witness()
    for version, run_id, digest in said:
        witness.hear(version, run_id, digest)
    return witness


@pytest.mark.parametrize(
    ("said", "newest", "twice"),
    [
        pytest.param([], -1, set(), id="nothing"),
        pytest.param([(1, "a", "x"), (1, "a", "x"), (2, "b", "y")], 2, set(), id="two-dates-of-one-run"),
        pytest.param([(1, "a", "x"), (2, "b", "y"), (3, "c", "z"), (1, "d", "w")], 1, set(), id="made-anew"),
        pytest.param([(1, "a", "x"), (2, "b", "y"), (2, "c", "z")], 2, {2}, id="taken-back-and-published-over"),
    ],
)
def test_a_table_begins_anew_with_its_first_version_and_with_no_other(said, newest, twice):
    witness = heard(*said)

    assert (witness.newest, witness.twice) == (newest, twice)


def test_withdrawals_are_heard_under_the_version_they_made_and_other_entries_are_not():
    entries = [
        {"kind": "run", "outcome": outcome, "region": "eu", "subject": "raw.pings", "detail": detail}
        for outcome, detail in (
            ("published", {"version": 4, "run_id": "a", "manifest": "x"}),
            ("withdrawn", {"version": 4, "new_version": 5, "run_id": "b", "manifest": "y"}),
            ("failed: disk full", {"version": 9}), ("published", {}),
        )
    ]  # fmt: skip

    assert audited(entries) == {("eu", "raw.pings"): Witness(5, {4: "x", 5: "y"}, set(), {"a", "b"})}


def set_aside_and_made_again(place):
    table(place).rename(place.region.root / "raw_pings_aside")
    publish(place, "again", D1, D2)


def test_after_a_table_was_set_aside_and_made_again_only_what_was_set_aside_is_told(place):
    set_aside_and_made_again(place)

    assert kinds(place) == []
    newest = place.catalog.published()[TABLE.name, D2]
    assert newest[2]["run_id"] == "again", "the plan goes by what is there now, though its version is lower"


def test_a_table_that_was_made_again_is_held_to_its_new_versions(place):
    set_aside_and_made_again(place)
    publish(place, "later", D2)
    assert kinds(place) == []

    proof(place, 2).unlink()
    log(place, 2).unlink()
    shutil.rmtree(table(place) / "stage-later")
    assert kinds(place) == ["table_rolled_back"]
