"""A publication's commit, manifest, audit line and catalog entry, when a write between them fails. No Spark."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest

from jobs import finish_publications, manifest, publish_table, unfinished
from jobs.audit_chain import entry_files
from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path
from jobs.catalog import Catalog
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from jobs.plan import plan
from jobs.publications import Publishing
from jobs.quarantine import quarantine_contract
from jobs.run import Run
from jobs.run_lock import give_run_lock
from jobs.staged import Staged
from jobs.take_over import clear_up, take_over
from jobs.withdraw import withdraw
from quality.contracts.errors import EnvironmentFault, PublishedBefore, PublishedMeanwhile
from tests.jobs.publisher import TABLE, publish, publish_as_a_run, stage
from tests.jobs.test_plan import land, refuse
from tests.jobs.test_withdraw import shown

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)
BAD = quarantine_contract(TABLE.name)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    yield place
    give_run_lock(home)


def without_manifest(place, mark, *days):
    """Publish; the disk is full when the manifest is written."""
    with pytest.MonkeyPatch.context() as patch:
        write = manifest.write_whole

        def refuse_manifests(path, text):
            if path.suffix == ".json":
                raise OSError(errno.ENOSPC, "No space left on device")
            write(path, text)

        patch.setattr(manifest, "write_whole", refuse_manifests)
        with pytest.raises(OSError, match="No space left"):
            publish(place, mark, *days)


def damages(place):
    """Return what is damaged, but for versions that were committed here without a word to auditors."""
    found = fsck(place.home, tables=(TABLE.name,), checked=Checked())
    return [(one.kind, one.path) for one in found if "nobody was ever told" not in one.what]


def test_what_was_committed_without_a_manifest_survives_a_later_commit_and_the_clearing_up(place):
    without_manifest(place, "first", D1)
    publish(place, "second", D2)
    take_over(place.home)

    assert shown(place) == {D1: "first", D2: "second"}
    assert damages(place) == []
    assert [one.run_id for one in manifest.history(place.lake.path(TABLE.name))] == ["first", "second"]


def test_a_run_that_failed_after_its_commit_does_not_discard_what_it_published(place):
    without_manifest(place, "first", D1)
    place.lake.discard(TABLE.name, "first")
    publish(place, "second", D1)
    place.lake.discard(TABLE.name, "first")

    assert shown(place) == {D1: "second"}
    assert (place.lake.path(TABLE.name) / "stage-first").exists(), "a withdrawal falls back to it"
    assert damages(place) == []


def test_a_run_killed_right_after_its_manifest_keeps_what_it_published(place):
    publish(place, "one", D1)
    path = place.lake.path(TABLE.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "give_up", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(place, "two", D1)
    take_over(place.home)

    assert shown(place) == {D1: "two"} and damages(place) == []
    assert manifest.begun(path) == []


def test_a_stage_that_only_an_older_version_names_is_never_removed(place):
    publish(place, "old", D1, code="older")
    bad = publish(place, "new", D1)
    with place.lake.locked():
        unfinished.remove(place.lake.path(TABLE.name), "old")
    withdraw(place, TABLE.name, bad, "bad")

    assert shown(place) == {D1: "old"}


def test_a_withdrawal_knows_what_was_committed_without_a_manifest(place):
    publish(place, "old", D1, code="older")
    without_manifest(place, "unsaid", D1)
    version = place.lake.table(TABLE.name).version()

    withdraw(place, TABLE.name, version, "bad")

    assert shown(place) == {D1: "old"}


def test_a_stage_that_cannot_be_removed_stays_known_as_unfinished(place, monkeypatch):
    path = place.lake.path(TABLE.name)
    manifest.begin(path, "stuck")
    (path / "stage-stuck").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        place.lake.discard(TABLE.name, "stuck")
    assert manifest.begun(path) == ["stuck"]

    take_over(place.home)
    assert manifest.begun(path) == [] and not (path / "stage-stuck").exists()


def test_a_damaged_commit_of_another_run_is_no_reason_to_remove_or_to_stop(place):
    publish(place, "old", D1)
    path = place.lake.path(TABLE.name)
    manifest.begin(path, "new")
    manifest.log_file(path, 2).write_bytes(b"\xff not a commit\n")

    assert unfinished.committed(path, "new") is None


def test_an_unreadable_intention_is_looked_for_in_every_version(place):
    version = publish(place, "old", D1)
    path = place.lake.path(TABLE.name)
    (path / "_manifest" / "old.pending").write_text("{")

    assert unfinished.committed(path, "old") == version


def test_what_failed_between_audit_log_and_catalog_is_stale_and_a_rerun_repairs_both(place):
    failing(place, "new", D1, of=(finish_publications, "audit_many"))

    assert D1 in why(place), "not audited is not fresh"
    publish_as_a_run(place, "again", D1)
    assert audited(place) == ["new", "again"], "the version that readers were shown meanwhile has its line too"
    assert D1 not in why(place)


@pytest.mark.parametrize("by_a_run", [True, False])
@pytest.mark.parametrize("step", [(finish_publications, "audit_many"), (Catalog, "record_all")])
def test_whoever_comes_next_ends_an_interrupted_publication_and_each_version_has_one_line(place, step, by_a_run):
    failing(place, "new", D1, of=step, quarantine=())

    if by_a_run:
        publish_as_a_run(place, "later", D2)
    take_over(place.home)

    assert sorted(audited(place, BAD.name)) == ["new"]
    assert audited(place)[0] == "new" and audited(place).count("new") == 1
    assert D1 not in why(place), "what is published is known, so that nothing is made again"


@pytest.mark.parametrize("step", [(finish_publications, "audit_once"), (Catalog, "record_all")])
def test_ending_a_publication_can_itself_be_interrupted(place, step):
    failing(place, "new", D1, of=(finish_publications, "audit_many"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*step, Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_over(place.home)
    give_run_lock(place.home)
    take_over(place.home)

    assert audited(place) == ["new"] and D1 not in why(place)


def test_a_quarantine_that_was_committed_alone_has_its_line_and_the_dates_are_made_again(place):
    publish(place, "old", D1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish_table, "_commit", lambda place, run, *_: only_the_quarantine(place, run))
        with pytest.raises(ZeroDivisionError):
            publish_as_a_run(place, "new", D1)
    take_over(place.home)

    assert (audited(place), audited(place, BAD.name)) == (["old"], ["new"])
    assert why(place)[D1] == "its publication was interrupted"
    assert place.catalog.begun_publications() == []


def only_the_quarantine(place, run):
    empty = Staged(BAD, place.lake.path(BAD.name), ())
    place.lake.commit(empty, run.dates, {"run_id": run.run_id})
    return 1 / 0


def test_a_publication_that_was_begun_and_not_committed_is_forgotten_and_its_dates_are_made_again(place):
    publish(place, "old", D1)
    place.catalog.begin_publication(Publishing("other", TABLE.name, ((D1, "", {}, {}),)))
    take_over(place.home)

    assert place.catalog.begun_publications() == [] and audited(place) == ["old"]
    assert why(place)[D1] == "its publication was interrupted"


def test_a_publication_of_a_damaged_table_stops_nobody_and_is_ended_when_the_table_is_mended(place):
    failing(place, "new", D1, of=(finish_publications, "audit_many"))
    proof = manifest.manifest_file(place.lake.path(TABLE.name), 1)
    content = proof.read_text()
    proof.unlink()
    take_over(place.home)
    assert audited(place) == []

    proof.write_text(content)
    give_run_lock(place.home)
    take_over(place.home)
    assert audited(place) == ["new"]


def test_while_a_publication_cannot_be_ended_its_table_is_neither_published_nor_taken_back(place):
    publish(place, "old", D1, code="older")
    failing(place, "new", D1, of=(finish_publications, "audit_many"))
    [entry] = entry_files(audit_path(place.home), 0) or entry_files(audit_path(place.home), 1)
    content = entry.read_bytes()
    entry.write_bytes(content[:100])
    told = []
    clear_up(place.home, place.region, told.append)
    assert told == ["eu: the publication of raw.pings by run new cannot be ended; see `geoward fsck`"]

    for change in (lambda: publish_as_a_run(place, "newer", D1), lambda: withdraw(place, TABLE.name, 2, "leak")):
        with pytest.raises(EnvironmentFault, match=r"raw.pings.*begun and cannot be ended"):
            change()
    assert place.lake.table(TABLE.name).version() == 2

    entry.write_bytes(content)
    assert withdraw(place, TABLE.name, 2, "leak").new_version == 3
    assert audited(place) == ["old", "new"] and place.catalog.begun_publications() == []
    assert D1 not in why(place), "it is not made again"


def test_an_interrupted_publication_is_stale_even_if_its_cause_was_taken_back(place):
    publish(place, "good", D1)
    assert D1 not in why(place)
    failing(place, "new", D1, of=(finish_publications, "audit_many"), code="of a version that was rolled back")

    assert why(place)[D1] == "its publication was interrupted"


def test_a_run_that_comes_too_late_leaves_the_quarantine_of_the_other_alone(place):
    bad = quarantine_contract(TABLE.name)
    claims = place.lake.claims(TABLE.name, [D1])
    publish(place, "other", D1)
    mine, theirs = (Staged(each, place.lake.path(each.name), ()) for each in (TABLE, bad))

    with pytest.raises(PublishedMeanwhile):
        publish_table.publish_table(place, Run("late", (D1,), claims=claims), mine, [], theirs)
    assert place.lake.table(bad.name) is None


def failing(place, mark, *days, of, code="", quarantine=None):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*of, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_as_a_run(place, mark, *days, code=code, quarantine=quarantine)


def audited(place, table=TABLE.name):
    lines = [entry for entry in read_audit(place.home) if entry["outcome"] == "published"]
    return [entry["detail"]["run_id"] for entry in lines if entry["subject"] == table]


def why(place):
    return {one.date: one.reason for one in plan(place) if one.table == TABLE.name}


def test_a_run_started_again_under_its_name_cannot_overwrite_what_it_published(place):
    publish(place, "one", D1)

    with pytest.raises(PublishedBefore, match="Run one has published raw.pings for region eu before"):
        place.lake.begin(TABLE, "one")
    assert shown(place) == {D1: "one"} and damages(place) == []


def test_a_run_started_again_under_its_name_begins_with_an_empty_stage(place):
    stage(place, "one", D1)

    assert not place.lake.begin(TABLE, "one").exists()
    assert manifest.begun(place.lake.path(TABLE.name)) == ["one"]


def test_nothing_is_committed_to_a_table_whose_newest_manifest_is_damaged_and_no_run_stops_for_it(place):
    publish(place, "first", D1)
    without_manifest(place, "second", D2)
    manifest.manifest_file(place.lake.path(TABLE.name), 1).write_text("{")
    told = []

    with pytest.raises(EnvironmentFault, match="newest manifest of raw.pings is damaged"):
        publish(place, "third", D1)
    take_over(place.home, told.append)

    assert shown(place) == {D1: "first", D2: "second"}
    assert told == ["eu: raw.pings: its log or a manifest is damaged; see `geoward fsck`"]


@pytest.mark.parametrize("which", [TABLE, BAD])
@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_staged_file_that_is_gone_or_cut_keeps_table_and_quarantine_as_they_were(place, which, harm):
    publish_as_a_run(place, "old", D1, quarantine=())
    before = shown(place), place.lake.table(BAD.name).version()
    rows, bad = stage(place, "new", D1), stage(place, "new", D1, table=BAD)
    harm(place.lake.path(which.name) / "stage-new" / f"event_date={D1}" / "p.parquet")

    with pytest.raises(EnvironmentFault, match=f"1 of 1 files of {which.name} are gone or cut"):
        publish_table.publish_table(place, Run("new", (D1,), claims=place.lake.claims(TABLE.name, [D1])), rows, [], bad)
    assert (shown(place), place.lake.table(BAD.name).version()) == before
    assert place.catalog.begun_publications() == []


def test_no_commit_names_a_file_that_is_gone(place):
    staged = stage(place, "one", D1)
    (staged.root / staged.files[0].path).unlink()

    with pytest.raises(EnvironmentFault, match="gone or cut"):
        place.lake.publish(staged, [D1], {"run_id": "one"})
    assert place.lake.table(TABLE.name) is None, "not even the empty table was made"


def test_each_step_of_a_publication_is_on_the_disk_before_the_next(place, monkeypatch):
    assert place.keys, "auditors were told of them"
    order, real, entries = [], os.fsync, len(read_audit(place.home))

    def fsync(descriptor):
        order.append(Path(f"/proc/self/fd/{descriptor}").readlink().as_posix())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    publish_as_a_run(place, "one", D1)

    root = place.lake.path(TABLE.name).as_posix()
    steps = [
        f"{root}/stage-one/event_date={D1}/p.parquet", f"{root}/_manifest/one.pending",
        f"{root}/_delta_log/{1:020}.json", f"{root}/_manifest/{1:020}.json",
        f"{audit_path(place.home)}/_delta_log/{entries:020}.json", f"{place.home.path}/audit.head",
    ]  # fmt: skip
    rest = iter(order)
    assert [step for step in steps if not any(path.startswith(step) for path in rest)] == []
