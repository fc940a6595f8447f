"""A file's name comes from outsiders: whatever it is, its neighbors land, and nobody's terminal obeys it."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.dismissals import Dismissals
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landing.file_name import told, typed
from jobs.list_quarantine import list_quarantine
from tests.jobs.publisher import publish_as_a_run
from tests.jobs.test_plan import D1, land

ROW = "1,a,2026-06-01T00:00:00Z,1,2,,"
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}
BAD_BYTES, ESCAPE, TURNED = "caf\udce9.csv", "\x1b[2J\x1b[31mred.csv", "a\u202evsc.exe"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("log 1, ü 日.csv", "log 1, ü 日.csv", id="any-letter-stays"),
        pytest.param(BAD_BYTES, r"caf\xe9.csv", id="no-utf-8"),
        pytest.param(ESCAPE, r"\x1b[2J\x1b[31mred.csv", id="terminal-commands"),
        pytest.param("a\r\nb\u0085\x9b.csv", r"a\r\nb\u0085\u009b.csv", id="lines-and-c1"),
        pytest.param(TURNED, r"a\u202evsc.exe", id="text-turned-round"),
        pytest.param("\ud800.csv", r"\ud800.csv", id="half-a-character"),
        pytest.param("\U000e0041", r"\U000e0041", id="unseen"),
    ],
)
def test_a_name_is_told_so_that_it_can_be_read_and_does_nothing(name, shown):
    assert told(name) == shown
    assert told(shown) == shown, "told twice is told once"
    assert shown.isprintable() and shown.encode()


@pytest.mark.parametrize(
    "name", ["plain.csv", "it's a \\n.csv", BAD_BYTES, ESCAPE, TURNED, "a\n'\\\x9b\u00851.csv", "$(rm x)`x`\x1b.csv"]
)
def test_a_name_that_is_typed_as_it_is_told_means_that_one_file(tmp_path, name):
    (tmp_path / name).touch()

    done = subprocess.run(["bash", "-c", f"ls {typed(name)} && rm {typed(name)}"], cwd=tmp_path, env=UTF8)

    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
    assert typed(name).isprintable()


@pytest.fixture
def hostile(tmp_path):
    """Files of hostile names with rows of their own, the last two unreadable, and a good one at the end."""
    names = [BAD_BYTES, ESCAPE, TURNED, "[red]x[bold].csv", "bad\udcff.csv", "bad\x1b.csv", "good.csv"]
    folder = tmp_path / "in"
    folder.mkdir()
    for n, name in enumerate(names):
        rows = f"id,who,at,lat,lon,note\n{n},a,2026-06-01T00:00:00Z,1,2,\n".encode()
        with open(os.fsencode(folder / name), "wb") as file:  # noqa: PTH123  a path of bytes
            file.write(rows if "bad" not in name else b"\xff\xfe" + bytes([n]))
    return [folder / name for name in names]


@pytest.mark.parametrize("more", [[], ["--json"], ["--dry-run"]], ids=["", "json", "dry-run"])
def test_files_of_hostile_names_land_or_are_quarantined_as_any_other(geoward, home, mapping_file, hostile, more):
    done = geoward("ingest", "-s", mapping_file(), "-r", "eu", *hostile, *more)

    assert done.exit_code == 1, done.exception
    assert done.output.replace("\n", "").isprintable() and r"caf\xe9.csv" in done.output.replace("\\\\", "\\")
    if more == ["--json"]:
        outcomes = [file["outcome"] for file in done.document["files"]]
        assert outcomes == ["landed"] * 4 + ["quarantined"] * 2 + ["landed"]
    if more != ["--dry-run"]:
        assert len(Catalog(home.region("eu")).files()) == len(hostile)


def test_every_listing_tells_them_escaped(geoward, home, mapping_file, hostile):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", *hostile)
    [one, other] = list_quarantine(home).files
    assert {one.name, other.name} == {r"bad\xff.csv", r"bad\x1b.csv"}

    shown = [geoward("quarantine", "list"), geoward("quarantine", "dismiss", one.file_id, "--reason", "a test")]
    shown += [geoward("quarantine", "replay", mapping_file()), geoward("fsck")]

    assert not [done.exception for done in shown if done.exit_code not in (0, 1)]
    assert all(done.output.replace("\n", "").isprintable() for done in shown)


def test_a_name_that_landed_before_names_were_escaped_is_told_escaped(home, mapping_file, geoward, log_file):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", log_file(ROW))
    with Catalog(home.region("eu")).open() as db:
        db.execute("UPDATE files SET name = ?", (ESCAPE,))

    assert [file.name for file in Catalog(home.region("eu")).files()] == [r"\x1b[2J\x1b[31mred.csv"]


def test_what_the_catalog_keeps_is_escaped_too(home, geoward, mapping_file, hostile):
    geoward("ingest", "-s", mapping_file(), "-r", "eu", *hostile)

    with Catalog(home.region("eu")).open() as db:
        names = [name for (name,) in db.execute("SELECT name FROM files")]
    assert all(name.isprintable() for name in names) and json.dumps(names)


RED = "\x1b[31mred"


@pytest.fixture
def twice(home):
    """A table that was published twice, so that the second version can be withdrawn."""
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1)
    publish_as_a_run(place, "one", D1, quarantine=[D1])
    publish_as_a_run(place, "two", D1, quarantine=[D1])
    return place


def test_reasons_that_a_person_pasted_are_kept_and_told_escaped(geoward, twice):
    of = ["raw.pings", "--region", "eu", "--reason", RED]
    assert geoward("quarantine", "dismiss", *of).exit_code == 0
    assert geoward("withdraw", *of, "--version", "2").exit_code == 0

    assert [one["detail"]["why"] for one in read_audit(twice.home)[-3:]] == [r"\x1b[31mred"] * 3


def test_reasons_that_were_kept_before_are_told_escaped(geoward, twice):
    of = ["raw.pings", "--region", "eu", "--reason", "plain"]
    geoward("quarantine", "dismiss", *of)
    geoward("withdraw", *of, "--version", "2")
    with twice.catalog.open() as db:
        db.execute("UPDATE publications SET withdrawn = ? WHERE withdrawn <> ''", (RED,))
        db.execute("UPDATE dismissals SET why = ?", (RED,))

    assert {why for by in twice.catalog.withdrawn().values() for why in by.values()} == {r"\x1b[31mred"}
    assert set(Dismissals(twice.region).known().values()) == {r"\x1b[31mred"}
    assert geoward("status").output.replace("\n", "").isprintable()


def test_fsck_tells_names_on_the_disk_escaped_and_removes_by_the_name_itself(geoward, twice):
    folder = twice.lake.path("raw.pings")
    (folder / f"stage-{RED}").mkdir()
    (folder / f"stage-{RED}" / "f").touch()
    shown = [geoward("fsck", "raw.pings", "--remove-orphans", *more) for more in (["--dry-run"], [])]
    assert not (folder / f"stage-{RED}").exists()
    assert read_audit(twice.home)[-1]["detail"]["paths"] == [r"raw/pings/stage-\x1b[31mred"]

    (folder / RED).touch()
    (folder / BAD_BYTES).touch()
    (twice.region.root / f"{RED}_aside").mkdir()
    (twice.region.root / "raw" / RED / "_delta_log").mkdir(parents=True)
    shown += [geoward("fsck"), geoward("fsck", "--json"), geoward("status"), geoward("audit", "list")]

    assert [done.exit_code for done in shown] == [1, 0, 1, 1, 1, 0], [done.exception for done in shown]
    assert all(done.output.replace("\n", "").isprintable() for done in shown)
