from __future__ import annotations

import json

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.ingest import ingest
from quality.contracts.errors import ConfigError, UsageError

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"


def _outcomes(listing):
    return [(file.outcome, file.reason) for file in listing.files]


def test_each_file_is_told_apart_and_a_bad_one_stops_no_other(home, mapping_file, log_file, tmp_path):
    good, empty = log_file(ROW), tmp_path / "empty.csv"
    empty.write_text("")

    listing = ingest(home, str(mapping_file()), "eu", [empty, tmp_path, tmp_path / "none.csv", good, good])

    assert _outcomes(listing) == [
        ("quarantined", "empty_file"),
        ("quarantined", "not_a_file"),
        ("quarantined", "not_found"),
        ("landed", ""),
        ("known", ""),
    ]
    assert all(file.mend for file in listing.files if file.reason)


def test_dropped_columns_are_told_and_those_that_no_mapping_ignores_stand_out(home, mapping_file, log_file):
    (file,) = ingest(home, str(mapping_file()), "eu", [log_file(ROW)]).files

    assert (file.dropped, file.unknown) == (["note", "extra"], ["extra"])


def test_a_dry_run_looks_and_lands_nothing(home, mapping_file, log_file, tmp_path):
    listing = ingest(home, str(mapping_file()), "eu", [log_file(ROW), tmp_path / "none.csv"], dry_run=True)

    assert _outcomes(listing) == [("readable", ""), ("quarantined", "not_found")]
    assert not home.region("eu").root.exists()
    assert read_audit(home) == []


def test_the_audit_table_gets_counts_and_never_a_file_name(home, mapping_file, log_file, tmp_path):
    ingest(home, str(mapping_file()), "eu", [log_file(ROW, name="ada-lovelace.csv"), tmp_path / "ada-byron.csv"])

    (entry,) = read_audit(home)
    assert (entry["kind"], entry["subject"], entry["region"], entry["outcome"]) == (
        "ingest",
        "tiny",
        "eu",
        "quarantined",
    )
    assert entry["detail"]["files"] == {"landed": 1, "quarantined": 1}
    assert "ada" not in json.dumps(entry)


def test_a_mapping_without_a_legal_basis_is_told(home, mapping_file, log_file):
    assert ingest(home, str(mapping_file(basis="")), "eu", [log_file(ROW)]).rejects_all
    assert not ingest(home, str(mapping_file()), "eu", [log_file(ROW)]).rejects_all


@pytest.mark.parametrize(
    ("source", "region", "error"),
    [
        pytest.param("nothing", "eu", ConfigError, id="no-such-mapping"),
        pytest.param("none.yaml", "eu", ConfigError, id="no-such-mapping-file"),
        pytest.param("sample_pings", "mars", UsageError, id="no-such-region"),
    ],
)
def test_wrong_use_lands_nothing(home, log_file, source, region, error):
    with pytest.raises(error):
        ingest(home, source, region, [log_file(ROW)])

    assert not (home.region("eu").root / "catalog.sqlite").exists()


def test_landed_bytes_are_entered_in_the_regions_own_catalog(home, mapping_file, log_file):
    ingest(home, str(mapping_file()), "us", [log_file(ROW)])

    assert [file.source for file in Catalog(home.region("us")).files()] == ["tiny"]
