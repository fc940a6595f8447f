from __future__ import annotations

import errno
import gzip
import json
import resource
import subprocess
import sys
from datetime import date

import pytest

from jobs import replay_quarantine
from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.dismiss_quarantine import dismiss
from jobs.land_files import land_files
from jobs.landing import probe_text
from jobs.list_quarantine import list_quarantine, show_quarantine
from jobs.listings.replay import REPLAY_OUTCOMES
from jobs.replay_quarantine import ROWS, replay
from jobs.run_lock import holds_run_lock, run_is_alive
from quality.contracts.errors import Busy, EnvironmentFault, UsageError
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.jobs.kept import shred

D1, D2 = date(2026, 6, 1), date(2026, 6, 2)
RENAMED = "id,person,at,lat,lon,note,extra"


@pytest.fixture
def land(home, mapping_file):
    """Land files under the mapping, and return their ids."""

    def land(*paths, under=None, region="eu"):
        path = under or str(mapping_file())
        landed = land_files(home, home.region(region), load_mapping(path), mapping_text(path), paths)
        return [one.file_id for one in landed]

    return land


@pytest.fixture
def mended(mapping_file):
    """Write the mapping with another name for a column, or another format."""

    def mended(old="from: who", new="from: person"):
        path = mapping_file()
        path.write_text(path.read_text().replace(old, new))
        return str(path)

    return mended


@pytest.fixture
def quarantined(land, log_file):
    """A file whose column was renamed, landed under a mapping that does not know it."""
    [file_id] = land(log_file("1,a,2026-06-01T00:00:00Z,1,2,n,x", header=RENAMED))
    return file_id


@pytest.fixture
def used(home, land, log_file):
    """A file in use, of whose date some rows are in quarantine."""
    [file_id] = land(log_file("2,a,t,1,2,n,x", name="used.csv"))
    date_it(home, file_id, D2, quarantined=1)
    return file_id


def catalog(home):
    return Catalog(home.region("eu"))


def told(listing):
    return [(one.name, one.was, one.outcome, one.reason) for one in listing.files]


def memory(home):
    """Everything the ledger says of files."""
    return catalog(home).files(), catalog(home).dates()


def copies(home, file_id):
    return sorted((home.region("eu").root / "landing").glob(f"{file_id}*"))


def date_it(home, file_id, day, quarantined):
    held = catalog(home)
    [file] = [file for file in held.files() if file.file_id == file_id]
    held.set_dates([file], [(file.source, file_id, "raw.pings", day.isoformat(), 2, 2)])
    held.record("raw.pings", day, 1, "d", {}, {"quarantined": quarantined})


def test_a_file_whose_column_was_renamed_lands_under_the_mended_mapping(home, quarantined, mended):
    [before] = catalog(home).files()
    assert before.reason == "missing_column:who"

    found = replay(home, mended())

    assert told(found) == [("log.csv", "missing_column:who", "landed", "")]
    assert found.ok and "geoward run" in found.files[0].mend
    [after] = catalog(home).files()
    assert (after.reason, after.dated, after.file_id, after.landed_at) == ("", False, quarantined, before.landed_at)
    [entry] = [entry for entry in read_audit(home) if entry["outcome"] == "replayed"]
    assert entry["detail"]["files"] == {"landed": 1} and "log.csv" not in json.dumps(entry)


def test_only_files_of_dates_with_quarantined_rows_are_entered_again_and_their_dates_told(
    home, used, land, log_file, mended
):
    [good] = land(log_file("1,a,t,1,2,n,x", name="good.csv"))
    date_it(home, good, D1, quarantined=0)

    found = replay(home, mended("from: lat", "from: lon"))

    assert told(found) == [("used.csv", ROWS, "landed", "")]
    assert found.files[0].dates == [D2]
    assert {file.name: file.dated for file in catalog(home).files()} == {"good.csv": True, "used.csv": False}


