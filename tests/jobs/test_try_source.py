from __future__ import annotations

import gzip
from datetime import date

import pytest

from jobs.try_source import try_source
from quality.sources.load_mapping import load_mapping

GOOD = "1,lovelace,2026-06-01T10:00:00Z,47.1,8.5,,"


def no_spark():
    raise AssertionError("Spark was started for a file that the probe refuses")


def test_a_file_that_the_probe_refuses_starts_no_spark(mapping_file, tmp_path):
    trial = try_source(load_mapping(mapping_file()), tmp_path / "none.csv", spark=no_spark, purposes=())

    assert (trial.readable, trial.reason, trial.records) == (False, "not_found", 0)
    assert trial.mend


@pytest.fixture
def trial(spark, mapping_file):
    def trial(path, basis=None, limit=0):
        mapping = load_mapping(mapping_file() if basis is None else mapping_file(basis))
        return try_source(mapping, path, spark=lambda: spark, purposes=("analytics",), limit=limit)

    return trial


@pytest.mark.spark
def test_a_trial_counts_good_rows_reasons_dates_and_how_full_each_column_is(trial, log_file):
    path = log_file(
        GOOD, "2,bob,2026-06-03T10:00:00Z,,8.5,,", "3,cyd,yesterday,47.1,8.5,,", "4,dan,2026-06-04T10:00:00Z,1,2,,"
    )

    found = trial(path)

    (emit,) = found.emits
    assert (found.records, emit.rows, emit.good) == (4, 4, 2)
    assert emit.quarantined_by == {"missing:latitude": 1, "unparseable:event_time": 1}
    assert (emit.first_date, emit.last_date) == (date(2026, 6, 1), date(2026, 6, 4))
    assert {column.column: column.filled for column in emit.columns} == {
        "event_id": 1.0, "actor_id": 1.0, "event_time": 1.0, "latitude": 1.0, "longitude": 1.0,
    }  # fmt: skip
    assert (found.dropped, found.unknown, found.limited) == (["note", "extra"], ["extra"], False)


@pytest.mark.spark
def test_a_trial_shows_no_value(trial, log_file):
    shown = trial(log_file(GOOD, "2,bob,yesterday,,8.5,,")).model_dump_json()

    assert not any(value in shown for value in ("lovelace", "bob", "47.1", "yesterday"))


@pytest.mark.spark
def test_a_limited_trial_reads_so_many_records(trial, log_file):
    found = trial(log_file(GOOD, GOOD, GOOD), limit=2)

    assert (found.records, found.limited) == (2, True)


@pytest.mark.spark
def test_without_a_legal_basis_every_row_is_rejected(trial, log_file):
    (emit,) = trial(log_file(GOOD), basis="").emits

    assert (emit.good, emit.rejected, emit.columns[0].filled) == (0, {"no_legal_basis": 1}, None)


@pytest.mark.spark
def test_a_gzip_without_its_ending_is_read_as_gzip(trial, log_file, tmp_path):
    path = tmp_path / "upload (1) 100%"
    path.write_bytes(gzip.compress(log_file(GOOD).read_bytes()))

    assert trial(path).emits[0].good == 1


@pytest.mark.spark
def test_a_row_that_the_clean_table_would_quarantine_is_not_called_good(trial, log_file):
    found = trial(log_file(GOOD, "2,hopper,2026-06-01T10:00:00Z,95,8.5,,"))

    (emit,) = found.emits
    assert (emit.rows, emit.good, emit.quarantined_by) == (2, 1, {"out_of_bounds:latitude": 1})
