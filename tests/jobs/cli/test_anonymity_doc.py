"""The commands of the pages about releases, run as they stand there on the sample, and the table of failures."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.cli.release_failures import NOISY, PLACES, TABLES

ROOT = Path(__file__).parents[3]
PAGES = {
    name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("anonymity", "tables", "places", "noisy-figures", "release-failures")
}
COMMANDS = [
    line
    for text in PAGES.values()
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    for line in block.splitlines()
]
PICTURES = ROOT / "docs" / "pictures"
JUDGES = ("quality/checks/anonymity", "quality/checks/attacks", "quality/checks/places", "jobs/release")
"""Where the checks of releases are; those of noisy tables are in a file of their own."""


def stopping(path: Path) -> Iterator[str]:
    """Give the names of the checks that a module makes verdicts of, and not only warnings: those it writes out.

    The names are what ``Verdict`` and helpers of its like are called with, or what a variable ``check`` is set to; what
    a name is formatted with is ``*``.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            warns = any(isinstance(one, ast.Constant) and one.value == "warn" for one in node.args)
            made = [node.args[0]] if node.func.id in ("Verdict", "_verdict", "_at_least") and not warns else []
        elif isinstance(node, ast.Assign) and "check" in ast.unparse(node.targets[0]).strip("()").split(", "):
            made = node.value.elts[:1] if isinstance(node.value, ast.Tuple) else [node.value]
        else:
            made = []
        for one in made:
            parts = one.values if isinstance(one, ast.JoinedStr) else [one]
            if any(isinstance(part, ast.Constant) for part in parts):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)


FILES = [*(path for folder in JUDGES for path in (ROOT / folder).glob("*.py")), ROOT / "quality/checks/check_noisy.py"]
STOPPING = {name for path in FILES for name in stopping(path)}
FAILS = PAGES["release-failures"].partition("## Exit codes")[0]
TOLD = [name for row in re.findall(r"^\| (`.*?) \|", FAILS, re.MULTILINE) for name in re.findall("`(.+?)`", row)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("data", "jobs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_pages_does_what_it_says(geoward, folder):
    assert len(COMMANDS) == 14
    for command in COMMANDS:
        done = geoward(*shlex.split(command)[1:])
        assert done.exit_code == 0, f"{command}: {done.exception or done.stderr}"

    assert {path.name for path in folder.iterdir()} >= {
        f"{name}.{kind}" for name in ("accounts", "places", "figures") for kind in ("csv", "html")
    }
    shown = sorted(re.findall(r"\(pictures/(\S+)\)", PAGES["anonymity"]))
    assert shown == sorted(path.name for path in PICTURES.iterdir())
    assert [name for name in shown if (folder / name).read_text() != (PICTURES / name).read_text()] == []


def test_the_guide_is_two_pages():
    assert len(PAGES["anonymity"]) < 7_000
    assert len(PAGES["anonymity"].splitlines()) < 90


@pytest.mark.parametrize("name", PAGES)
def test_every_page_about_releases_is_found_from_the_guide_and_leads_back(name):
    whence, where = ("tables", "anonymity") if name == "anonymity" else ("anonymity", name)

    assert f"]({where}.md)" in PAGES[whence]
    assert name == "anonymity" or "](anonymity.md)" in PAGES[name]


SHOWN = [one.says for kind in (TABLES, PLACES, NOISY) for one in kind.values()]


def test_every_way_in_which_a_release_fails_stands_in_the_table():
    checks = {told.partition(" (")[0] for told in TOLD}

    assert len(STOPPING) > 15
    assert [name for name in sorted(STOPPING) if not any(_fits(name, told) for told in checks)] == []
    assert [name for name in SHOWN if not any(_fits(name, told) for told in TOLD)] == []


def test_the_table_tells_of_no_failure_that_does_not_exist():
    assert [told for told in TOLD if not any(_fits(name, told) for name in [*STOPPING, *SHOWN])] == []


def _fits(name: str, told: str) -> bool:
    """Tell whether a failure's words are those of the table, in which an ellipsis stands for a name."""
    return re.fullmatch(re.escape(told).replace("…", r"[\w*]+"), name) is not None