def test_under_the_same_mapping_nothing_changes_and_it_is_said(home, used, mapping_file):
    before = memory(home)

    found = replay(home, str(mapping_file()))

    assert told(found) == [("used.csv", ROWS, "unchanged", "")]
    assert (found.ok, found.files[0].dates) == (True, []) and "mend the mapping first" in found.files[0].mend
    assert memory(home) == before


def test_a_file_that_spark_could_not_read_is_tried_again_even_under_the_same_mapping(
    home, land, log_file, mapping_file
):
    land(log_file("2,a,t,1,2,n,x"))
    catalog(home).quarantine_file(catalog(home).files()[0], "unreadable_by_spark")

    assert told(replay(home, str(mapping_file()))) == [("log.csv", "unreadable_by_spark", "landed", "")]
    assert not catalog(home).files()[0].dated


def test_a_mapping_that_is_still_wrong_leaves_the_file_in_quarantine(home, quarantined, mended):
    found = replay(home, mended("from: who", "from: actor"))

    assert told(found) == [("log.csv", "missing_column:who", "quarantined", "missing_column:actor")]
    assert not found.ok and found.files[0].mend


def test_a_file_that_stays_unreadable_keeps_its_first_cause_and_tells_the_last_try(home, quarantined, mended):
    [before] = list_quarantine(home).files
    first = catalog(home).files()

    replay(home, mended("from: who", "from: actor"))
    wrong = replay(home, mended("format: csv", "format: jsonl"))

    assert told(wrong) == [("log.csv", "missing_column:who", "quarantined", "wrong_format")]
    assert catalog(home).files() == first, "what landed, and why it could not be used"
    [after] = list_quarantine(home).files
    assert (before.tried, before.tried_at, after.tried) == ("", None, "wrong_format")
    assert after == before.model_copy(update={"tried": "wrong_format", "tried_at": after.tried_at})
    assert [one.reason for one in show_quarantine(home, quarantined).tried] == ["wrong_format"]
    assert [path.suffix for path in copies(home, quarantined)] == [".csv"]

    assert replay(home, mended()).ok
    assert (list_quarantine(home).files, catalog(home).tries()) == ([], {}), "nothing is left of it once it lands"


def test_a_mapping_that_cannot_read_a_file_in_use_leaves_it_in_use_with_its_dates(home, used, mended):
    before = memory(home)

    found = replay(home, mended("from: who", "from: actor"))

    assert told(found) == [("used.csv", ROWS, "refused", "missing_column:actor")]
    assert found.ok and "under the mapping it came with" in found.files[0].mend, "nothing is wrong with it"
    assert memory(home) == before


def test_a_mapping_for_a_column_renamed_from_some_date_on_lands_the_later_files_and_leaves_the_earlier(
    home, used, quarantined, mended
):
    [before] = [file for file in catalog(home).files() if file.file_id == used]

    found = replay(home, mended())

    assert found.ok, "nothing needs a hand"
    assert sorted(told(found)) == [
        ("log.csv", "missing_column:who", "landed", ""),
        ("used.csv", ROWS, "refused", "missing_column:person"),
    ]
    [after] = [file for file in catalog(home).files() if file.file_id == used]
    assert after == before and catalog(home).dates()["raw.pings"].keys() == {D2}


def test_one_file_is_entered_again_alone_by_its_id(home, used, quarantined, land, log_file, mended):
    [other] = land(log_file("9,a,t,1,2,n,x", name="other.csv", header=RENAMED))

    found = replay(home, mended(), file=quarantined[:8].upper())

    assert told(found) == [("log.csv", "missing_column:who", "landed", "")]
    assert {file.file_id: file.reason for file in catalog(home).files() if file.reason} == {other: "missing_column:who"}


def test_a_file_in_use_that_was_asked_for_by_its_id_and_cannot_be_read_needs_a_hand(home, used, mended):
    before = memory(home)

    found = replay(home, mended(), file=used)

    assert (told(found), found.ok) == ([("used.csv", ROWS, "refused", "missing_column:person")], False)
    assert memory(home) == before


