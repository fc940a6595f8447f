"""The archive of loaded classes is used where there is one, and its absence or age costs only time."""

from __future__ import annotations

import os

import pytest

from jobs import class_archive
from jobs.class_archive import archive_option, make_archive


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "one.jar").write_bytes(b"jar")
    monkeypatch.setattr(class_archive, "ARCHIVE", tmp_path / "classes.jsa")
    monkeypatch.setattr(class_archive, "jar_paths", lambda: [tmp_path / "one.jar"])
    return tmp_path


@pytest.fixture
def nights(folder, monkeypatch):
    """Count the training nights instead of running Spark; each writes the archive."""
    found = []

    def record(path):
        found.append(path)
        path.write_bytes(b"classes")

    monkeypatch.setattr(class_archive, "_record", record)
    return found


def test_without_an_archive_java_gets_no_option(folder):
    assert archive_option() == []


def test_an_archive_is_made_once_and_used(folder, nights):
    make_archive()
    make_archive()

    assert len(nights) == 1
    assert archive_option() == [f"-XX:SharedArchiveFile={folder / 'classes.jsa'}"]


def test_an_archive_older_than_a_jar_is_made_again(folder, nights):
    make_archive()
    os.utime(folder / "classes.jsa", (0, 0))
    make_archive()

    assert len(nights) == 2
