from __future__ import annotations

import hashlib
import sys

import pytest

from jobs import jars
from quality.contracts.errors import EnvironmentFault


@pytest.fixture
def two_jars(tmp_path, monkeypatch):
    """Two locked JARs, both there and right."""
    monkeypatch.setattr(jars, "FOLDER", tmp_path)
    monkeypatch.setattr(jars, "LOCK", tmp_path / "jars.lock")
    lines = ["# a remark", ""]
    for name in ("one", "two"):
        (tmp_path / f"{name}-1.0.jar").write_bytes(name.encode())
        lines.append(f"org.example:{name}:1.0 {hashlib.sha256(name.encode()).hexdigest()}")
    jars.LOCK.write_text("\n".join(lines) + "\n")
    return tmp_path


def test_every_shipped_lock_line_is_a_coordinate_and_a_digest():
    locked = jars.locked_jars()

    assert any("delta" in coordinate for coordinate in locked)
    assert all(coordinate.count(":") == 2 and len(digest) == 64 for coordinate, digest in locked.items())


def test_jars_as_locked_are_right_and_nothing_is_fetched(two_jars, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)  # an import would fail

    jars.resolve_jars()

    assert jars.wrong_jars() == []
    assert [path.name for path in jars.jar_paths()] == ["one-1.0.jar", "two-1.0.jar"]


def test_a_changed_jar_is_found(two_jars):
    (two_jars / "two-1.0.jar").write_bytes(b"other")

    assert jars.wrong_jars() == ["two-1.0.jar"]


def test_an_absent_jar_is_found_and_its_path_refused(two_jars):
    (two_jars / "one-1.0.jar").unlink()

    assert jars.wrong_jars() == ["one-1.0.jar"]
    with pytest.raises(EnvironmentFault, match="1 JARs are missing, one-1.0.jar first.*make setup"):
        jars.jar_paths()
