"""`jobs/setup.sh` on machines that lack something: one sentence, exit 4, and nothing is made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "jobs" / "setup.sh"
GOOD_PYTHON = '#!/bin/sh\ncase "$1" in -V) echo Python 3.11.9;; -m) mkdir -p .venv;; esac\nexit 0\n'
OLD_PYTHON = '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\nexit 1\n'


def java(banner: str) -> str:
    return f"#!/bin/sh\ncat >&2 <<'END'\n{banner}\nEND\n"


JAVA_17 = java('openjdk version "17.0.12" 2024-07-16\nOpenJDK Runtime Environment')


@pytest.fixture
def set_up(tmp_path):
    """Run the script in an empty folder with a PATH that holds the given programs and a few of the system's."""

    def set_up(python="python3.11", java_home="", **programs):
        binaries, folder = tmp_path / "bin", tmp_path / "checkout"
        binaries.mkdir()
        folder.mkdir()
        for name in ("sh", "sed", "head", "mkdir", "cat"):
            (binaries / name).symlink_to(shutil.which(name))
        for name, text in programs.items():
            file = binaries / name.replace("_", ".")
            file.write_text(text)
            file.chmod(0o755)
        environment = {"PATH": str(binaries), **({"JAVA_HOME": java_home} if java_home else {})}
        ended = subprocess.run(
            [str(binaries / "sh"), str(SCRIPT), python], cwd=folder, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return ended, list(folder.iterdir())

    return set_up


@pytest.mark.parametrize(
    ("programs", "says"),
    [
        pytest.param({"java": JAVA_17}, ["Python 3.11 is missing", "apt-get install python3.11"], id="no-python"),
        pytest.param({"java": JAVA_17, "python3": OLD_PYTHON}, ["needs Python 3.11 or 3.12", "3.9.2"], id="old-python"),
        pytest.param({"java": JAVA_17, "python3_11": OLD_PYTHON}, ["make PYTHON="], id="old-python-of-that-name"),
        pytest.param({"python3_11": GOOD_PYTHON}, ["Java is missing", "Java 17 or newer"], id="no-java"),
        pytest.param(
            {"python3_11": GOOD_PYTHON, "java": java('openjdk version "11.0.2" 2019-01-15')},
            ["Java 11 is too old", "openjdk-17"], id="java-11",
        ),
        pytest.param(
            {"python3_11": GOOD_PYTHON, "java": java('java version "1.8.0_202"')}, ["too old", "Java 17"], id="java-8"
        ),
        pytest.param({"python3_11": GOOD_PYTHON, "java": java("?")}, ["unknown version", "Java 17"], id="java-mute"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_one_sentence_before_anything_is_made(set_up, programs, says):
    ended, made = set_up(**programs)

    assert ended.returncode == 4
    assert ended.stderr.startswith("Error: ")
    assert len(ended.stderr.splitlines()) == 1
    assert all(part in ended.stderr for part in says)
    assert (ended.stdout, made) == ("", [])


def test_a_java_home_that_holds_no_java_is_named_as_missing(set_up, tmp_path):
    ended, made = set_up(java_home=str(tmp_path / "nowhere"), python3_11=GOOD_PYTHON, java=JAVA_17)

    assert (ended.returncode, made) == (4, [])
    assert "Java is missing" in ended.stderr


def test_a_fit_machine_goes_on_to_make_the_environment(set_up):
    ended, made = set_up(python3_11=GOOD_PYTHON, java=JAVA_17)

    assert "Setting up .venv" in ended.stderr
    assert [path.name for path in made] == [".venv"]
