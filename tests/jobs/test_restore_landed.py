"""A catalog that was lost is made again from the kept files: each under its own mapping, with its own name and time."""

from __future__ import annotations

import json
import stat

import pytest

from jobs.audit_log import audit
from jobs.catalog import Catalog
from jobs.land_files import land_files
from jobs.landed_notes import ENTRIES
from jobs.listings.landed import RESTORE_OUTCOMES
from jobs.replay_quarantine import replay
from jobs.restore_landed import restore_landed
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.audited import audited
from tests.jobs.kept import shred

HEADER, RENAMED = "id,who,at,lat,lon,note,extra", "id,person,at,lat,lon,note,extra"


@pytest.fixture
def root(home):
    return home.region("eu").root


@pytest.fixture
def mapped(mapping_file):
    """Write the mapping with another name of its own, or another column."""

    def mapped(name="tiny", column="who"):
        path = mapping_file()
        path.write_text(path.read_text().replace("name: tiny", f"name: {name}").replace("from: who", f"from: {column}"))
        return str(path)

    return mapped


@pytest.fixture
def land(home, log_file):
    """Land a file of that id under a mapping, and return its kept copy's name."""

    def land(mapping, row, header=HEADER):
        path = log_file(f"{row},a,2026-06-01T00:00:00Z,1,2,,", name=f"{row}.csv", header=header)
        [landed] = land_files(home, home.region("eu"), load_mapping(mapping), mapping_text(mapping), [path])
        return f"{landed.file_id}.csv"

    return land


def files(home):
    return Catalog(home.region("eu")).files()


def lose(root):
    (root / "catalog.sqlite").rename(root / "catalog_aside.sqlite")


def outcomes(listing):
    return {one.name: (one.source, one.outcome, one.reason) for one in listing.files}


def test_each_file_comes_back_to_its_own_source_with_its_mapping_name_and_landing_time(home, root, mapped, land):
    land(mapped("one"), 1)
    land(mapped("one", "person"), 2, RENAMED)
    land(mapped("two"), 3)
    land(mapped("three"), 3)
    land(mapped("two"), 4, RENAMED)
    before = files(home)
    lose(root)

    restored = restore_landed(home, "eu")

    assert (files(home), restored.ok, restored.known) == (before, True, 0)
    assert {file.source: file.reason for file in before if file.name == "4.csv"} == {"two": "missing_column:who"}
    assert len(restored.files) == 5 and outcomes(restored)["4.csv"] == ("two", "quarantined", "missing_column:who")
    entry = audited(home)[-1]
    assert entry["detail"]["files"] == {"landed": 4, "quarantined": 1} and ".csv" not in json.dumps(entry)
    again = restore_landed(home)
    assert (again.files, again.known) == ([], 5)


def test_a_file_comes_back_under_the_mapping_that_a_replay_gave_it(home, root, mapped, land):
    land(mapped(), 1, RENAMED)
    replay(home, mapped(column="person"))
    before = files(home)
    lose(root)

    restore_landed(home)

    assert files(home) == before and before[0].reason == ""


def test_a_file_that_stayed_unreadable_comes_back_with_its_first_cause(home, root, mapped, land):
    land(mapped(), 1, RENAMED)
    replay(home, mapped(column="actor"))
    before = files(home)
    lose(root)

    restore_landed(home)

    assert files(home) == before and before[0].reason == "missing_column:who"


def test_a_dry_run_says_the_same_and_changes_nothing(home, root, mapped, land):
    land(mapped(), 1)
    lose(root)

    foretold = restore_landed(home, dry_run=True)

    assert not (root / "catalog.sqlite").exists() and audited(home) == []
    assert foretold.files == restore_landed(home).files


