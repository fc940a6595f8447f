"""Delta's own files in the audit log are held as those of tables; damaged, they stop no run and are told of."""

from __future__ import annotations

import pytest

from jobs.accept_audit import accept_audit
from jobs.audit_log import audit, read_audit
from jobs.audit_witness import audit_path
from jobs.damage import Checked
from jobs.fsck import fsck
from tests.jobs.damaged import flip

LINES = 13
"""More than Delta takes to write a checkpoint."""


@pytest.fixture
def log(home):
    for n in range(LINES):
        audit(home, "read", f"table{n}", "allowed", region="eu")
    return audit_path(home)


def told(home):
    return [(one.kind, one.path) for one in fsck(home, checked=Checked())]


def checkpoint(log):
    [found] = log.glob("_delta_log/*.checkpoint.parquet")
    return found


DAMAGED = [("audit_damaged", "audit")]


@pytest.mark.parametrize("at", [2, 5, 900, -900, -20, -3])
def test_a_changed_checkpoint_is_found_stops_no_entry_and_is_mended(home, log, at):
    flip(checkpoint(log), at)
    for n in range(11):
        assert told(home) == DAMAGED
        audit(home, "run", f"later{n}", "published")
    assert told(home) == DAMAGED, "a new checkpoint does not make up for it"

    accept_audit(home, "bit rot")
    assert told(home) == [] and len(read_audit(home)) == LINES + 12
    audit(home, "read", "later", "allowed")


def test_a_checkpoint_that_is_gone_is_found(home, log):
    checkpoint(log).unlink()

    assert told(home) == DAMAGED


@pytest.mark.parametrize("text", ["garbage", '{"version":99,"size":3}\n', '{"version":5,"size":1}'])
def test_a_changed_pointer_is_found_and_stops_no_entry(home, log, text):
    (log / "_delta_log" / "_last_checkpoint").write_text(text)
    assert told(home) == DAMAGED

    audit(home, "read", "later", "allowed")
    assert read_audit(home)[-1]["subject"] == "later"


@pytest.mark.parametrize("name", ["stray.parquet", "_delta_log/zzz.json", "a/b", "x\n.parquet"])
def test_what_no_commit_names_is_found_and_its_mend_mends(home, log, name):
    import subprocess

    (log / name).parent.mkdir(exist_ok=True)
    (log / name).write_text("x")

    [found] = fsck(home, checked=Checked())
    assert found.kind == "file_added" and "\n" not in found.path
    subprocess.run(["bash", "-c", found.mend.split("`")[1]], cwd=home.path, check=True)
    assert told(home) == []


def test_a_log_whose_checkpoints_were_not_held_yet_is_held_to_those_after(home, log):
    import json

    from jobs.audit_witness import head_path

    facts = json.loads(head_path(home).read_text())
    head_path(home).write_text(json.dumps({"version": facts["version"], "chain": facts["chain"]}))
    assert told(home) == []
    for n in range(10):
        audit(home, "read", f"later{n}", "allowed")
    assert told(home) == []
    flip(sorted(log.glob("_delta_log/*.checkpoint.parquet"))[1], 5)
    assert told(home) == DAMAGED
