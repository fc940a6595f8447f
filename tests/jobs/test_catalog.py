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
