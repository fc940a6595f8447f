"""Each kind of damage is done by hand to a tiny table, and found; none is found where none was done."""

from __future__ import annotations

import json
from datetime import date

import pytest

from jobs import manifest
from jobs.audit_log import audit
from jobs.fsck import Checked, fsck
from jobs.job_inputs import Workplace
from jobs.land_files import LANDING
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import FILE, land, refuse

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    publish(place, "one", D1, D2)
    publish(place, "two", D2)
    return place


def table(place):
    return place.lake.path(TABLE.name)


def data(place, mark="one", day=D1):
    return table(place) / f"stage-{mark}" / f"event_date={day}" / "p.parquet"


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def kinds(place, *tables):
    return [one.kind for one in fsck(place.home, tables=tables or (TABLE.name,), checked=Checked())]


def test_an_untouched_lake_is_as_it_was_published_and_counted(place):
    checked = Checked()

    assert list(fsck(place.home, tables=(TABLE.name,), checked=checked)) == []
    assert (checked.tables, checked.versions, checked.files) == (1, 2, 2)
    assert checked.bytes == data(place).stat().st_size + data(place, "two", D2).stat().st_size


@pytest.mark.parametrize("where", [0, 4, 0.25, 0.5, 0.75, -1])
def test_one_changed_bit_of_a_published_file_is_found(place, where):
    path = data(place)
    flip(path, where if isinstance(where, int) else int(path.stat().st_size * where))

    [found] = fsck(place.home, tables=(TABLE.name,), checked=Checked())
    assert (found.kind, found.region, found.path) == (
        "file_changed", "eu", f"raw/pings/stage-one/event_date={D1}/p.parquet",
    )  # fmt: skip
    assert f"geoward run raw.pings --date {D1} --force" in found.mend


def test_a_missing_file_is_found_and_one_that_no_reader_is_shown_is_not_missed(place):
    data(place, "one", D2).unlink()
    assert kinds(place) == []

    data(place).unlink()
    assert kinds(place) == ["file_missing"]


def test_an_added_file_is_found_wherever_it_lies(place):
    (data(place).parent / "q.parquet").write_bytes(b"more")
    (table(place) / "stage-dead").mkdir()
    (table(place) / "stage-dead" / "p.parquet").write_bytes(b"more")

    assert kinds(place) == ["file_added", "file_added"]


def test_what_a_run_stages_now_is_told_apart_from_what_nobody_owns(place):
    manifest.begin(table(place), "alive")
    (table(place) / "stage-alive").mkdir()
    (table(place) / "stage-alive" / "p.parquet").write_bytes(b"rows")

    assert kinds(place) == ["unfinished"]


def test_an_edited_a_missing_and_an_added_commit_are_found(place):
    log = manifest.log_file(table(place), 1)
    original = log.read_text()
    log.write_text(original.replace('"one"', '"two"'))
    assert kinds(place) == ["log_edited"]
    log.write_text(original)
    assert kinds(place) == []

    entry = {"commitInfo": {"timestamp": 0, "operation": "WRITE"}}
    manifest.log_file(table(place), 3).write_text(json.dumps(entry) + "\n")
    assert kinds(place) == ["log_added"]


def test_a_commit_of_another_hand_that_hides_rows_is_found(place):
    from deltalake import DeltaTable

    DeltaTable(table(place)).delete(f"event_date = '{D1}'")

    assert set(kinds(place)) == {"log_added", "state_differs"}


def test_an_edited_manifest_shows_in_the_next_one(place):
    path = manifest.manifest_file(table(place), 1)
    path.write_text(path.read_text().replace('"run_id": "one"', '"run_id": "two"'))

    assert kinds(place) == ["manifest_edited"]


def test_manifests_made_anew_show_against_the_audit_log(place):
    path = manifest.manifest_file(table(place), 2)
    audit(place.home, "run", TABLE.name, "published", region="eu", version=2, manifest=manifest.sha256_of(path))
    assert kinds(place) == []

    path.write_text(path.read_text().replace('"run_id": "two"', '"run_id": "zzz"'))
    assert kinds(place) == ["manifest_edited"]


def test_a_manifest_that_is_none_is_found(place):
    manifest.manifest_file(table(place), 2).write_text("{}")

    assert "manifest_edited" in kinds(place)


def test_landed_files_are_held_to_their_names(place):
    found = list(fsck(place.home, checked=Checked()))
    assert [one.kind for one in found] == ["landed_missing"], "the fixture entered a file and kept no bytes"

    (place.region.folder(LANDING) / f"{FILE.file_id}.csv").write_bytes(b"other")
    found = list(fsck(place.home, checked=Checked()))
    assert [(one.kind, one.path) for one in found] == [("landed_changed", f"landing/{FILE.file_id}.csv")]


def test_before_anything_landed_there_is_nothing_to_check(home):
    assert list(fsck(home, checked=Checked())) == []
