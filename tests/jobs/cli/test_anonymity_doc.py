"""The commands of docs/anonymity.md, run as they stand there on the sample."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "anonymity.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
PICTURES = ROOT / "docs" / "pictures"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_guide_does_what_it_says(geoward, folder):
    assert len(COMMANDS) == 9
    for command in COMMANDS:
        done = geoward(*shlex.split(command)[1:])
        assert done.exit_code == 0, f"{command}: {done.exception or done.stderr}"

    assert {path.name for path in folder.iterdir()} >= {"accounts.csv", "accounts.html", "places.csv", "places.html"}
    shown = sorted(re.findall(r"\(pictures/(\S+)\)", TEXT))
    assert shown == sorted(path.name for path in PICTURES.iterdir())
    assert [name for name in shown if (folder / name).read_text() != (PICTURES / name).read_text()] == []


def test_every_check_that_can_fail_a_release_is_explained():
    text = (ROOT / "quality" / "checks").rglob("*.py")
    named = {name for path in text for name in re.findall(r'"(places_\w+)"', path.read_text(encoding="utf-8"))}

    assert named
    assert [name for name in sorted(named) if f"`{name}`" not in TEXT] == []
