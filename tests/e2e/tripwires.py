"""Points at which a run can be made to end, and what ends it there."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

from deltalake import DeltaTable

import jobs
from jobs import audit_log, commit, finish_publications, manifest, run_job, take_over
from jobs.catalog import Catalog
from jobs.lake import Lake
from jobs.run_ledger import RunLedger
from tests.e2e import tiny_runs

BEFORE, AFTER = "before", "after"

RUN_POINTS = {
    "before staging": (manifest, "begin", BEFORE),
    "half staged": (tiny_runs, "write_file", AFTER),
    "staged": (run_job, "_audit_and_publish", BEFORE),
    "audited": (run_job, "publish_table", BEFORE),
    "doubted": (Catalog, "begin_publication", AFTER),
    "settled": (commit, "finish", AFTER),
    "intended": (manifest, "intend", AFTER),
    "before the commit": (commit, "_opened", AFTER),
    "committed": (manifest, "complete", BEFORE),
    "manifest written": (manifest, "give_up", BEFORE),
    "one of two commits": (Lake, "commit", AFTER),
    "published": (finish_publications, "audit_many", BEFORE),
    "told and not witnessed": (audit_log, "advance", BEFORE),
    "told to auditors": (finish_publications, "audit_many", AFTER),
    "in the catalog": (Catalog, "record_all", AFTER),
    "in the ledger": (RunLedger, "_end", AFTER),
}
RECOVERY_POINTS = {
    "before it settles": (take_over, "finish", BEFORE),
    "before it completes": (manifest, "complete", BEFORE),
    "completed": (manifest, "give_up", BEFORE),
    "before it ends": (take_over, "finish_publications", BEFORE),
    "before it tells the rest": (finish_publications, "audit_once", BEFORE),
    "told the rest": (finish_publications, "audit_once", AFTER),
    "before it removes": (take_over, "remove", BEFORE),
    "half removed": (shutil, "rmtree", AFTER),
    "removed": (take_over, "remove", AFTER),
    "before it tells": (take_over, "audit", BEFORE),
    "told": (take_over, "audit", AFTER),
    "before it buries": (RunLedger, "bury", BEFORE),
    "buried": (RunLedger, "bury", AFTER),
}
WRITES = {
    "file": (tiny_runs, "write_file", BEFORE),
    "manifest": (manifest, "write_whole", BEFORE),
    "commit": (DeltaTable, "create_write_transaction", BEFORE),
    "answer to the commit": (DeltaTable, "create_write_transaction", AFTER),
    "audit log": (finish_publications, "audit_many", BEFORE),
    "doubt": (Catalog, "begin_publication", BEFORE),
    "catalog": (Catalog, "record_all", BEFORE),
    "ledger": (RunLedger, "_end", BEFORE),
}
ALL = {**RUN_POINTS, **RECOVERY_POINTS, **{f"write: {name}": point for name, point in WRITES.items()}}


def arm(point, nth, act):
    """Let ``act`` happen when the point is come to for the ``nth`` time, and never again."""
    owner, name, when = ALL[point]
    real, left = getattr(owner, name), [nth]

    def tripped():
        left[0] -= 1
        if left[0] == 0:
            act()

    def wrapped(*args, **kwargs):
        if when == BEFORE:
            tripped()
        found = real(*args, **kwargs)
        if when == AFTER:
            tripped()
        return found

    setattr(owner, name, wrapped)


def arm_any_call(nth, act):
    """Let ``act`` happen at the ``nth`` call of a function of Geoward's jobs."""
    folder, left = str(Path(jobs.__file__).parent), [nth]

    def count(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            left[0] -= 1
            if left[0] == 0:
                act()

    sys.setprofile(count)


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def refuse_a_write():
    """Fail as one write does on a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")


def refuse_in_sqlite():
    raise sqlite3.OperationalError("database or disk is full")


def fill_the_disk(room):
    """Let the operating system refuse, from now on, every write beyond ``room`` bytes of a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))


def empty_the_disk():
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
