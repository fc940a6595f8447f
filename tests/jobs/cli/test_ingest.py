from __future__ import annotations

from jobs.audit_log import read_audit

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"


def test_landed_files_end_with_exit_code_0(geoward, mapping_file, log_file, fits):
    done = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW), "--json")

    assert done.exit_code == 0
    assert fits(done.document, "ingest")
    assert done.document["files"][0]["outcome"] == "landed"


def test_a_quarantined_file_ends_with_exit_code_1_and_its_mend(geoward, mapping_file, log_file):
    done = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW, header="id,at"))

    assert done.exit_code == 1
    assert "quarantined" in done.stdout and "missing_column:lat,lon,who: Correct" in " ".join(done.stdout.split())


def test_a_path_without_a_file_ends_with_exit_code_1_and_is_no_quarantined_file(geoward, mapping_file, tmp_path, fits):
    told = geoward("ingest", "-s", mapping_file(), "-r", "eu", tmp_path / "nope.csv.gz", "--json")

    assert (told.exit_code, told.document["failed"]) == (1, 1)
    assert fits(told.document, "ingest") and told.document["files"][0]["outcome"] == "not_found"
    shown = geoward("ingest", "-s", mapping_file(), "-r", "eu", tmp_path / "nope.csv.gz").stdout
    assert "not_found: Check the path" in shown and "quarantined" not in shown


def test_a_file_whose_kept_bytes_were_mended_is_told_as_restored_and_audited(
    geoward, home, mapping_file, log_file, fits
):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW))
    [kept] = (home.region("eu").root / "landing").iterdir()
    kept.unlink()

    told = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW), "--json")

    assert told.exit_code == 0 and fits(told.document, "ingest")
    assert told.document["files"][0]["outcome"] == "restored" and kept.is_file()
    assert read_audit(home)[-1]["detail"]["files"] == {"restored": 1}


def test_what_is_no_file_does_not_stop_the_others(geoward, mapping_file, log_file, tmp_path):
    done = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW), tmp_path)

    assert done.exit_code == 1
    assert "landed" in done.stdout
    assert "not_a_file: Name the files in it" in done.stdout


def test_a_refused_file_ends_with_exit_code_1_and_its_mend(geoward, mapping_file, log_file, fits):
    path = mapping_file()
    geoward("ingest", "-s", path, "-r", "eu", log_file(ROW))
    path.write_text(path.read_text().replace("from: who", "from: actor"))

    refused = geoward("ingest", "-s", path, "-r", "eu", log_file(ROW))

    assert refused.exit_code == 1
    assert "refused" in refused.stdout and "mend the mapping first" in " ".join(refused.stdout.split())
    assert fits(geoward("ingest", "-s", path, "-r", "eu", log_file(ROW), "--json").document, "ingest")


def test_columns_that_nobody_ignored_stand_out(geoward, mapping_file, log_file):
    shown = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW), "--dry-run").stdout

    assert "Not mapped and dropped: extra." in shown
    assert "dry run" in shown


def test_what_a_refused_file_has_instead_of_a_renamed_column_is_told(geoward, mapping_file, log_file, fits):
    file = log_file(ROW, header="id,who,at,latitude,lon,note,extra")
    told = geoward("ingest", "-s", mapping_file(), "-r", "eu", file, "--json")

    assert fits(told.document, "ingest")
    assert [(one["reason"], one["unknown"]) for one in told.document["files"]] == [
        ("missing_column:lat", ["latitude", "extra"])
    ]
    shown = " ".join(geoward("ingest", "-s", mapping_file(), "-r", "eu", file, "--dry-run").stdout.split())
    assert "Unknown to the mapping: extra, latitude." in shown and "Not mapped and dropped" not in shown


def test_another_delimiter_is_told_with_its_mend(geoward, mapping_file, log_file):
    done = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(header="id;who;at;lat;lon;note;extra"))

    shown = " ".join(done.stdout.split())
    assert done.exit_code == 1 and "other_delimiter:semicolon: " in shown and "(csv: commas; tsv: tabs)" in shown


def test_a_mapping_without_a_legal_basis_warns_on_stderr(geoward, mapping_file, log_file):
    done = geoward("ingest", "-s", mapping_file(basis=""), "-r", "eu", log_file(ROW), "--json")

    assert "no legal basis" in done.stderr
    assert done.document["rejects_all"]


def test_a_name_that_looks_like_markup_is_printed_as_it_is(geoward, mapping_file, log_file):
    shown = geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW, name="[bold]x.csv")).stdout

    assert "[bold]x.csv" in shown
