from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.ingest import ingest
from jobs.run_lock import run_is_alive
from quality.contracts.errors import Busy, ConfigError, UsageError

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"


def _outcomes(listing):
    return [(file.outcome, file.reason) for file in listing.files]


def test_each_file_is_told_apart_and_a_bad_one_stops_no_other(home, mapping_file, log_file, tmp_path):
    good, empty = log_file(ROW), tmp_path / "empty.csv"
    empty.write_text("")

    listing = ingest(home, str(mapping_file()), "eu", [empty, tmp_path, tmp_path / "none.csv", good, good])

    assert _outcomes(listing) == [
        ("quarantined", "empty_file"),
        ("not_a_file", "not_a_file"),
        ("not_found", "not_found"),
        ("landed", ""),
        ("known", ""),
    ]
    assert listing.failed == 2, "of which nothing is kept"
    assert len(Catalog(home.region("eu")).files()) == 2
    assert all(file.mend for file in listing.files if file.reason)


def test_dropped_columns_are_told_and_those_that_no_mapping_ignores_stand_out(home, mapping_file, log_file):
    (file,) = ingest(home, str(mapping_file()), "eu", [log_file(ROW)]).files

    assert (file.dropped, file.unknown) == (["note", "extra"], ["extra"])


def test_a_dry_run_looks_and_lands_nothing(home, mapping_file, log_file, tmp_path):
    listing = ingest(home, str(mapping_file()), "eu", [log_file(ROW), tmp_path / "none.csv"], dry_run=True)

    assert (_outcomes(listing), listing.failed) == ([("readable", ""), ("not_found", "not_found")], 1)
    assert not home.region("eu").root.exists()
    assert read_audit(home) == []


def test_the_audit_table_gets_counts_and_never_a_file_name(home, mapping_file, log_file, tmp_path):
    ingest(home, str(mapping_file()), "eu", [log_file(ROW, name="ada-lovelace.csv"), tmp_path / "ada-byron.csv"])

    (entry,) = [one for one in read_audit(home) if one["kind"] != "key"]
    told = (entry["kind"], entry["subject"], entry["region"], entry["outcome"])
    assert told == ("ingest", "tiny", "eu", "not_found"), "nothing was quarantined"
    assert entry["detail"]["files"] == {"landed": 1, "not_found": 1}
    assert "ada" not in json.dumps(entry)


def test_a_file_that_may_not_be_opened_is_told_as_such_and_not_as_quarantined(home, mapping_file, tmp_path):
    long = tmp_path / ("x" * 300)

    for dry_run in (True, False):
        listing = ingest(home, str(mapping_file()), "eu", [long], dry_run=dry_run)
        assert (_outcomes(listing), listing.failed) == ([("unreadable", "unreadable")], 1)


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


CORRECTED = "legal_basis: {analytics: Consent}\nevidence: corrected"


def _versions(home):
    return {file.name: file.mapping_version for file in Catalog(home.region("eu")).files()}


def test_a_file_in_use_that_the_mapping_cannot_read_is_refused_with_its_mend(home, mapping_file, log_file):
    ingest(home, str(mapping_file()), "eu", [log_file(ROW)])
    path = mapping_file()
    path.write_text(path.read_text().replace("from: who", "from: actor"))

    listing = ingest(home, str(path), "eu", [log_file(ROW)])

    assert _outcomes(listing) == [("refused", "missing_column:actor")]
    assert "in use" in listing.files[0].mend and "mend the mapping first" in listing.files[0].mend
    assert read_audit(home)[-1]["outcome"] == "refused"
    assert [file.reason for file in Catalog(home.region("eu")).files()] == [""]


def test_new_files_and_known_ones_land_beside_a_live_run(home, live_run, mapping_file, log_file):
    mapping, file = str(mapping_file()), log_file(ROW)

    assert _outcomes(ingest(home, mapping, "eu", [file, file], wait=False)) == [("landed", ""), ("known", "")]


def test_an_entry_changes_only_when_no_run_is_alive(home, request, mapping_file, log_file):
    ingest(home, str(mapping_file()), "eu", [log_file(ROW)])
    before, corrected = _versions(home), str(mapping_file(CORRECTED))
    live_run, said = request.getfixturevalue("live_run"), []

    with pytest.raises(Busy):
        ingest(home, corrected, "eu", [log_file(ROW)], wait=False)
    assert _versions(home) == before

    def tell(text):
        said.append((text, _versions(home) == before))
        live_run.stdin.close()

    assert _outcomes(ingest(home, corrected, "eu", [log_file(ROW)], waiting=tell)) == [("landed", "")]
    assert _versions(home) != before
    [(text, unchanged)] = said
    assert f"process {live_run.pid}" in text and unchanged
    assert not run_is_alive(home), "it is given back"


INGEST = "import jobs.cli.commands; from jobs.cli.app import main; main()"


def test_a_command_that_waits_says_so_and_goes_on(home, request, mapping_file, log_file):
    """Two real processes: the one that holds the lock ends only when the other has said that it waits."""
    ingest(home, str(mapping_file()), "eu", [log_file(ROW)])
    before = _versions(home)
    command = [sys.executable, "-c", INGEST, "ingest", "-s", str(mapping_file(CORRECTED)), "-r", "eu", log_file(ROW)]
    live_run = request.getfixturevalue("live_run")

    assert subprocess.run([*command, "--no-wait"], capture_output=True).returncode == 5
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as waiting:
        assert f"process {live_run.pid}" in waiting.stderr.readline()
        time.sleep(0.2)
        assert (waiting.poll(), _versions(home)) == (None, before)
        live_run.stdin.close()
        assert waiting.wait(60) == 0
    assert _versions(home) != before
