"""A file's copy is whole under its digest, or there is none; what cannot be read and what cannot be written differ."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from jobs.landing import sealed_file
from jobs.landing.file_opening import PlainFile, Unreadable
from jobs.landing.keep_file import copied, drop_leftovers
from jobs.landing.sealed_file import SealedFile


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"planted")
    return tmp_path / "a.csv"


def content(path, keys):
    with SealedFile(path, hashlib.sha256(b"planted").hexdigest(), keys).open() as opened:
        return opened.read()


def test_a_copy_is_kept_for_the_owner_alone_and_tells_its_digest(file, folder, file_keys):
    with copied(PlainFile(file), folder, file_keys) as copy:
        copy.keep("kept")

    assert (copy.file_id, copy.bytes) == (hashlib.sha256(b"planted").hexdigest(), 7)
    [kept] = folder.iterdir()
    assert (kept.name, stat.S_IMODE(kept.stat().st_mode)) == ("kept", 0o600)
    assert content(kept, file_keys) == b"planted"
    assert b"planted" not in kept.read_bytes()


def test_a_copy_that_is_not_kept_is_removed(file, folder, file_keys):
    with copied(PlainFile(file), folder, file_keys):
        assert list(folder.iterdir())

    assert list(folder.iterdir()) == []


def test_a_damaged_copy_is_replaced_by_the_next_one(file, folder, file_keys):
    (folder / "kept").write_bytes(b"plant")

    with copied(PlainFile(file), folder, file_keys) as copy:
        copy.keep("kept")

    assert content(folder / "kept", file_keys) == b"planted"


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(folder, file_keys):
    with pytest.raises(Unreadable, match="unreadable"), copied(PlainFile(Path("/proc/self/mem")), folder, file_keys):
        pass

    assert list(folder.iterdir()) == []


def test_a_copy_that_cannot_be_written_is_not_the_files_fault(file, folder, file_keys, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealed_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"), copied(PlainFile(file), folder, file_keys):
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
