from __future__ import annotations

import errno
import gzip
import hashlib
import stat
from contextlib import contextmanager
from datetime import timedelta

import pytest

from jobs import land_files as land_files_module
from jobs.catalog import Catalog, now
from jobs.date_files import date_files
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.landing import probe_text
from jobs.landing.sealed_file import FileShredded
from jobs.nightly import run_table
from quality.sources.load_mapping import load_mapping
from tests.jobs.kept import kept_bytes, shred

ROWS = b"id,who,at,lat,lon,note\n1,a,2024-05-01T10:00:00Z,1.5,2.5,planted\n"
TORN = "other_delimiter:comma"
BASIS = "legal_basis: {risk: Legitimate interests}\nevidence: a test"


@pytest.fixture
def land(home, mapping_file, tmp_path):
    def land(*files, basis=BASIS, change=("", ""), and_change=("", ""), **more):
        path = mapping_file(basis)
        path.write_text(path.read_text().replace(*change).replace(*and_change))
        paths = []
        for name, content in files:
            paths.append(tmp_path / name)
            if content is not None:
                paths[-1].write_bytes(content)
        return land_files(home, home.region("eu"), load_mapping(path), path.read_text(), paths, **more)

    return land


def kept(home):
    return sorted(path.name for path in home.region("eu").folder("landing").iterdir())


def test_a_landed_file_keeps_its_bytes_under_their_digest_for_the_owner_alone(home, land, tmp_path):
    [landed] = land(("a.csv", ROWS))

    digest = hashlib.sha256(ROWS).hexdigest()
    assert (landed.outcome, landed.file_id, landed.bytes, landed.dropped) == ("landed", digest, len(ROWS), ("note",))
    path = home.region("eu").folder("landing") / f"{digest}.csv"
    assert (kept_bytes(home, path), stat.S_IMODE(path.stat().st_mode)) == (ROWS, 0o600)
    assert b"planted" not in path.read_bytes()
    assert (tmp_path / "a.csv").read_bytes() == ROWS, "a file is copied, never moved"


def test_the_same_bytes_under_another_name_add_nothing(home, land):
    first = land(("a.csv", ROWS))
    again = land(("b.csv", ROWS), ("a.csv", ROWS))

    assert [one.outcome for one in first + again] == ["landed", "known", "known"]
    assert len(kept(home)) == 1
    assert [file.name for file in Catalog(home.region("eu")).files()] == ["a.csv"]


def test_a_corrected_mapping_lands_the_same_bytes_again(home, land):
    land(("a.csv", ROWS))
    [before] = Catalog(home.region("eu")).files()

    [again] = land(("a.csv", ROWS), basis="legal_basis: {analytics: Consent}\nevidence: corrected")

    [after] = Catalog(home.region("eu")).files()
    assert again.outcome == "landed"
    assert (after.landed_at, after.dated) == (before.landed_at, False)
    assert after.mapping_version != before.mapping_version
    versions = {path.stem for path in home.region("eu").folder("mappings").iterdir()}
    assert versions == {before.mapping_version, after.mapping_version}, "both stay readable"


def test_a_file_that_cannot_be_read_is_kept_with_its_reason_while_its_neighbors_land(home, land):
    cut = gzip.compress(ROWS * 50)[:-12]

    outcomes = {one.name: (one.outcome, one.reason) for one in land(
        ("bad.csv.gz", cut), ("none.csv", None), ("empty.csv", b""), ("good.csv", ROWS))}  # fmt: skip

    assert outcomes == {
        "bad.csv.gz": ("quarantined", "truncated_gzip"),
        "none.csv": ("not_found", "not_found"),
        "empty.csv": ("quarantined", "empty_file"),
        "good.csv": ("landed", ""),
    }
    assert f"{hashlib.sha256(cut).hexdigest()}.csv.gz" in kept(home)
    assert len(Catalog(home.region("eu")).files()) == 3


def test_each_file_is_announced_in_turn(land):
    seen = []

    land(("a.csv", ROWS), ("b.csv", b""), progress=lambda path: seen.append(path.name))

    assert seen == ["a.csv", "b.csv"]


def test_a_mapping_that_cannot_read_a_file_in_use_is_refused_and_the_file_stays_in_use(home, land, mapping_file):
    land(("a.csv", ROWS))
    before, copies = Catalog(home.region("eu")).files(), kept(home)

    [again] = land(("a.csv", ROWS), change=("from: who", "from: actor"))

    assert (again.outcome, again.reason) == ("refused", "missing_column:actor")
    assert (Catalog(home.region("eu")).files(), kept(home)) == (before, copies)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"planted"), id="changed"),
        pytest.param(lambda path: path.write_bytes(ROWS), id="in-the-clear-as-earlier-versions-kept-it"),
        pytest.param(lambda path: path.unlink(), id="gone"),
    ],
)
def test_bytes_that_were_damaged_on_disk_are_replaced_by_the_same_file_and_it_is_told(home, land, damage):
    [one] = land(("a.csv", ROWS))
    before = Catalog(home.region("eu")).files()
    path = home.region("eu").folder("landing") / kept(home)[0]
    damage(path)

    [again, last] = land(("a.csv", ROWS), ("a.csv", ROWS))

    assert (again.outcome, again.file_id, kept_bytes(home, path)) == ("restored", one.file_id, ROWS)
    assert last.outcome == "known", "they are whole again"
    assert Catalog(home.region("eu")).files() == before


