"""A query under a limit of memory ends, also if libraries that got none wait for each other."""

from __future__ import annotations

import sys

import pytest

from jobs import limited_memory
from jobs.limited_memory import run_apart
from quality.contracts.errors import EnvironmentFault


@pytest.fixture
def runs(monkeypatch):
    def runs(code):
        monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", code])
        return run_apart(1 << 30)

    monkeypatch.setattr(limited_memory, "STALLED", 0.5)
    return runs


def test_one_that_does_nothing_is_told_as_one_without_memory(runs):
    with pytest.raises(EnvironmentFault, match="too little memory: a process may have 1,024 MiB here"):
        runs("import time; time.sleep(600)")


def test_one_that_works_for_long_is_left_to_it(runs, capfd):
    assert runs("import time\nwhile time.process_time() < 1.5: pass\nprint(7); exit(3)") == 3
    assert capfd.readouterr().out == "7\n"
