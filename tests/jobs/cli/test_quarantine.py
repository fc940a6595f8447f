from __future__ import annotations

from datetime import date

from jobs.catalog import Catalog
from quality.contracts.errors import UsageError


def _dirty(home):
    report = {"quarantined_by": {"missing:actor_id": 2}, "run_id": "r"}
    Catalog(home.region("eu")).record("raw.pings", date(2026, 6, 1), 1, "d", {}, report)


def test_an_empty_quarantine_says_so(geoward, fits):
    assert "Nothing is in quarantine." in geoward("quarantine", "list").stdout
    assert fits(geoward("quarantine", "list", "--json").document, "quarantine-list")


def test_rows_are_listed_by_reason_and_shown_with_their_mend(geoward, home, fits):
    _dirty(home)

    listed = geoward("quarantine", "list", "--json")
    shown = geoward("quarantine", "show", "raw.pings", "--json")

    assert fits(listed.document, "quarantine-list")
    assert listed.document["rows"][0]["reason"] == "missing:actor_id"
    assert fits(shown.document, "quarantine-show")
    assert shown.document["reasons"][0]["mend"]
    assert "missing:actor_id" in geoward("quarantine", "list").stdout
    assert "mend" in geoward("quarantine", "show", "raw.pings").stdout


def test_what_is_not_in_quarantine_is_wrong_use(geoward):
    assert isinstance(geoward("quarantine", "show", "0" * 64).exception, UsageError)


def test_what_is_dismissed_is_told_with_its_reason(geoward, home, fits):
    report = {"quarantined": 2, "quarantined_by": {"missing:actor_id": 2}, "run_id": "r"}
    Catalog(home.region("eu")).record("raw.pings", date(2026, 6, 1), 1, "d", {}, report)

    done = geoward("quarantine", "dismiss", "raw.pings", "--reason", "known", "--json")

    assert fits(done.document, "quarantine-dismiss")
    assert [(part["part"], part["rows"]) for part in done.document["parts"]] == [("2026-06-01", 2)]
    assert geoward("quarantine", "list", "--json").document["rows"][0]["dismissed"] == "known"


def test_a_dismissal_needs_a_reason(geoward):
    assert isinstance(geoward("quarantine", "dismiss", "raw.pings", "--reason", " ").exception, UsageError)


RENAMED = "id,person,at,lat,lon,note,extra"


def _mended(mapping_file, name):
    path = mapping_file()
    path.write_text(path.read_text().replace("from: who", f"from: {name}"))
    return path


def test_a_replay_says_what_to_do_next_and_ends_with_1_while_a_file_needs_a_hand(geoward, mapping_file, log_file, fits):
    assert "Nothing of this source" in geoward("quarantine", "replay", mapping_file()).stdout
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file("1,a,t,1,2,n,x", header=RENAMED))

    still = geoward("quarantine", "replay", _mended(mapping_file, "actor"), "--json")
    assert (still.exit_code, still.document["ok"]) == (1, False)
    assert fits(still.document, "quarantine-replay")
    looked = geoward("quarantine", "replay", _mended(mapping_file, "person"), "--dry-run")
    assert looked.exit_code == 0 and "Nothing was changed" in looked.stdout
    done = geoward("quarantine", "replay", _mended(mapping_file, "person"))
    assert done.exit_code == 0 and "geoward run" in done.stdout


def test_a_file_is_shown_with_the_columns_that_its_mapping_does_not_read(geoward, mapping_file, log_file, fits):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file("1,a,t,1,2,n,x", header=RENAMED))
    [file] = geoward("quarantine", "list", "--json").document["files"]

    shown = geoward("quarantine", "show", file["file_id"], "--json")

    assert fits(shown.document, "quarantine-show")
    assert shown.document["dropped"] == ["person", "note", "extra"]
    assert "does not read: person, note, extra" in " ".join(
        geoward("quarantine", "show", file["file_id"]).stdout.split()
    )


def test_files_of_an_earlier_layout_are_counted_in_one_line_and_need_no_hand(
    geoward, home, mapping_file, log_file, fits
):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", *(log_file(f"{n},a,t,1,2,n,x", name=f"{n}.csv") for n in "12"))
    catalog = Catalog(home.region("eu"))
    files = catalog.files()
    catalog.set_dates(files, [(one.source, one.file_id, "raw.pings", "2026-06-01", 1, 1) for one in files])
    catalog.record("raw.pings", date(2026, 6, 1), 1, "d", {}, {"quarantined": 1})
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file("1,a,t,1,2,n,x", header=RENAMED))

    looked = geoward("quarantine", "replay", _mended(mapping_file, "person"), "--dry-run", "--json")
    assert fits(looked.document, "quarantine-replay") and len(looked.document["files"]) == 3
    done = geoward("quarantine", "replay", _mended(mapping_file, "person"))

    assert done.exit_code == 0
    assert "1.csv" not in done.stdout and "landed" in done.stdout
    assert "Left in use as before, under another mapping: 2 files" in " ".join(done.stdout.split())
    named = geoward("quarantine", "replay", _mended(mapping_file, "person"), "--file", files[0].file_id)
    assert named.exit_code == 1 and "refused: missing_column:person" in " ".join(named.stdout.split())


def test_the_last_try_is_told_beside_the_first_cause(geoward, mapping_file, log_file, fits):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file("1,a,t,1,2,n,x", header=RENAMED))
    path = mapping_file()
    path.write_text(path.read_text().replace("description: ", "description: Other "))
    geoward("quarantine", "replay", path)

    [file] = geoward("quarantine", "list", "--json").document["files"]
    assert (file["reason"], file["tried"]) == ("missing_column:who", "missing_column:who") and file["tried_at"]
    assert "missing_column:who; tried 2" in geoward("quarantine", "list").stdout
    shown = geoward("quarantine", "show", file["file_id"])
    assert shown.stdout.count("missing_column:who") == 2 and "(last try)" in shown.stdout
    assert fits(geoward("quarantine", "show", file["file_id"], "--json").document, "quarantine-show")


def test_a_replay_that_is_not_to_wait_for_a_run_ends_with_5(geoward, mapping_file, live_run):
    busy = geoward("quarantine", "replay", mapping_file(), "--no-wait")

    assert busy.exception.exit_code == 5
