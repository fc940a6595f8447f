"""A log that was cut, edited or taken away is found against its witness; one whose writer was killed is not."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs import audit_log
from jobs.audit_chain import entry_files
from jobs.audit_log import audit, read_audit
from jobs.audit_witness import audit_path, contradiction, head_path, second_path
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.manifest import log_file

LINES = 13
"""More than Delta takes to write a checkpoint."""


@pytest.fixture
def log(home):
    for n in range(LINES):
        audit(home, "read", f"table{n}", "allowed", region="eu")
    assert contradiction(home) == ""
    return audit_path(home)


def cut(log, *versions):
    for version in versions:
        for file in entry_files(log, version):
            file.unlink()
        log_file(log, version).unlink()
    for path in log.glob("_delta_log/*checkpoint*"):
        path.unlink()


def told(home):
    return [(one.kind, one.what) for one in fsck(home, checked=Checked())]


def killed_before_its_witness(home, monkeypatch, subject="unwitnessed"):
    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "advance", lambda home: None)
        audit(home, "read", subject, "allowed")


@pytest.mark.parametrize("count", [1, 3])
def test_a_log_cut_at_its_end_is_found(home, log, count):
    cut(log, *range(LINES - count, LINES))

    assert len(read_audit(home)) == LINES - count, "it reads like a whole one"
    assert told(home) == [("audit_damaged", f"entries were cut off its end: it had {LINES} commits")]


def test_a_cut_is_found_forever_whatever_is_written_after_it(home, log):
    cut(log, LINES - 1)
    for n in range(3):
        audit(home, "read", f"later{n}", "allowed")
        assert [kind for kind, _ in told(home)] == ["audit_damaged"]
    assert len(read_audit(home)) == LINES + 2, "entries go on being written"


def test_an_entry_that_was_edited_is_found(home, log):
    [file] = entry_files(log, 4)
    content = bytearray(file.read_bytes())
    at = content.index(b"table4")
    content[at : at + 6] = b"table9"
    file.write_bytes(content)

    assert told(home) == [("audit_damaged", "it is not what was written: entries were changed or cut off")]


def test_an_edited_commit_is_found(home, log):
    path = log_file(log, 4)
    path.write_text(path.read_text().replace("WRITE", "write"))

    assert [kind for kind, _ in told(home)] == ["audit_damaged"]


@pytest.mark.parametrize("again", [False, True])
def test_a_log_that_is_gone_is_found_also_when_it_was_begun_anew(home, log, again):
    shutil.rmtree(log)
    if again:
        audit(home, "read", "anew", "allowed")

    assert [kind for kind, _ in told(home)] == ["audit_damaged"]


def test_an_entry_whose_writer_was_killed_before_it_was_witnessed_is_no_damage(home, log, monkeypatch):
    killed_before_its_witness(home, monkeypatch)
    killed_before_its_witness(home, monkeypatch, "another")
    assert contradiction(home) == ""

    audit(home, "read", "later", "allowed")
    assert contradiction(home) == "" and json.loads(head_path(home).read_text())["version"] == LINES + 2
    cut(log, LINES, LINES + 1, LINES + 2)
    assert contradiction(home), "once witnessed they are held to it too"


def test_threads_that_write_at_once_are_witnessed_in_the_order_of_their_entries(home):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audit(home, "read", f"thread{n}", "allowed"), range(12)))

    assert len(read_audit(home)) == 12 and contradiction(home) == ""


def test_the_very_first_entry_may_be_killed_too(home, monkeypatch):
    killed_before_its_witness(home, monkeypatch)

    assert contradiction(home) == ""


def test_a_log_from_before_there_was_a_witness_is_witnessed_with_its_next_entry(home, log, monkeypatch):
    head_path(home).unlink()
    for version in range(LINES):
        path = log_file(log, version)
        path.write_text(path.read_text().replace('"witnessed":"true",', "").replace(',"witnessed":"true"', ""))
    assert contradiction(home) == ""

    audit(home, "read", "first of the new", "allowed")
    assert contradiction(home) == ""
    cut(log, LINES)
    assert contradiction(home)


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_text("{}x")])
def test_a_witness_that_is_gone_or_garbled_is_found_however_much_is_written_after_it(home, log, harm):
    harm(head_path(home))
    for n in range(3):
        assert told(home) == [("audit_damaged", "its witness, audit.head, is gone")]
        audit(home, "read", f"later{n}", "allowed")
    cut(log, LINES + 2)
    assert [kind for kind, _ in told(home)] == ["audit_damaged"]


def test_a_witness_that_is_gone_together_with_the_end_of_the_log_is_found_after_the_next_entry_too(home, log):
    cut(log, LINES - 2, LINES - 1)
    head_path(home).unlink()
    audit(home, "read", "later", "allowed")

    assert [kind for kind, _ in told(home)] == ["audit_damaged"]


def test_a_folder_that_was_lost_keeps_its_witness_whatever_is_written_since_and_verifies_when_it_is_restored(
    home, log, tmp_path
):
    kept, before = shutil.copytree(log, tmp_path / "backup"), head_path(home).read_text()
    shutil.rmtree(log)
    for n in range(LINES + 2):
        audit(home, "read", f"anew{n}", "allowed")
        assert [kind for kind, _ in told(home)] == ["audit_damaged"], f"after {n + 1} entries"
    assert head_path(home).read_text() == before

    shutil.rmtree(log)
    shutil.copytree(kept, log)
    assert told(home) == [("audit_damaged", "entries that were written while it was damaged are not in it")]
    audit(home, "read", "later", "allowed")
    second_path(home).unlink()
    assert told(home) == [], "all that the first witness knew is there, and the entry since then"


def test_entries_that_another_program_wrote_are_found_and_never_taken_over(home, log, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "WITNESSED", "by-somebody")
        killed_before_its_witness(home, monkeypatch, "forged")
    for n in range(2):
        assert told(home) == [("audit_damaged", "entries were added to it, and not by Geoward")]
        audit(home, "read", f"later{n}", "allowed")


def test_entries_are_in_the_order_in_which_they_were_written_whatever_the_clock_said(home, monkeypatch):
    from datetime import timedelta

    real = audit_log.now
    for hours in (0, -5, 3, -9):
        monkeypatch.setattr(audit_log, "now", lambda hours=hours: real() + timedelta(hours=hours))
        audit(home, "read", f"at {hours}", "allowed")

    assert [entry["subject"] for entry in read_audit(home)] == ["at 0", "at -5", "at 3", "at -9"]


def test_a_log_that_misses_a_commit_in_its_middle_is_not_read(home, log):
    log_file(log, 4).unlink()

    with pytest.raises(ValueError, match="a commit of the audit log is gone"):
        read_audit(home)
    assert [kind for kind, _ in told(home)] == ["audit_damaged"]
