"""What audit log and catalog say of a table, also when it was set aside and made again."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from jobs import audit_log, commit, finish_publications, manifest
from jobs.catalog import Catalog
from jobs.run_lock import give_run_lock
from jobs.take_over import take_over
from jobs.witnesses import Witness, audited
from tests.jobs.damaged import D1, D2, kinds, log, proof, table, twice_published
from tests.jobs.publisher import TABLE, publish, publish_as_a_run


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


def test_a_clock_that_was_set_back_makes_no_table_look_rolled_back(place, monkeypatch):
    real = audit_log.now
    monkeypatch.setattr(audit_log, "now", lambda: real() - timedelta(days=3))
    publish(place, "three", D2)
    assert kinds(place) == []

    set_aside_and_made_again(place)
    assert kinds(place) == []
    monkeypatch.setattr(audit_log, "now", lambda: real() + timedelta(days=3))
    publish(place, "later", D2)
    assert kinds(place) == []


STEPS = {
    "staged": ((manifest, "intend", 2), ["table_missing", "unfinished"]),
    "the empty table made": ((commit, "_add", 1), ["table_missing", "unfinished"]),
    "committed": ((manifest, "complete", 1), ["unfinished"]),
    "manifest written": ((manifest, "give_up", 1), ["unfinished"]),
    "published": ((finish_publications, "audit_many", 1), ["unfinished"]),
    "told to auditors": ((Catalog, "record_all", 1), ["unfinished"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_rebuild_that_is_killed_early_is_unfinished_and_no_table_taken_back(place, step):
    table(place).rename(place.region.root / "raw_pings_aside")
    (owner, name, nth), told = STEPS[step]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, failing(getattr(owner, name), nth))
        with pytest.raises(ZeroDivisionError):
            publish_as_a_run(place, "again", D1, D2)
    assert kinds(place) == told

    take_over(place.home)
    assert kinds(place) == (["table_missing"] if "table_missing" in told else [])
    publish_as_a_run(place, "at last", D1, D2)
    assert kinds(place) == []


def failing(real, nth):
    """Return a call that never comes back when it is made for the ``nth`` time."""
    left = [nth]

    def call(*args, **kwargs):
        left[0] -= 1
        return real(*args, **kwargs) if left[0] else 1 / 0

    return call


def test_a_rebuilt_table_that_is_taken_back_is_found_though_its_beginning_is_another(place):
    set_aside_and_made_again(place)
    publish_as_a_run(place, "later", D2)
    proof(place, 2).unlink()
    log(place, 2).unlink()

    assert set(kinds(place)) == {"table_rolled_back"}


def test_a_table_that_was_made_again_is_held_to_its_new_versions(place):
    set_aside_and_made_again(place)
    publish(place, "later", D2)
    assert kinds(place) == []

    proof(place, 2).unlink()
    log(place, 2).unlink()
    shutil.rmtree(table(place) / "stage-later")
    assert kinds(place) == ["table_rolled_back"]
