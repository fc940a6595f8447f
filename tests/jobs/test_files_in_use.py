"""A file whose rows readers have is in use: what needs it waits when it is lost, and nothing else does."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from jobs import files_in_use
from jobs.batches import batches
from jobs.files_in_use import in_use, is_sound, waiting_for_files
from jobs.job_inputs import Workplace
from jobs.land_files import keep_mapping, kept_path
from jobs.landing.sound_file import is_whole
from jobs.landing_ledger import File
from jobs.nightly import run_table
from jobs.plan import plan
from jobs.restore_landed import restore_landed
from jobs.unreadable_files import set_aside_changed
from quality.contracts.errors import EnvironmentFault, FilesLost, FilesUnknown
from quality.sources.load_mapping import load_mapping
from tests.jobs.kept import keep_bytes, shred
from tests.jobs.publisher import publish

D1, D2, D3 = date(2024, 5, 1), date(2024, 5, 2), date(2024, 5, 3)
CHAIN = ("raw.pings", "clean.pings", "protected.pings", "curated.mobility", "curated.place_counts",
         "curated.actor_features", "curated.visits_noisy", "curated.privacy_spends")  # fmt: skip


def refuse():
    raise AssertionError("no Spark here")


@pytest.fixture
def place(home):
    return Workplace.open(home, home.region("eu"), refuse)


@pytest.fixture
def land(place, mapping_file):
    """Enter a file of that text with rows of those days of a table, as landed and dated; without days, not dated."""
    path = mapping_file()
    mapping = load_mapping(path)
    keep_mapping(place.region, mapping, path.read_text())

    def land(text, *days, table="raw.pings", source="tiny"):
        file_id = hashlib.sha256(text.encode()).hexdigest()
        file = File(source, file_id, mapping.version, f"{text}.csv", "csv", 9, (), (), datetime(2024, 5, 4, tzinfo=UTC))
        place.region.folder("landing")
        keep_bytes(place.home, kept_path(place.region, file), text.encode())
        place.catalog.land(file)
        if days:
            place.catalog.set_dates([file], [(source, file_id, table, day.isoformat(), 3, 3) for day in days])
        return file

    return land


@pytest.fixture
def show(publish):
    """Let readers have rows: (file, day)."""

    def show(*rows, table="raw.pings"):
        publish("eu", table, [{"source": f.source, "file_id": f.file_id, "event_date": day} for f, day in rows])

    return show


@pytest.mark.parametrize(
    ("settled", "reads"), [pytest.param(0.0, 1, id="long-ago"), pytest.param(60.0, 2, id="just-now")]
)
def test_bytes_that_did_not_change_since_long_are_read_once_by_a_process(place, land, monkeypatch, settled, reads):
    file, read = land("settled"), []
    monkeypatch.setattr(files_in_use, "SETTLED_S", settled)
    monkeypatch.setattr(files_in_use, "is_whole", lambda kept: read.append(kept) or is_whole(kept))

    assert is_sound(place, file) and is_sound(place, file)
    assert len(read) == reads
    lose(place, file)
    assert not is_sound(place, file)


def lose(place, file):
    kept_path(place.region, file).write_text("other bytes")


def waiting(place):
    return waiting_for_files(place, plan(place))


def test_a_file_is_in_use_where_its_rows_are_published(place, land, show):
    a, b, c = land("a", D1, D2), land("b", D1), land("c", D1)
    twin = land("a", D1, source="twin")
    show((a, D1), (a, D2), (b, D1))

    assert in_use(place, [a, b, c, twin]) == {a: {("raw.pings", D1), ("raw.pings", D2)}, b: {("raw.pings", D1)}}
    assert in_use(place, []) == {}


def test_of_a_published_file_that_cannot_be_read_nobody_knows_whose_rows_it_holds(place, land, show):
    a = land("a", D1)
    show((land("b", D1), D1))
    [parquet] = (place.region.root / "raw" / "pings").rglob("*.parquet")
    parquet.write_bytes(b"planted")

    assert in_use(place, [a]) == {a: {("raw.pings", D1)}}


def test_bytes_are_sound_that_are_there_and_have_their_name_as_their_sum(place, land):
    a, b, c, d = land("a", D1), land("b", D1), land("c", D1), land("d", D1)
    lose(place, b)
    kept_path(place.region, c).unlink()
    shred(place.home, d.file_id)

    assert [is_sound(place, file) for file in (a, b, c, d)] == [True, False, False, False]


def test_a_vault_that_is_gone_says_nothing_about_files(place, land):
    a = land("a", D1)
    (place.home.path / "vault" / "eu.sqlite").unlink()

    with pytest.raises(EnvironmentFault, match="vault of region eu is missing"):
        set_aside_changed(place, [a])

    assert [file.reason for file in place.catalog.files()] == [""]


def test_what_is_made_from_a_lost_file_waits_and_other_dates_and_tables_do_not(place, land, show):
    a, b = land("a", D1), land("b", D2)
    land("x", D1, D2, table="raw.actions")
    show((a, D1), (b, D2))
    assert waiting(place) == set()

    lose(place, a)

    assert waiting(place) == {(table, D1) for table in CHAIN}


def test_a_date_that_was_never_published_waits_too_if_its_file_gave_rows_to_another(place, land, show):
    a = land("a", D1, D2)
    land("b", D2, D3)
    show((a, D1))
    lose(place, a)

    assert {day for _, day in waiting(place)} == {D1, D2}


def test_nothing_waits_for_a_file_that_was_never_published(place, land, show):
    a = land("a", D1)
    show((land("b", D1), D1))
    lose(place, a)

    assert waiting(place) == set()


def test_of_lost_files_the_one_in_use_stays_and_the_other_is_set_aside(place, land, show):
    a, b, c = land("a", D1), land("b", D1), land("c", D1)
    show((a, D1))
    lose(place, a)
    lose(place, b)

    assert set_aside_changed(place, [a, b, c]) == [c]
    assert {file.name: file.reason for file in place.catalog.files()} == {
        "a.csv": "", "b.csv": "changed_since_landing", "c.csv": "",
    }  # fmt: skip


def test_tables_made_from_all_dates_up_to_theirs_wait_from_the_lost_date_on(place, land, show):
    land("a", D1, D2, D3)
    consents = land("b", D2, table="raw.consents")
    show((consents, D2), table="raw.consents")
    lose(place, consents)

    found = waiting(place)
    assert {("raw.consents", D2), ("clean.pings", D2), ("clean.pings", D3), ("protected.pings", D3)} <= found
    assert not {("raw.pings", D2), ("raw.pings", D3), ("clean.pings", D1), ("protected.pings", D1)} & found


def test_a_file_in_use_that_was_entered_again_and_could_not_be_dated_holds_up_the_dates_it_gave_rows_to(
    place, land, show
):
    a = land("a")
    land("b", D1, D2)
    show((a, D1))

    assert {day for _, day in waiting(place)} == {D1}


def test_what_waits_comes_last_in_a_run_of_its_own(place, land, show):
    a, b = land("a", D1), land("b", D2)
    land("x", D1, table="raw.actions")
    show((a, D1), (b, D2))
    lose(place, a)

    first, last = batches(place, plan(place))

    assert {entry.date for entry in last.stale} == {D1}
    assert last.tables == CHAIN
    assert {("raw.pings", D2), ("raw.actions", D1), ("clean.actions", D1)} <= {(e.table, e.date) for e in first.stale}


@pytest.mark.parametrize(
    ("files", "dates", "said"),
    [
        pytest.param(1, [D1], "1 landed file of 2024-05-01 ", id="one"),
        pytest.param(2, [D1, D3], "2 landed files of 2 dates from 2024-05-01 to 2024-05-03 ", id="several"),
    ],
)
def test_the_error_counts_files_and_names_dates_and_the_mend(files, dates, said):
    error = FilesLost("raw.pings", "eu", files, dates)

    assert said in error.message
    assert "geoward fsck" in error.mend
    assert error.exit_code == 1


def test_rows_of_which_a_catalog_made_anew_knows_no_file_stay_and_other_dates_are_made(place, land, home):
    publish(place, "old", D1, D2)
    (place.region.root / "catalog.sqlite").unlink()
    restore_landed(home)
    land("late", D2, D3)
    stale = plan(place)

    assert waiting_for_files(place, stale) == {(table, D1) for table in CHAIN}
    with pytest.raises(
        FilesUnknown, match=r"raw.pings for region eu: .*does not know all that landed of 2024-05-01"
    ) as refused:
        run_table(place, "raw.pings", [D1, D2])
    assert "`geoward landed restore --region eu`" in refused.value.mend
    assert set(place.lake.rows("raw.pings")) == {D1, D2}

    land("again", D1)
    assert waiting_for_files(place, plan(place)) == set()


def test_rows_of_a_date_of_which_not_all_files_came_back_stay_until_they_do(place, land, show):
    a, b = land("a", D1), land("b", D1)
    show(*[(a, D1)] * 3, *[(b, D1)] * 3)
    with place.catalog.open() as db:
        db.execute("DELETE FROM files WHERE file_id = ?", (b.file_id,))

    assert waiting_for_files(place, plan(place)) == {(table, D1) for table in CHAIN}
    with pytest.raises(FilesUnknown):
        run_table(place, "raw.pings", [D1])

    land("b", D1)
    assert waiting_for_files(place, plan(place)) == set()


def test_a_date_that_its_own_catalog_has_seen_go_empty_is_made_empty(place, land):
    land("one", D1)
    publish(place, "old", D1)
    with place.catalog.open() as db:
        db.execute("DELETE FROM dates")

    assert [one.reason for one in plan(place) if one.table == "raw.pings"] == ["changed input: files"]
    assert waiting_for_files(place, plan(place)) == set()
