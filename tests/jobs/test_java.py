from __future__ import annotations

import pytest

from jobs.java import Java, find_java, java_problem, require_java, version_in
from quality.contracts.errors import EnvironmentFault


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        pytest.param('openjdk version "17.0.15" 2025-04-15', 17, id="modern"),
        pytest.param('java version "1.8.0_402"', 8, id="before-nine"),
        pytest.param('openjdk version "21" 2023-09-19', 21, id="first-of-its-line"),
        pytest.param('openjdk version "25-ea" 2025-09-16', 25, id="early-access"),
        pytest.param("no Java here", 0, id="none"),
    ],
)
def test_the_major_version_is_read_from_the_banner(banner, version):
    assert version_in(banner) == version


@pytest.mark.parametrize(
    ("java", "said"),
    [
        pytest.param(None, "missing", id="missing"),
        pytest.param(Java("java", "JAVA_HOME", 0), "does not start", id="broken"),
        pytest.param(Java("java", "PATH", 11), "Java 11, found by PATH, is too old", id="old"),
    ],
)
def test_an_unfit_java_is_told_in_one_sentence(java, said):
    assert said in java_problem(java)
    assert java_problem(java).count(". ") == 0


@pytest.mark.parametrize("version", [17, 21, 25])
def test_java_17_and_newer_will_do(version):
    assert java_problem(Java("java", "PATH", version)) == ""


def _fake_java(folder, script):
    folder.mkdir(parents=True)
    command = folder / "java"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return command


def test_java_home_comes_before_path(tmp_path, monkeypatch):
    command = _fake_java(tmp_path / "old" / "bin", "echo 'openjdk version \"11.0.2\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))

    assert find_java() == Java(str(command), "JAVA_HOME", 11)
    with pytest.raises(EnvironmentFault, match="too old") as fault:
        require_java()
    assert "openjdk-17-jre-headless" in fault.value.mend
    assert fault.value.exit_code == 4


def test_without_any_java_the_fault_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_java() is None
    with pytest.raises(EnvironmentFault, match="Java is missing"):
        require_java()


def test_a_java_home_without_java_does_not_start(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EnvironmentFault, match="JAVA_HOME leads to does not start"):
        require_java()


def test_a_usable_java_is_returned(tmp_path, monkeypatch):
    command = _fake_java(tmp_path / "new" / "bin", "echo 'openjdk version \"21.0.1\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "new"))

    assert require_java() == str(command)
