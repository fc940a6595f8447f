from __future__ import annotations

import subprocess
import sys

import pytest

CALLER = """from quality.contracts.compiled import compiled
from kernels.callee import one
@compiled
def two():
    return one()
"""
CALLEE = "from quality.contracts.compiled import compiled\n@compiled\ndef one():\n    return {}\n"


@pytest.fixture
def answer(tmp_path):
    """Write a package of two compiled functions, one of which calls the other, and ask it in a new process."""
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "caller.py").write_text(CALLER)

    def answer(value, before=""):
        (folder / "callee.py").write_text(CALLEE.format(value))
        code = f"{before}import sys; sys.path.insert(0, sys.argv[1]); from kernels.caller import two; print(two())"
        done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
        return int(done.stdout)

    return answer


def test_a_compiled_function_is_compiled_again_when_one_that_it_calls_changes(answer):
    assert [answer(1), answer(2)] == [1, 2]


def test_what_is_compiled_is_kept(answer, tmp_path):
    answer(1)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}

    answer(1)

    assert kept
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")} == kept


def test_where_no_folder_is_writable_each_process_compiles_anew(answer, tmp_path):
    assert answer(1, "import numba.core.caching as c; c.CacheImpl._locator_classes = []; ") == 1
    assert not list(tmp_path.rglob("*.nbi"))
