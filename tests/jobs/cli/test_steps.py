from __future__ import annotations

import time

from jobs.cli import release, steps
from jobs.cli.steps import Steps


def told(capsys):
    return capsys.readouterr().err.splitlines()


def test_a_step_that_takes_long_is_told_again_until_the_next_one_begins(monkeypatch, capsys):
    monkeypatch.setattr(steps, "EVERY", 0.05)
    work = Steps()

    work.tell("Attacking: linkability (2 of 3)")
    time.sleep(0.3)
    first = told(capsys)
    work.end()
    time.sleep(0.1)
    told(capsys)
    time.sleep(0.2)

    assert first[0] == "Attacking: linkability (2 of 3)"
    assert "Attacking: linkability (2 of 3): 0 s so far" in first[1:]
    assert told(capsys) == []


def test_no_step_is_told_after_its_command_has_ended(geoward, declared):
    done = geoward("release", "build", declared(), "--dry-run")

    assert done.exit_code == 0
    assert "Making classes" in done.stderr
    assert release._STEPS._done.is_set()