def test_a_dismissed_file_is_entered_again_only_when_it_is_named(home, quarantined, mended):
    dismiss(home, quarantined, "eu", "looked at")

    assert replay(home, mended(), dry_run=True).files == []
    assert told(replay(home, mended(), file=quarantined)) == [("log.csv", "missing_column:who", "landed", "")]


@pytest.mark.parametrize(
    "digits",
    [
        pytest.param(lambda own, good: own[:7], id="too-few-digits"),
        pytest.param(lambda own, good: "0" * 64, id="no-such-file"),
        pytest.param(lambda own, good: good, id="in-use-with-no-row-in-quarantine"),
    ],
)
def test_an_id_of_nothing_in_quarantine_is_wrong_use_and_changes_nothing(
    home, quarantined, land, log_file, mended, digits
):
    [good] = land(log_file("1,a,t,1,2,n,x", name="good.csv"))
    before, mapping = memory(home), mended()

    with pytest.raises(UsageError):
        replay(home, mapping, file=digits(quarantined, good))
    assert memory(home) == before


def test_a_damaged_file_is_told_as_damaged_whatever_the_mapping_reads(home, land, tmp_path, mended):
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(b"id,who,at,lat,lon,note\n" + b"1,a,t,1,2,n\n" * 500)[:-12])
    land(path)

    found = replay(home, mended())

    assert told(found) == [("cut.csv.gz", "truncated_gzip", "quarantined", "truncated_gzip")]
    assert "send it again" in found.files[0].mend


def test_kept_bytes_that_are_gone_change_nothing(home, quarantined, mended):
    copies(home, quarantined)[0].unlink()
    before = memory(home)

    found = replay(home, mended())

    assert told(found) == [("log.csv", "missing_column:who", "kept_bytes_gone", "")]
    assert not found.ok and "geoward fsck" in found.files[0].mend
    assert memory(home) == before


@pytest.mark.parametrize("which", ["quarantined", "used"])
def test_kept_bytes_that_were_changed_are_entered_nowhere(home, which, request, mended):
    file_id = request.getfixturevalue(which)
    [kept] = copies(home, file_id)
    kept.write_bytes(kept.read_bytes().replace(b"a", b"b", 1))
    before = memory(home)

    found = replay(home, mended("from: lat", "from: lon"))

    assert [one.outcome for one in found.files] == ["kept_bytes_changed"]
    assert "geoward fsck" in found.files[0].mend
    assert memory(home) == before
    assert len(list(kept.parent.iterdir())) == 1, "no second file id"


def test_after_a_change_of_the_format_there_is_one_copy_of_a_file(home, land, log_file, mended):
    [file_id] = land(log_file("1,a,t,1,2,n,x"), under=mended("format: csv", "format: tsv"))
    assert [path.suffix for path in copies(home, file_id)] == [".tsv"]

    found = replay(home, mended("format: tsv", "format: csv"))

    assert [one.outcome for one in found.files] == ["landed"]
    assert [(path.suffix, catalog(home).files()[0].extension) for path in copies(home, file_id)] == [(".csv", "csv")]


def test_a_dry_run_says_of_every_outcome_what_the_run_does_and_changes_nothing(home, used, land, log_file, mended):
    def bad(name, column, note):
        [file_id] = land(log_file(f"1,a,t,1,2,{note},x", name=name, header=RENAMED.replace("person", column)))
        return file_id

    bad("lands.csv", "person", 1), bad("stays.csv", "actor", 2)
    copies(home, bad("gone.csv", "person", 3))[0].unlink()
    copies(home, bad("changed.csv", "person", 4))[0].write_text("planted")
    shred(home, bad("shredded.csv", "person", 5))
    mapping = mended()
    [entered] = land(log_file("9,a,t,1,2,n,x", name="entered.csv", header=RENAMED), under=mapping)
    date_it(home, entered, D1, quarantined=1)
    before = memory(home)

    foretold = replay(home, mapping, dry_run=True)

    assert memory(home) == before
    assert not [entry for entry in read_audit(home) if entry["outcome"] == "replayed"]
    assert {one.outcome for one in foretold.files} == set(REPLAY_OUTCOMES)
    done = replay(home, mapping)
    assert (foretold.files, foretold.ok) == (done.files, done.ok)
    assert memory(home) != before


