"""Whatever is wrong with an audit log, a person can go on with what is left of it; nothing readable is lost by that."""

from __future__ import annotations

import shutil

import pytest

from jobs import accept_audit as accepting
from jobs.accept_audit import accept_audit, read_left
from jobs.audit_chain import entry_files
from jobs.audit_log import audit, read_audit
from jobs.audit_witness import audit_path, head_path, second_path
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.manifest import log_file
from quality.contracts.errors import UsageError

LINES = 13
"""More than Delta takes to write a checkpoint."""


@pytest.fixture
def log(home):
    for n in range(LINES):
        audit(home, "read", f"table{n}", "allowed", region="eu")
    return audit_path(home)


def told(home):
    return [one.kind for one in fsck(home, checked=Checked())]


def subjects(home):
    return [entry["subject"] for entry in read_audit(home)]


def cut(log, *versions):
    for version in versions:
        for file in entry_files(log, version):
            file.unlink()
        log_file(log, version).unlink()


def commit_gone(log):
    log_file(log, 4).unlink()
    return {4}


def entry_gone(log):
    entry_files(log, 4)[0].unlink()
    return {4}


def entry_garbled(log):
    entry_files(log, 4)[0].write_bytes(b"garbage")
    return {4}


def cut_past_a_checkpoint(log):
    cut(log, *range(8, LINES))
    return set(range(8, LINES))


def all_gone(log):
    shutil.rmtree(log)
    return set(range(LINES))


def head_gone(log):
    (log.parent / "audit.head").unlink()
    return set()


HARMS = [commit_gone, entry_gone, entry_garbled, cut_past_a_checkpoint, all_gone, head_gone]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_whatever_is_wrong_is_accepted_with_what_can_be_read_and_the_damaged_folder_is_kept(home, log, harm):
    lost = harm(log)
    left = [f"table{n}" for n in range(LINES) if n not in lost]
    names = {path.relative_to(log) for path in log.rglob("*")} if log.exists() else set()
    assert told(home) == ["audit_damaged"]
    assert [entry["subject"] for entry in read_left(home)[0]] == left and read_left(home)[1]

    accept_audit(home, "disk lost")

    assert told(home) == [] and subjects(home) == [*left, "audit log"]
    detail = read_audit(home)[-1]["detail"]
    assert (detail["commits_lost"], detail["entries_left"], detail["why"]) == (len(lost), len(left), "disk lost")
    aside = home.path / detail["aside"]
    assert {path.relative_to(aside) for path in aside.rglob("*")} == names
    audit(home, "read", "later", "allowed")
    assert told(home) == [] and not second_path(home).exists()
    with pytest.raises(UsageError):
        accept_audit(home, "again")


@pytest.mark.parametrize("meanwhile", [False, True], ids=["at-once", "after-an-entry"])
@pytest.mark.parametrize("step", ["write_entries", "sync_all", "put_next", "sync", "witness_anew"])
def test_it_can_be_killed_at_each_step_and_done_again_with_nothing_lost(home, log, monkeypatch, step, meanwhile):
    commit_gone(log)
    real, calls = getattr(accepting, step), []

    def killed(*words, **facts):
        calls.append(step)
        if step != "put_next" or len(calls) == 2:
            raise KeyboardInterrupt
        return real(*words, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(accepting, step, killed)
        with pytest.raises(KeyboardInterrupt):
            accept_audit(home, "disk lost")
    assert told(home) == ["audit_damaged"] and head_path(home).exists()
    if meanwhile:
        audit(home, "read", "meanwhile", "allowed")

    accept_audit(home, "disk lost")

    assert told(home) == []
    found = [name for name in subjects(home) if name != "audit log"]
    assert found == [*(f"table{n}" for n in range(LINES) if n != 4), *(["meanwhile"] if meanwhile else [])]
    assert subjects(home).count("audit log") == 1