def test_kept_bytes_that_the_disk_cannot_read_are_restored(home, land, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "planted")

    land(("a.csv", ROWS))
    monkeypatch.setattr(land_files_module, "is_whole", fail)

    assert [one.outcome for one in land(("a.csv", ROWS))] == ["restored"]


def test_under_a_mapping_of_another_format_there_is_still_one_copy(home, land):
    [bad] = land(("a.csv", ROWS), change=("format: csv", "format: tsv"))
    assert (bad.outcome, kept(home)) == ("quarantined", [f"{bad.file_id}.tsv"])

    [good] = land(("a.csv", ROWS))

    assert (good.outcome, kept(home)) == ("landed", [f"{bad.file_id}.csv"])


def test_an_unreadable_file_that_comes_again_under_another_mapping_keeps_its_first_cause_and_one_copy(home, land):
    [first] = land(("a.csv", ROWS), change=("from: who", "from: actor"))
    before = Catalog(home.region("eu")).files()

    [again] = land(("b.csv", ROWS), change=("format: csv", "format: tsv"))

    assert (first.reason, again.outcome, again.reason) == ("missing_column:actor", "quarantined", TORN)
    assert (Catalog(home.region("eu")).files(), kept(home)) == (before, [f"{first.file_id}.csv"])
    [last] = Catalog(home.region("eu")).tries().values()
    assert last.reason == TORN


def test_a_copy_that_another_source_needs_stays(home, land):
    [bad] = land(("a.csv", ROWS), change=("format: csv", "format: tsv"))
    land(("a.csv", ROWS), change=("name: tiny\n", "name: other\n"))
    land(("a.csv", ROWS))

    assert kept(home) == [f"{bad.file_id}.csv"]
    land(("a.csv", ROWS), change=("name: tiny\n", "name: third\n"), and_change=("format: csv", "format: tsv"))
    assert kept(home) == [f"{bad.file_id}.csv", f"{bad.file_id}.tsv"], "each source's entry has its copy"


def test_only_a_change_of_an_entry_keeps_runs_away_and_it_does_so_to_the_end(land):
    seen = []

    @contextmanager
    def alone():
        seen.append("begin")
        yield
        seen.append("end")

    def told(path):
        seen.append(path.name)

    other = ROWS.replace(b"planted", b"")
    land(("a.csv", ROWS), ("a.csv", ROWS), progress=told, alone=alone)
    assert seen == ["a.csv", "a.csv"]
    seen.clear()
    corrected = "legal_basis: {analytics: Consent}\nevidence: corrected"
    land(("new.csv", other), ("a.csv", ROWS), ("b.csv", other + b"\n"), basis=corrected, progress=told, alone=alone)
    assert seen == ["new.csv", "a.csv", "begin", "b.csv", "end"]


def test_a_copy_that_the_machine_cannot_read_back_is_no_bad_file(home, land, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "planted")

    monkeypatch.setattr(probe_text, "open_bytes", fail)
    with pytest.raises(OSError, match="planted"):
        land(("a.csv", ROWS))

    assert (Catalog(home.region("eu")).files(), kept(home)) == ([], [])


def test_bytes_that_were_shredded_do_not_come_back_and_stop_no_neighbor(home, land):
    [one] = land(("a.csv", ROWS))
    [path] = home.region("eu").folder("landing").iterdir()
    shred(home, one.file_id)

    with pytest.raises(FileShredded):
        kept_bytes(home, path)
    found = land(("a.csv", ROWS), ("b.csv", ROWS + b"\n"))

    assert [(each.outcome, each.reason) for each in found] == [("shredded", "shredded"), ("landed", "")]
    assert len(kept(home)) == 2


def test_a_kept_file_that_is_entered_under_another_source_is_opened_first(home, land):
    [one] = land(("a.csv", ROWS))
    [path] = home.region("eu").folder("landing").iterdir()

    [again] = land((path, None), change=("name: tiny\n", "name: other\n"))

    assert (again.outcome, again.file_id, again.bytes) == ("landed", one.file_id, len(ROWS))
    assert kept_bytes(home, path) == ROWS


def test_a_kept_file_that_was_changed_is_not_entered_again(home, land):
    land(("a.csv", ROWS))
    [path] = home.region("eu").folder("landing").iterdir()
    path.write_bytes(path.read_bytes()[:-1])

    [again] = land((path, None), change=("name: tiny\n", "name: other\n"))

    assert again.outcome == "unreadable"


@pytest.mark.spark
def test_rows_that_came_twice_count_once_in_whatever_name_batch_or_format(home, land, request):
    """The same bytes are one file; the same rows in other bytes are two files in raw, and once in clean."""
    day = now().date() - timedelta(days=1)  # older rows would be past their retention one day
    rows = f"id,who,at,lat,lon,note\n1,a,{day}T10:00:00Z,1.5,2.5,\n2,b,{day}T11:00:00Z,1.5,2.5,\n".encode()
    place = Workplace.open(home, home.region("eu"), lambda: request.getfixturevalue("spark"))
    free = "legal_basis: {analytics: Public interest}\nevidence: a test"
    first = land(("a.csv", rows), ("renamed.csv", rows), basis=free)
    second = land(("again.csv", rows), ("a.csv.gz", gzip.compress(rows)), basis=free)
    assert [one.outcome for one in first + second] == ["landed", "known", "known", "landed"]

    date_files(place)
    [raw] = run_table(place, "raw.pings", [day])
    [clean] = run_table(place, "clean.pings", [day])

    assert (raw.rows_in, raw.rows_out) == (4, 4)
    assert (clean.rows_in, clean.rows_out, clean.rejected) == (4, 2, {"duplicate_exact": 2})
