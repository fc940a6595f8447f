"""A file's copy is whole under its digest, or there is none; what cannot be read and what cannot be written differ."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from jobs.landing import keep_file
from jobs.landing.file_opening import Unreadable
from jobs.landing.keep_file import copied, drop_leftovers


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"planted")
    return tmp_path / "a.csv"


def test_a_copy_is_kept_for_the_owner_alone_and_tells_its_digest(file, folder):
    with copied(file, folder) as copy:
        copy.keep("kept")

    assert (copy.file_id, copy.bytes) == (hashlib.sha256(b"planted").hexdigest(), 7)
    [kept] = folder.iterdir()
    assert (kept.name, kept.read_bytes(), stat.S_IMODE(kept.stat().st_mode)) == ("kept", b"planted", 0o600)


def test_a_copy_that_is_not_kept_is_removed(file, folder):
    with copied(file, folder):
        assert list(folder.iterdir())

    assert list(folder.iterdir()) == []


def test_a_damaged_copy_is_replaced_by_the_next_one(file, folder):
    (folder / "kept").write_bytes(b"plant")

    with copied(file, folder) as copy:
        copy.keep("kept")

    assert (folder / "kept").read_bytes() == b"planted"


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(folder):
    with pytest.raises(Unreadable, match="unreadable"), copied(Path("/proc/self/mem"), folder):
        pass

    assert list(folder.iterdir()) == []


def test_a_copy_that_cannot_be_written_is_not_the_files_fault(file, folder, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keep_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"), copied(file, folder):
        pass

    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_removed_a_day_later(folder):
    for name, age in (("old.part", 2 * 24 * 60 * 60), ("new.part", 60), ("kept.csv", 9 * 24 * 60 * 60)):
        (folder / name).write_bytes(b"x")
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))

    (folder / "witness.part").mkdir()
    (folder / "witness.part" / "one.csv").write_bytes(b"x")
    os.utime(folder / "witness.part", (0, 0))

    drop_leftovers(folder)

    assert sorted(path.name for path in folder.iterdir()) == ["kept.csv", "new.part"]