def test_what_cannot_be_entered_is_told_with_its_mend_and_stops_no_other(home, root, mapped, land):
    gone, changed = land(mapped(), 1), land(mapped(), 2)
    land(mapped("lost"), 3)
    unsaid = land(mapped(), 4)
    land(mapped(), 5)
    land(mapped(), 6, RENAMED)
    shred(home, land(mapped(), 7)[:64])
    [lost] = {file.mapping_version for file in files(home) if file.source == "lost"}
    lose(root)
    (root / "landing" / gone).unlink()
    (root / "landing" / changed).write_text("planted")
    (root / "mappings" / f"{lost}.yaml").unlink()
    (root / ENTRIES / "tiny" / f"{unsaid[:64]}.json").unlink()

    restored = restore_landed(home)

    assert {one.outcome for one in restored.files} == set(RESTORE_OUTCOMES) and not restored.ok
    assert [file.name for file in files(home)] == ["5.csv", "6.csv"]
    mends = {one.outcome: one.mend for one in restored.files}
    assert f"geoward ingest --source SOURCE --region eu landing/{unsaid}`" in mends["source_unknown"]
    assert "who delivered it" in mends["source_unknown"]
    assert "geoward ingest --source tiny --region eu FILE`" in mends["kept_bytes_gone"]


def test_one_that_was_killed_midway_leaves_no_half_of_a_catalog_and_the_next_goes_on(home, root, mapped, land):
    land(mapped(), 1)
    land(mapped(), 2)
    before = files(home)
    lose(root)

    with pytest.MonkeyPatch.context() as patch:
        real, entered = Catalog.land, []

        def killed_after_one(catalog, file):
            if entered:
                raise KeyboardInterrupt
            entered.append(real(catalog, file))

        patch.setattr(Catalog, "land", killed_after_one)
        with pytest.raises(KeyboardInterrupt):
            restore_landed(home)

    with pytest.raises(EnvironmentFault, match="its catalog is gone"):
        Catalog(home.region("eu"))
    restore_landed(home)
    assert files(home) == before
    assert {path.name for path in root.glob("*catalog*")} == {"catalog.sqlite", "catalog_aside.sqlite"}
    assert stat.S_IMODE((root / "catalog.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "a"}'])
def test_a_note_that_cannot_be_read_is_as_good_as_none(home, root, mapped, land, text):
    copy = land(mapped(), 1)
    lose(root)
    (root / ENTRIES / "tiny" / f"{copy[:64]}.json").write_text(text)

    assert outcomes(restore_landed(home)) == {copy: ("", "source_unknown", "")}


def test_a_catalog_that_cannot_be_read_is_to_be_set_aside_first(home, root, mapped, land):
    land(mapped(), 1)
    (root / "catalog.sqlite").write_bytes(b"no SQLite" * 99)

    with pytest.raises(EnvironmentFault, match=r"cannot be read.*geoward fsck"):
        restore_landed(home)


def test_a_region_that_is_not_mounted_is_not_taken_for_one_where_nothing_landed(home, root):
    audit(home, "run", "raw.pings", "published", region="eu", version=1, run_id="r")

    with pytest.raises(EnvironmentFault, match="mounted"):
        restore_landed(home)
    assert not root.exists()


def test_a_region_where_nothing_landed_is_not_made(home, root):
    assert restore_landed(home).files == []
    assert not root.exists()


def test_what_landed_before_files_said_their_source_says_it_from_the_next_ingest_on(home, root, mapped, land):
    old = land(mapped(), 1)
    for note in root.glob(f"{ENTRIES}/*/*"):
        note.unlink()
    land(mapped(), 2)
    before = files(home)

    assert (root / ENTRIES / "tiny" / f"{old[:64]}.json").exists()
    lose(root)
    restore_landed(home)
    assert files(home) == before


def test_what_is_noted_is_for_the_owner_alone(root, mapped, land):
    land(mapped(), 1)

    [note] = root.glob(f"{ENTRIES}/*/*")
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_the_same_bytes_again_do_not_change_what_is_noted(root, mapped, land):
    land(mapped(), 1)
    [note] = root.glob(f"{ENTRIES}/*/*")
    before = note.read_text()

    land(mapped(), 1)

    assert note.read_text() == before
