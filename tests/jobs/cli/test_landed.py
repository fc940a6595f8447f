from __future__ import annotations

import shutil

from jobs.home import open_home

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"


def test_where_nothing_landed_it_says_so(geoward, fits):
    assert "Nothing landed." in geoward("landed", "list").stdout
    assert fits(geoward("landed", "list", "--json").document, "landed-list")
    assert "Nothing landed." in geoward("landed", "list", "--source", "sample_pings").stdout
    assert geoward("landed", "list", "--source", "sample_ping").exception.exit_code == 2
    assert "knows every kept file" in geoward("landed", "restore").stdout


def test_what_landed_and_has_no_dates_yet_is_told_with_the_next_step(geoward, mapping_file, log_file, fits):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW))

    listed = geoward("landed", "list", "--json")
    assert fits(listed.document, "landed-list")
    assert [(one["source"], one["files"], one["undated"]) for one in listed.document["sources"]] == [("tiny", 1, 1)]
    shown = geoward("landed", "list").stdout
    assert "tiny" in shown and "geoward run" in shown and "log.csv" not in shown


def test_dates_are_told_with_what_became_of_them(geoward, home):
    from datetime import date

    from jobs.job_inputs import Workplace
    from tests.jobs.test_plan import land, refuse

    land(Workplace.open(home, home.region("eu"), refuse), date(2024, 5, 1), date(2024, 5, 2))

    shown = geoward("landed", "list", "--source", "tiny", "--date", "2024-05-01").stdout

    assert shown.splitlines()[-1].split()[2:] == ["raw.pings", "2024-05-01", "1", "2", "waiting"]


def test_a_restore_says_what_to_do_next_and_ends_with_1_while_a_file_needs_a_hand(
    geoward, mapping_file, log_file, fits
):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW), log_file("", ROW, name="b.csv"))
    root = open_home().region("eu").root
    (root / "catalog.sqlite").unlink()

    looked = geoward("landed", "restore", "--dry-run")
    assert looked.exit_code == 0 and "Nothing was changed" in looked.stdout
    done = geoward("landed", "restore", "--json")
    assert (done.exit_code, fits(done.document, "landed-restore")) == (0, True)

    (root / "catalog.sqlite").unlink()
    shutil.rmtree(root / "entries")
    asks = geoward("landed", "restore", "--region", "eu")
    assert asks.exit_code == 1 and "Find out who delivered it" in " ".join(asks.stdout.split())
