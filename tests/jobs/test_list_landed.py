"""What landed is counted by source and date, with what became of it; no name of a file, and no value, is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jobs.job_inputs import Workplace
from jobs.list_landed import list_landed
from jobs.plan import plan
from quality.contracts.errors import UsageError
from tests.jobs.test_plan import FILE, land, refuse

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    land(place, D2, digit="e")
    return place


def record(place, *days, digest=""):
    for one in plan(place, tables=("raw.pings",)):
        if one.date in days:
            place.catalog.record(one.table, one.date, 1, digest or one.digest, one.parts, {})


def told(home, **only):
    return [(one.source, one.date, one.files, one.rows, one.state) for one in list_landed(home, **only).dates]


def test_files_and_rows_are_counted_by_date(home, place):
    assert told(home) == [("tiny", D1, 1, 2, "waiting"), ("tiny", D2, 2, 4, "waiting")]
    assert told(home, day=D1) == [("tiny", D1, 1, 2, "waiting")]
    assert told(home, source="sample_pings") == [] and told(home, region="us") == []


def test_a_source_that_nobody_knows_is_refused_with_the_near_name_and_all_known(home, place):
    with pytest.raises(UsageError, match="'sample_ping'") as error:
        list_landed(home, source="sample_ping")
    assert "Did you mean sample_pings? Known: " in error.value.mend and "tiny" in error.value.mend
    with pytest.raises(UsageError) as error:
        list_landed(home, source="other")
    assert "Did you mean" not in error.value.mend


def test_a_source_that_landed_in_another_region_alone_is_no_typing_error(home, place):
    assert list_landed(home, "us", "tiny").sources == []


def test_a_date_is_told_as_what_it_is_to_readers(home, place):
    record(place, D1)
    record(place, D2, digest="of other code")

    assert told(home) == [("tiny", D1, 1, 2, "published"), ("tiny", D2, 2, 4, "stale")]


def test_a_date_that_was_taken_back_is_told_as_withdrawn(home, place):
    record(place, D1, D2)
    place.catalog.record("raw.pings", D1, 2, "of other code", {}, {})
    [again] = [one for one in plan(place, tables=("raw.pings",)) if one.date == D1]
    place.catalog.record("raw.pings", D1, 3, again.digest, again.parts, {})
    place.catalog.withdraw("raw.pings", 3, [D1], "wrong")

    assert [state for *_, state in told(home)] == ["withdrawn", "published"]


def test_sources_are_told_apart_with_what_waits_and_what_could_not_be_used(home, place):
    other = replace(FILE, source="other", bytes=5, landed_at=datetime(2024, 6, 1, tzinfo=UTC))
    place.catalog.land(other)
    place.catalog.land(replace(other, file_id="d" * 64, reason="empty_file"))

    other_source, tiny = list_landed(home).sources

    assert (tiny.source, tiny.files, tiny.undated, tiny.quarantined, tiny.rows) == ("tiny", 2, 0, 0, 6)
    assert (tiny.first_date, tiny.last_date) == (D1, D2)
    assert (other_source.source, other_source.files, other_source.undated, other_source.quarantined) == (
        "other",
        2,
        1,
        1,
    )
    assert (other_source.bytes, other_source.rows, other_source.first_date) == (10, 0, None)
    assert other_source.last_landed == other.landed_at


def test_the_name_of_a_file_is_not_told(home, place):
    assert FILE.name not in list_landed(home).model_dump_json()


def test_where_nothing_landed_nothing_is_listed_or_made(home):
    assert list_landed(home).sources == []
    assert not home.region("eu").root.exists()
