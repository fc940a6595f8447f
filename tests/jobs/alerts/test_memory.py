from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime

import pytest

from jobs.alerts.digest import Told
from jobs.alerts.failure import ChannelFault
from jobs.alerts.memory import Known, Memory, memory_path, recall

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


@pytest.fixture
def home(with_alerts):
    return with_alerts()


@pytest.fixture
def known(problem):
    told = Told(problem().key, AT, AT)
    return {"chat": Known(3, AT, False, "It answered 500.", {told.key: told}), "mail": Known()}


def keep(home, channels):
    memory = Memory(home)
    try:
        return memory.keep(channels)
    finally:
        memory.close()


def test_what_is_kept_is_found_again_by_a_file_closed_to_others(home, known):
    assert keep(home, known)

    memory = Memory(home)
    assert memory.channels == known == recall(home)
    assert stat.S_IMODE(memory_path(home).stat().st_mode) == 0o600
    memory.close()


def test_keeping_replaces_what_was_there(home, known):
    keep(home, known)
    keep(home, {"mail": Known(1, AT, True, "Sent.")})

    assert recall(home) == {"mail": Known(1, AT, True, "Sent.")}


def test_what_was_not_kept_is_forgotten(home, known):
    memory = Memory(home)
    memory.close()

    assert recall(home) == {}


def test_an_installation_keeps_its_salt_and_another_has_its_own(home):
    def salt():
        memory = Memory(home)
        memory.close()
        return memory.salt

    first = salt()
    assert salt() == first, "though nothing was kept"
    memory_path(home).unlink()
    assert salt() != first


def test_one_process_at_a_time_holds_it_while_others_may_look(home, known):
    keep(home, known)
    first = Memory(home)

    with pytest.raises(ChannelFault, match="Another process is telling the channels"):
        Memory(home, wait=0.05)
    assert recall(home) == known
    first.close()
    Memory(home, wait=0.05).close()


@pytest.mark.parametrize("spoil", ["not a database" * 100, "folder", "time"])
def test_a_file_that_cannot_be_used_is_an_empty_memory_that_says_so(home, known, spoil):
    path = memory_path(home)
    if spoil == "time":
        keep(home, known)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE told SET at = 'yesterday'")
        db.close()
    elif spoil == "folder":
        path.mkdir()
    else:
        path.write_text(spoil)

    memory = Memory(home)
    assert (memory.channels, memory.usable) == ({}, False)
    assert memory.keep(known) is False
    assert recall(home) == {}


def test_a_disk_that_is_full_is_said(home, known, problem):
    keep(home, known)
    memory = Memory(home)
    memory._db.execute("PRAGMA max_page_count = 1")  # it cannot grow
    told = {p.key: Told(p.key, AT, AT) for p in (problem(table=f"t{n}" * 50) for n in range(200))}

    assert memory.keep({"chat": Known(1, AT, True, "", told)}) is False
    memory.close()
    assert recall(home) == known, "what was there is there"


def test_a_kind_of_another_version_is_left_out(home, known):
    keep(home, known)
    with sqlite3.connect(memory_path(home)) as db:
        db.execute("UPDATE told SET kind = 'haunted'")
    db.close()

    assert recall(home)["chat"].told == {}