def planted(code):
    def fail(*_):
        raise OSError(code, "planted")

    return fail


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("module", "name", "code"),
    [
        pytest.param(replay_quarantine, "is_whole", errno.EIO, id="bytes-that-the-disk-cannot-read"),
        pytest.param(probe_text, "open_bytes", errno.EMFILE, id="too-many-open-files"),
    ],
)
def test_a_fault_of_the_machine_is_no_bad_file(
    home, used, quarantined, mended, monkeypatch, module, name, code, dry_run
):
    before = memory(home)
    monkeypatch.setattr(module, name, planted(code))

    with pytest.raises(EnvironmentFault) as fault:
        replay(home, mended(), dry_run=dry_run)

    assert fault.value.exit_code == 4
    assert memory(home) == before


def test_a_fault_in_one_region_changes_nothing_in_another(home, land, log_file, mended, monkeypatch):
    paths = [log_file("1,a,t,1,2,n,x", header=RENAMED, name=name) for name in ("one.csv", "two.csv")]
    land(paths[0])
    paths[1].write_text(paths[1].read_text() + "2,a,t,1,2,n,x\n")
    [far] = land(paths[1], region="us")
    before, real = memory(home), replay_quarantine.is_whole
    monkeypatch.setattr(
        replay_quarantine, "is_whole", lambda kept: planted(errno.EIO)() if kept.file_id == far else real(kept)
    )

    with pytest.raises(EnvironmentFault):
        replay(home, mended())

    assert memory(home) == before


REPLAY = """
import resource, sys
import jobs.cli.commands
from jobs.cli.app import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(200, id="only-the-lock-fits"),
    ],
)
def test_a_full_disk_is_told_as_one_and_no_entry_changes(home, quarantined, mended, limit):
    before = memory(home)
    command = [sys.executable, "-c", REPLAY, str(limit), "quarantine", "replay", mended()]

    full = subprocess.run(command, capture_output=True, text=True)

    assert (full.returncode, "disk is full" in full.stderr) == (4, True), full.stderr
    assert memory(home) == before
    unlimited = [word.replace(str(limit), str(resource.RLIM_INFINITY)) for word in command]
    assert subprocess.run(unlimited, capture_output=True).returncode == 0, "the same command again"
    assert memory(home) != before


def test_beside_a_live_run_nothing_is_changed(home, live_run, quarantined, mended):
    before = memory(home)

    with pytest.raises(Busy):
        replay(home, mended(), wait=False)
    assert memory(home) == before
    assert replay(home, mended(), dry_run=True, wait=False).files, "a look needs no lock"


def test_it_waits_for_the_end_of_a_run_and_says_for_which(home, live_run, quarantined, mended):
    said = []

    def tell(text):
        said.append(text)
        assert [file.reason for file in catalog(home).files()] == ["missing_column:who"], "not yet"
        live_run.stdin.close()

    assert replay(home, mended(), progress=tell).ok
    assert len(said) == 1 and f"process {live_run.pid}" in said[0]


def test_no_run_is_alive_from_the_first_look_to_the_last_change(home, quarantined, mended, monkeypatch):
    held = []
    for owner, name in ((replay_quarantine, "is_whole"), (Catalog, "land_again"), (replay_quarantine, "audit")):
        real = getattr(owner, name)

        def seen(*args, real=real, **kwargs):
            held.append(holds_run_lock(home))
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, seen)

    replay(home, mended())

    assert held == [True, True, True]
    assert not run_is_alive(home), "and one may run again"
