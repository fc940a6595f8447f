"""What an engine stumbles over is told by table and date if it is a published file that is gone or changed."""

from __future__ import annotations

import errno
from datetime import date

import pytest

from jobs import check_published as checking
from jobs.check_published import check_published
from jobs.harmed_files import harm_explained
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.nightly import run_table
from quality.contracts.errors import EnvironmentFault, UsageError
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import land

DAYS = (date(2024, 5, 1), date(2024, 5, 2))


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), no_spark)
    for day, digit in zip(DAYS, "ab", strict=True):
        land(place, day, digit=digit)
    publish(place, "one", *DAYS)
    return place


def flip(place, day=DAYS[1]):
    [file] = place.lake.path(TABLE.name).glob(f"stage-one/event_date={day}/*.parquet")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def fails(*args, **kwargs):
    raise RuntimeError("planted-51.5007: Corrupt page")


def told_of(place, error):
    with pytest.raises(Exception) as failed, harm_explained([place.region], [TABLE.name]):
        raise error
    return failed.value


def test_one_changed_byte_is_told_by_table_region_and_date_and_not_by_the_engine_s_words(place):
    flip(place)

    fault = told_of(place, RuntimeError("planted-51.5007"))

    assert fault.message == (
        "raw.pings in region eu cannot be read: files of 2024-05-02 are gone or changed since they were published."
    )
    assert "geoward fsck --region eu" in fault.mend and fault.exit_code == 4


def test_a_damaged_log_is_told_by_its_table(place):
    for entry in (place.lake.path(TABLE.name) / "_delta_log").glob("*.json"):
        entry.write_text("{")

    assert told_of(place, RuntimeError()).message == "raw.pings in region eu cannot be read: its log is damaged."


@pytest.mark.parametrize(
    "error", [RuntimeError("a defect"), OSError(errno.ENOSPC, ""), UsageError("wrong", mend="")], ids=repr
)
def test_where_nothing_is_harmed_or_the_error_is_explained_it_stays_what_it_is(place, error):
    if not isinstance(error, RuntimeError):
        flip(place)

    assert told_of(place, error) is error


def test_a_check_over_a_changed_file_names_it(place, monkeypatch):
    flip(place)
    _ = place.keys  # as a run makes them
    monkeypatch.setattr(checking, "audit_staged", fails)
    monkeypatch.setattr(Workplace, "_frame", lambda *args: None)

    with pytest.raises(EnvironmentFault, match="raw.pings in region eu.*2024-05-02"):
        list(check_published([place], (), lambda text: None))


def test_a_run_over_a_changed_file_of_what_it_reads_names_it(place, monkeypatch):
    flip(place)
    monkeypatch.setattr("jobs.nightly.run_job", fails)

    with pytest.raises(EnvironmentFault, match="raw.pings in region eu.*2024-05-02"):
        run_table(place, "clean.pings", DAYS)
