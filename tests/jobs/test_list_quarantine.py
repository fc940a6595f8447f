from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from jobs.catalog import Catalog
from jobs.commit import arrow_schema
from jobs.landing_ledger import File
from jobs.list_quarantine import list_quarantine, show_quarantine
from jobs.quarantine import quarantine_contract
from quality.contracts.errors import UsageError

LANDED = datetime(2026, 6, 5, tzinfo=UTC)
BAD = File("tiny", "ab" * 32, "v", "bad.csv", "csv", 9, (), (), LANDED, "empty_file")
GOOD = File("tiny", "cd" * 32, "v", "good.csv", "csv", 9, (), (), LANDED)


@pytest.fixture
def dirty(home):
    catalog = Catalog(home.region("eu"))
    catalog.land(BAD)
    catalog.land(GOOD)
    for day, counts in ((date(2026, 6, 1), {"missing:actor_id": 2}), (date(2026, 6, 2), {"unparseable:event_time": 5})):
        catalog.record("raw.pings", day, 1, "d", {}, {"quarantined_by": counts, "run_id": "r"})
    catalog.record("raw.actions", date(2026, 6, 1), 1, "d", {}, {"quarantined_by": {}, "run_id": "r"})
    row = {"reason": "missing:actor_id", "payload": '{"who": "Ada"}', "source": "tiny", "event_date": date(2026, 6, 1)}
    kept = [{**row, "retain_until": date(2026, 6, 19)}, {**row, "retain_until": date(2026, 6, 20)}]
    table = pa.Table.from_pylist(kept, schema=arrow_schema(quarantine_contract("raw.pings")))
    write_deltalake(home.region("eu").folder("quarantine", "raw_pings"), table, partition_by=["event_date"])
    return home


def test_whole_files_and_counts_of_rows_are_listed(dirty):
    listing = list_quarantine(dirty)

    assert [(file.name, file.reason) for file in listing.files] == [("bad.csv", "empty_file")]
    assert [(row.date.day, row.reason, row.rows) for row in listing.rows] == [
        (1, "missing:actor_id", 2),
        (2, "unparseable:event_time", 5),
    ]


def test_another_region_has_nothing(dirty):
    listing = list_quarantine(dirty, "us")

    assert (listing.files, listing.rows) == ([], [])


def test_a_table_is_shown_with_meanings_mends_and_the_last_day_of_keeping(dirty):
    detail = show_quarantine(dirty, "raw.pings")

    assert [(reason.reason, reason.count) for reason in detail.reasons] == [
        ("unparseable:event_time", 5),
        ("missing:actor_id", 2),
    ]
    assert all(reason.meaning and reason.mend for reason in detail.reasons)
    assert (detail.first_date, detail.last_date) == (date(2026, 6, 1), date(2026, 6, 2))
    assert detail.retain_until == date(2026, 6, 20)


def test_a_payload_is_never_shown(dirty):
    shown = list_quarantine(dirty).model_dump_json() + show_quarantine(dirty, "raw.pings").model_dump_json()

    assert "Ada" not in shown


@pytest.mark.parametrize("subject", ["ab" * 32, "ab" * 4, "AB" * 6], ids=["whole-id", "eight-digits", "upper-case"])
def test_a_file_is_found_by_the_first_digits_of_its_id(dirty, subject):
    detail = show_quarantine(dirty, subject)

    assert (detail.kind, detail.subject, detail.reasons[0].reason) == ("file", BAD.file_id, "empty_file")
    days = dirty.policy.retention["quarantine"].days
    assert detail.retain_until == LANDED.date() + timedelta(days=days)


@pytest.mark.parametrize(
    "subject", ["ab", "", "cd" * 32, "raw.people"], ids=["too-short", "none", "good-file", "unknown"]
)
def test_what_is_not_in_quarantine_is_wrong_use(dirty, subject):
    with pytest.raises(UsageError, match="quarantine list"):
        show_quarantine(dirty, subject)


def test_a_clean_table_has_no_reasons(dirty):
    detail = show_quarantine(dirty, "raw.actions")

    assert (detail.reasons, detail.retain_until) == ([], None)
