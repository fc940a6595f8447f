from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jobs.catalog import Catalog, File, Part, now

FIRST, SECOND = datetime(2024, 5, 1, 12, tzinfo=UTC), datetime(2024, 5, 2, 12, tzinfo=UTC)
FILE = File("tiny", "f" * 64, "v1", "a.csv", "csv", 10, ("id", "who"), ("note",), FIRST)
DAY = date(2024, 4, 30)


@pytest.fixture
def catalog(home):
    return Catalog(home.region("eu"))


def dated(catalog, file=FILE, rows=3, usable=3):
    catalog.set_dates([file], [(file.source, file.file_id, "raw.pings", DAY.isoformat(), rows, usable)])


def test_the_catalog_is_for_its_owner_alone(catalog):
    assert stat.S_IMODE(catalog.path.stat().st_mode) == 0o600


def test_a_file_is_entered_once(catalog):
    assert catalog.land(FILE)
    assert not catalog.land(replace(FILE, name="copy.csv", landed_at=SECOND))
    assert catalog.files() == [FILE]


def test_the_same_bytes_from_another_source_are_another_file(catalog):
    catalog.land(FILE)

    assert catalog.land(replace(FILE, source="other"))
    assert [file.source for file in catalog.files()] == ["other", "tiny"]
    assert [file.source for file in catalog.files("tiny")] == ["tiny"]


def test_a_corrected_mapping_keeps_the_landing_time_and_forgets_the_dates(catalog):
    catalog.land(FILE)
    dated(catalog)

    assert catalog.land(replace(FILE, mapping_version="v2", landed_at=SECOND))
    [file] = catalog.files()
    assert (file.mapping_version, file.landed_at, file.dated) == ("v2", FIRST, False)
    assert catalog.dates() == {}


def test_dates_tell_the_parts_of_each_partition(catalog):
    catalog.land(FILE)
    dated(catalog, rows=3, usable=2)

    assert catalog.dates() == {"raw.pings": {DAY: [Part("tiny", "f" * 64, "v1", 3, 2)]}}
    assert catalog.files()[0].dated


def test_a_quarantined_file_makes_up_no_partition(catalog):
    catalog.land(FILE)
    dated(catalog)
    catalog.quarantine_file(FILE, "unreadable_by_spark")

    assert catalog.dates() == {}
    assert [(file.reason, file.dated) for file in catalog.files()] == [("unreadable_by_spark", True)]


def test_what_was_published_last_is_remembered(catalog):
    catalog.record("raw.pings", DAY, 1, "one", {"code": "a"}, {"rows_in": 1})
    catalog.record("raw.pings", DAY, 2, "two", {"code": "b"}, {"rows_in": 2})

    assert Catalog(replace_region(catalog)).published() == {("raw.pings", DAY): ("two", {"code": "b"}, {"rows_in": 2})}


def replace_region(catalog):
    from jobs.home import Region

    return Region("eu", catalog.path.parent, "eu")


def test_a_failed_write_leaves_nothing_behind(catalog):
    catalog.land(FILE)

    with pytest.raises(Exception, match="binding"):
        catalog.set_dates([FILE], [("tiny", FILE.file_id, "raw.pings", DAY.isoformat(), 1, 1), ("too", "short")])
    assert catalog.dates() == {}


def test_the_clock_is_aware_of_its_zone():
    assert now().tzinfo is UTC


def test_of_many_files_only_those_of_a_day_are_looked_up_with_all_their_days(catalog):
    other, later = replace(FILE, file_id="e" * 64), date(2024, 5, 1)
    for file, days in ((FILE, [DAY, later]), (other, [later])):
        catalog.land(file)
        rows = [(file.source, file.file_id, "raw.pings", day.isoformat(), 3, 3) for day in days]
        catalog.set_dates([file], rows)

    files, parts = catalog.files_holding("raw.pings", [DAY])
    assert [file.file_id for file in files] == [FILE.file_id]
    assert {day: [part.file_id for part in held] for day, held in parts.items()} == {
        DAY: [FILE.file_id], later: [FILE.file_id],
    }  # fmt: skip
    assert catalog.files_holding("raw.actions", [DAY]) == ([], {})
    assert catalog.files_holding("raw.pings", []) == ([], {})


def test_the_same_bytes_of_another_source_are_not_taken_for_a_files_own(catalog):
    catalog.land(FILE)
    catalog.land(replace(FILE, source="other"))
    dated(catalog)

    assert [file.source for file in catalog.files_holding("raw.pings", [DAY])[0]] == ["tiny"]


def test_a_file_waits_until_it_is_dated_or_quarantined(catalog):
    bad = replace(FILE, file_id="e" * 64)
    catalog.land(FILE)
    catalog.land(bad)

    assert [file.file_id for file in catalog.waiting()] == [bad.file_id, FILE.file_id]
    dated(catalog)
    catalog.quarantine_file(bad, "unreadable_by_spark")
    assert catalog.waiting() == []


def test_the_mappings_of_readable_files_are_told_once(catalog):
    for digit, version, reason in (("a", "v1", ""), ("b", "v1", ""), ("c", "v2", ""), ("d", "v3", "empty")):
        catalog.land(replace(FILE, file_id=digit * 64, mapping_version=version, reason=reason))

    assert catalog.mapping_versions() == [("tiny", "v1"), ("tiny", "v2")]


def test_the_first_date_is_that_of_the_oldest_row_or_publication(catalog):
    assert catalog.first_date() is None
    catalog.record("raw.pings", date(2024, 5, 1), 1, "one", {}, {})
    assert catalog.first_date() == date(2024, 5, 1)
    catalog.land(FILE)
    dated(catalog)
    assert catalog.first_date() == DAY


def test_what_partitions_were_made_from_and_their_reports_are_read_apart_and_only_of_those_asked_for(catalog):
    later = date(2024, 5, 1)
    catalog.record("raw.pings", later, 1, "two", {"code": "b"}, {"rows_in": 2})
    catalog.record("raw.pings", DAY, 1, "one", {"code": "a"}, {"rows_in": 1})
    catalog.record("raw.actions", DAY, 1, "three", {}, {"rows_in": 3})

    origins = {("raw.pings", DAY): ("one", {"code": "a"}), ("raw.pings", later): ("two", {"code": "b"})}
    assert catalog.origins({"raw.pings"}) == origins
    assert catalog.origins() == origins | {("raw.actions", DAY): ("three", {})}
    assert catalog.reports("raw.pings", None, None) == [{"rows_in": 1}, {"rows_in": 2}]
    assert catalog.reports("raw.pings", later, later) == [{"rows_in": 2}]


def test_a_withdrawn_publication_is_neither_an_origin_nor_reported(catalog):
    catalog.record("raw.pings", DAY, 1, "one", {}, {"rows_in": 1})
    catalog.record("raw.pings", DAY, 2, "two", {}, {"rows_in": 2})
    catalog.withdraw("raw.pings", 2, [DAY], "wrong")

    assert catalog.origins() == {("raw.pings", DAY): ("one", {})}
    assert catalog.reports("raw.pings", None, None) == [{"rows_in": 1}]
