"""The repository as a whole: its packages' names are its own, and no file knows the machine it was made on."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("quality", "transforms", "jobs", "dagster_project")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|repo1?\.maven|maven\.apache)\.org\b|--index-url \S")
LONGEST = 250


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw and path != Path(__file__):
            found[path.relative_to(ROOT).as_posix()] = raw.decode("utf-8", "replace")
    return found


@pytest.fixture(scope="module")
def by_name() -> dict[str, str]:
    found = texts()
    assert "README.md" in found
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_installed_distribution_owns_the_name_of_a_package(name):
    assert set(packages_distributions().get(name, ["geoward"])) == {"geoward"}


def test_no_file_holds_a_path_of_one_machine(by_name):
    assert [name for name, text in by_name.items() if MACHINE.search(text)] == []


def test_no_file_names_a_registry(by_name):
    assert [name for name, text in by_name.items() if REGISTRY.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param(MACHINE, "see /root/x", True, id="root"),
        pytest.param(MACHINE, "see /home/ada/x", True, id="home"),
        pytest.param(MACHINE, "/path/to/python3.11", False, id="an-example"),
        pytest.param(MACHINE, "docs/work/x", False, id="a-relative-path"),
        pytest.param(REGISTRY, "https://pypi" + ".org/simple", True, id="index"),
        pytest.param(REGISTRY, "--index-url https://x", True, id="index-option"),
        pytest.param(REGISTRY, "--no-emit-index-url -q", False, id="no-index"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern, text, found):
    assert bool(pattern.search(text)) is found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_longer_than_the_house_style_allows(package):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / package).rglob("*.py")}

    assert lengths
    assert [path.name for path, lines in lengths.items() if lines > LONGEST] == []
