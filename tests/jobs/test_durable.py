"""What is written is whole or as it was before, and on the disk under its name."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from jobs import durable
from jobs.durable import sync_all, write_new, write_whole


@pytest.fixture
def flushed(monkeypatch):
    """Return what is flushed, in the order in which it is: paths."""
    found, real = [], os.fsync

    def fsync(descriptor):
        found.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(durable.os, "fsync", fsync)
    return found


def test_a_text_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "m.yaml", "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "m.yaml", "new")

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("m.yaml", "old")]


def test_a_text_is_for_its_owner_alone_and_flushed_before_it_has_its_name(tmp_path, flushed):
    write_whole(tmp_path / "a" / "m.json", "new")

    path = tmp_path / "a" / "m.json"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
    assert flushed[0].endswith(".part") and flushed[1:] == [str(path.parent)]


def test_files_are_flushed_with_the_folders_that_lead_to_them(tmp_path, flushed):
    file = tmp_path / "table" / "stage" / "day" / "p.parquet"
    file.parent.mkdir(parents=True)
    file.write_text("rows")

    sync_all([file], tmp_path / "table")

    assert flushed[0] == str(file), "a name may not be on the disk before its bytes"
    assert sorted(flushed[1:]) == [str(folder) for folder in reversed(list(file.parents)[:3])]


def test_a_new_file_is_never_written_over_one_that_is_there(tmp_path):
    path = tmp_path / "name"
    write_new(path, "first")

    with pytest.raises(FileExistsError):
        write_new(path, "second")

    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]
