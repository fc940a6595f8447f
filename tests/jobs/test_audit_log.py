from __future__ import annotations

import getpass
import os
import pwd
import stat

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from jobs.audit_log import FIELDS, audit, audit_many, read_audit
from jobs.audit_witness import audit_path


def test_before_the_first_entry_there_is_nothing(home):
    assert read_audit(home) == []
    audit_many(home, [])
    assert not audit_path(home).exists()


def test_entries_come_back_oldest_first_with_who_and_under_which_policy(home):
    audit(home, "read", "curated.mobility", "allowed", region="eu", rows=3)
    audit(home, "run", "clean.pings", "failed")

    first, second = read_audit(home)
    assert (first["kind"], first["subject"], first["region"], first["detail"]) == (
        "read", "curated.mobility", "eu", {"rows": 3},
    )  # fmt: skip
    assert (second["subject"], second["outcome"], second["detail"]) == ("clean.pings", "failed", {})
    assert set(first) == set(FIELDS)
    assert {first["who"], first["policy"]} == {getpass.getuser(), home.policy.version[:16]}
    assert first["at"] <= second["at"]
    assert stat.S_IMODE(audit_path(home).stat().st_mode) == 0o700


def test_a_user_without_a_name_is_told_by_number(home, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    audit(home, "run", "clean.pings", "failed")

    assert read_audit(home)[0]["who"] == f"uid-{os.geteuid()}"


def test_many_entries_are_one_commit(home):
    audit_many(home, [("run", f"t{n}", "ok", "eu", {}) for n in range(5)])

    assert (len(read_audit(home)), DeltaTable(audit_path(home)).version()) == (5, 0)


def test_an_entry_can_be_neither_deleted_nor_overwritten(home):
    audit(home, "read", "curated.mobility", "denied")
    table = DeltaTable(audit_path(home))

    with pytest.raises(DeltaError):
        table.delete()
    with pytest.raises(DeltaError):
        write_deltalake(table, pa.table(table.to_pyarrow_table()), mode="overwrite")
    assert len(read_audit(home)) == 1
