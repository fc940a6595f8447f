"""After set-up no release of a table compiles anything, and set-up itself does it once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.release import compile_kernels as step
from jobs.release.compile_kernels import compile_kernels

ROOT = Path(__file__).parents[3]
COMPILED = """
import sys
from pathlib import Path
from numba.core import event

compiled = event.RecordingListener()
event.register("numba:compile", compiled)
WORK
print([str(one.data["dispatcher"]) for _, one in compiled.buffer if one.is_start])
"""
BUILD = """
from jobs.release.build_file import build_file
from quality.releases.load_release import load_table_release, locate_release
for declared in sys.argv[2:]:
    build_file(load_table_release(declared), locate_release(declared), Path(sys.argv[1]), None, lambda step: None)
"""
COMPARE = """
from jobs.release.compare_releases import compare_releases
from quality.checks.anonymity.published_table import Roles
found = compare_releases(*map(Path, sys.argv[1:]), Roles(("born", "zip"), (), None), of_source=False, fixed_cells=True)
assert found.differencing.overlaps.pairs
"""
OTHERS = """
name: others
description: d
purpose: p
reads: actors.csv
subject: actor
quasi_ids:
  birth_year: {kind: numeric, hierarchy: {build: intervals, width: 10, levels: 3}}
  country: {kind: categorical, hierarchy: {build: redaction}}
method: METHOD
suppression: 0.1
models:
- {model: k_anonymity, k: 5}
- {model: l_diversity, column: kind, l: 2}
- {model: k_map, k: 9, population: actors.csv}
"""


def compiled_by(work, *arguments):
    """Return what a process of its own compiles while it does the ``work``."""
    done = subprocess.run(
        [sys.executable, "-c", COMPILED.replace("WORK", work), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_build_after_set_up_compiles_nothing(tmp_path):
    compile_kernels()
    source = ROOT / "data" / "sample" / "eu" / "actors.csv"
    (tmp_path / "actors.csv").write_bytes(source.read_bytes())
    files = [tmp_path / f"{method}.yaml" for method in ("mondrian", "full_domain")]
    for file in files:
        file.write_text(OTHERS.replace("METHOD", file.stem))

    assert compiled_by(BUILD, source, "sample_accounts", *files) == "[]"


def test_two_versions_are_compared_after_set_up_without_compiling(tmp_path):
    compile_kernels()
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text('born,zip\n"[1990, 2000[",10**\n"[1990, 2000[",10**\n"{1980, 1981}",10**\n')
    new.write_text('born,zip\n"[1995, 2005[",101*\n"[1995, 2005[",101*\n"[1980, 1985[",1***\n')

    assert compiled_by(COMPARE, old, new) == "[]"


@pytest.fixture
def built(monkeypatch):
    """Count the times that something is compiled."""
    found = []
    monkeypatch.setattr(step, "_build_all", found.append)
    return found


def test_what_was_compiled_is_compiled_again_only_for_other_sources(tmp_path, built, monkeypatch):
    ready = tmp_path / "kernels.ready"

    assert [compile_kernels(ready), compile_kernels(ready)] == [True, False]

    monkeypatch.setattr(step, "source_stamp", lambda package: "changed")
    assert compile_kernels(ready)
    assert len(built) == 2


def test_a_folder_that_is_not_writable_is_told_and_stops_nothing(tmp_path, built, capsys):
    (tmp_path / "file").write_text("")

    assert compile_kernels(tmp_path / "file" / "kernels.ready")

    assert "not writable" in capsys.readouterr().err
