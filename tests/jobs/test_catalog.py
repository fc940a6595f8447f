from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jobs.catalog import Catalog, now
from jobs.landing_ledger import File, Part, standing
from jobs.publications import Publishing

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
    assert catalog.land(FILE) == "new"
    assert catalog.land(replace(FILE, name="copy.csv", landed_at=SECOND)) == "known"
    assert catalog.files() == [FILE]


def test_the_same_bytes_from_another_source_are_another_file(catalog):
    catalog.land(FILE)

    assert catalog.land(replace(FILE, source="other")) == "new"
    assert [file.source for file in catalog.files()] == ["other", "tiny"]
    assert [file.source for file in catalog.files("tiny")] == ["tiny"]


def test_a_corrected_mapping_keeps_the_landing_time_and_forgets_the_dates(catalog):
    catalog.land(FILE)
    dated(catalog)

    assert catalog.land(replace(FILE, mapping_version="v2", landed_at=SECOND)) == "changes"
    [file] = catalog.files()
    assert (file.mapping_version, file.landed_at, file.dated) == ("v2", FIRST, False)
    assert catalog.dates() == {}


def test_an_entry_that_may_not_change_stays_and_its_bytes_are_not_kept(catalog):
    catalog.land(FILE)
    kept = []

    assert catalog.land(replace(FILE, mapping_version="v2"), lambda _: kept.append(1), change=False) == "changes"
    assert catalog.land(FILE, lambda _: kept.append(2), change=False) == "known"
    assert (catalog.files(), kept) == ([FILE], [2])


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_file_in_use_never_goes_out_of_use(catalog, version):
    catalog.land(FILE)
    dated(catalog)
    worse = replace(FILE, mapping_version=version, reason="missing_column:who")

    assert catalog.land(worse, keep=lambda _: 1 / 0) == "refused"
    catalog.land_again([worse])
    assert catalog.files() == [replace(FILE, dated=True)]
    assert catalog.dates()


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        pytest.param("bad", "", "changes", id="mended"),
        pytest.param("bad", "bad", "known", id="as-bad-as-before"),
        pytest.param("bad", "worse", "still", id="bad-in-another-way"),
        pytest.param("", "bad", "refused", id="in-use"),
        pytest.param("", "", "known", id="the-same"),
    ],
)
def test_what_a_file_is_to_its_entry_under_the_same_mapping(was, becomes, expected):
    assert standing(replace(FILE, reason=was), replace(FILE, reason=becomes)) == expected


def test_bytes_that_cannot_be_kept_are_not_entered(catalog):
    with pytest.raises(ZeroDivisionError):
        catalog.land(FILE, keep=lambda _: 1 / 0)

    assert catalog.files() == []


def test_two_who_land_the_same_bytes_at_once_do_not_pass_each_other(catalog):
    other, second = replace(FILE, mapping_version="v2"), []
    thread = threading.Thread(target=lambda: second.append(catalog.land(other, change=False)))

    def keep(_):
        thread.start()
        thread.join(0.3)
        assert second == [], "the other one waits until this one is entered"

    assert catalog.land(FILE, keep) == "new"
    thread.join()
    assert (second, catalog.files()) == (["changes"], [FILE])


def test_entries_change_together_or_not_at_all(catalog):
    two = replace(FILE, file_id="e" * 64)
    for file in (FILE, two):
        catalog.land(file)

    with pytest.raises(Exception, match="type"):
        catalog.land_again([replace(FILE, mapping_version="v2"), replace(two, mapping_version=object())])
    assert {file.mapping_version for file in catalog.files()} == {"v1"}


def test_only_copies_that_no_entry_names_are_removed(catalog, tmp_path):
    copies = [tmp_path / f"{FILE.file_id}.{extension}" for extension in ("csv", "tsv", "jsonl")]
    for copy in copies:
        copy.write_text("x")
    catalog.land(FILE)
    catalog.land(replace(FILE, source="other", extension="tsv"))

    catalog.drop_unnamed(FILE.file_id, copies)

    assert [copy.exists() for copy in copies] == [True, True, False]


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


def test_the_late_end_of_a_publication_undoes_neither_a_newer_version_nor_a_withdrawal(catalog):
    for day, version in ((DAY, 3), (date(2026, 6, 2), 2)):
        catalog.record("raw.pings", day, version, f"digest {version}", {}, {})
    catalog.withdraw("raw.pings", 2, [date(2026, 6, 2)], "leak")
    made = [(day, "late", {}, {}) for day in (DAY, date(2026, 6, 2), date(2026, 6, 3))]
    catalog.begin_publication(Publishing("run", "raw.pings", tuple(made)))

    catalog.record_all("raw.pings", 2, made, "run", late=True)

    assert catalog.withdrawn() == {("raw.pings", date(2026, 6, 2)): {"digest 2": "leak"}}
    assert catalog.origins() == {
        ("raw.pings", DAY): ("", {}),  # in doubt, so that it is made again
        ("raw.pings", date(2026, 6, 3)): ("late", {}),
    }
    assert {one.version for one in catalog.publications() if one.date == DAY} == {3}
    assert catalog.begun_publications() == []
