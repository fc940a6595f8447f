"""What a killed run leaves and what the next one makes of it; the kills are real, Spark is not there."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from jobs import manifest
from jobs.audit_log import read_audit
from jobs.commit import app_id
from jobs.job_inputs import Workplace
from jobs.lake import Lake
from jobs.run_ledger import RunLedger
from jobs.run_lock import give_run_lock
from jobs.staged import Staged
from jobs.take_over import take_over
from quality.contracts.errors import PublishedMeanwhile
from tests.jobs.publisher import POINTS, TABLE, publish
from tests.jobs.test_plan import land, refuse
from tests.jobs.test_withdraw import shown

ROOT = Path(__file__).parents[2]
D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    yield place
    give_run_lock(home)


def publisher(point, *words):
    """Start a process that publishes and, at that point, kills itself."""
    return subprocess.Popen([sys.executable, "-m", "tests.jobs.publisher", point, *map(str, words)], cwd=ROOT)


def killed_at(point, *words):
    assert publisher(point, *words).wait() == -signal.SIGKILL, "it came to the point and died there"


def stages(place):
    return sorted(path.name for path in place.lake.path(TABLE.name).glob("stage-*"))


@pytest.mark.parametrize("point", POINTS)
def test_a_reader_sees_the_old_or_the_whole_new_day_and_a_rerun_ends_right(place, point):
    publish(place, "old", D1, D2)

    killed_at(point, "new", D2)
    seen = shown(place)
    take_over(place.home)

    committed = point in ("committed-before-the-manifest", "manifest-before-it-is-done")
    assert seen == shown(place) == {D1: "old", D2: "new" if committed else "old"}
    assert stages(place) == (["stage-new", "stage-old"] if committed else ["stage-old"]), "unaudited rows are gone"
    assert list(manifest.pending(place.region.root)) == []
    publish(place, "again", D2)
    assert shown(place) == {D1: "old", D2: "again"}
    versions = manifest.versions(place.lake.path(TABLE.name))
    assert versions == list(range(1, place.lake.table(TABLE.name).version() + 1)), "each version has its manifest"


def test_the_first_publication_of_a_table_can_be_killed_too(place):
    killed_at("intended-before-the-commit", "new", D1)
    take_over(place.home)

    publish(place, "again", D1)
    assert shown(place) == {D1: "again"}


def test_a_killed_run_is_entered_as_such_for_auditors(place):
    begun = RunLedger(place.region).entered("r1", TABLE.name, [D1])
    begun.__enter__()
    take_over(place.home)

    assert RunLedger(place.region).newest()[TABLE.name].state == "killed"
    assert [entry["detail"] for entry in read_audit(place.home) if entry["outcome"] == "killed"] == [{"run_id": "r1"}]


def test_a_run_that_holds_the_installation_never_clears_up_its_own_files(place):
    take_over(place.home)
    manifest.begin(place.lake.path(TABLE.name), "mine")

    take_over(place.home)

    assert [run_id for _, run_id in manifest.pending(place.region.root)] == ["mine"]


def test_transaction_ids_rise_for_each_partition_so_that_an_older_backfill_is_not_skipped(place):
    for mark in ("one", "two", "three"):
        publish(place, mark, D2)
    publish(place, "backfill", D1)

    assert shown(place) == {D1: "backfill", D2: "three"}
    table = place.lake.table(TABLE.name)
    assert [table.transaction_version(app_id(TABLE.name, day)) for day in (D1, D2)] == [1, 3]


def test_what_another_run_published_since_the_inputs_were_read_is_not_undone(place):
    publish(place, "old", D1, D2)
    claims = place.lake.claims(TABLE.name, [D1, D2])
    publish(place, "other", D2)

    with pytest.raises(PublishedMeanwhile, match="raw.pings for region eu on 2024-05-02 was published by another run"):
        place.lake.publish(Staged(TABLE, place.lake.path(TABLE.name), ()), [D2], {"run_id": "late"}, claims)
    assert shown(place)[D2] == "other"
    place.lake.publish(Staged(TABLE, place.lake.path(TABLE.name), ()), [D1], {"run_id": "late"}, claims)
    assert shown(place) == {D2: "other"}, "the other date was not touched meanwhile"


def test_a_reader_polling_during_twenty_publications_sees_one_whole_generation_of_a_day(place):
    days = f"{D1},{D2}"
    words = [word for generation in range(20) for word in (f"g{generation:02}", days)]
    writer = publisher("-", *words)
    seen = []
    while writer.poll() is None:
        day = shown(place)
        assert day == {} or (set(day) == {D1, D2} and len(set(day.values())) == 1)
        seen += day.values()

    assert shown(place) == {D1: "g19", D2: "g19"}
    assert seen == sorted(seen), "no reader ever goes back"
    assert len(set(seen)) >= 3, "it really read while the other wrote"


def test_manifests_are_a_chain_over_every_file_and_commit(place):
    publish(place, "one", D1)
    publish(place, "two", D1, D2)
    path = place.lake.path(TABLE.name)

    first, second = manifest.history(path)
    assert second.previous == manifest.sha256_of(manifest.manifest_file(path, 1))
    assert set(first.logs) == {"0", "1"} and set(second.logs) == {"2"}
    assert second.logs["2"] == manifest.sha256_of(manifest.log_file(path, 2))
    active = manifest.active([first, second])
    assert {day: [file.path for _, file in files] for day, files in active.items()} == {
        str(day): [f"stage-two/event_date={day}/p.parquet"] for day in (D1, D2)
    }
    for file in second.files:
        assert file.sha256 == manifest.sha256_of(path / file.path)


def test_giving_up_a_stage_forgets_it(place):
    lake: Lake = place.lake
    manifest.begin(lake.path(TABLE.name), "bad")
    lake.discard(TABLE.name, "bad")

    assert list(manifest.pending(place.region.root)) == []


def test_what_a_killed_process_left_half_written_among_manifests_goes(place):
    publish(place, "one", D1)
    half = manifest.manifest_file(place.lake.path(TABLE.name), 2).with_name("x.json.1-0a.part")
    half.write_text("{")

    take_over(place.home)
    assert not half.exists() and manifest.versions(place.lake.path(TABLE.name)) == [1]


def test_what_is_not_a_manifest_is_refused(place):
    path = place.lake.path(TABLE.name)
    publish(place, "one", D1)
    manifest.manifest_file(path, 1).write_text('{"version": 1}')

    with pytest.raises(ValueError, match="not a manifest"):
        manifest.read(path, 1)
