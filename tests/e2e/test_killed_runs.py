"""`geoward run`, killed with Spark and all: no reader ever sees half a day, and a rerun ends in the same rows."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.plan import plan
from tests.e2e import soundness
from tests.e2e.tiny_labels import DAYS, TABLE, Reader, land, shown

pytestmark = [pytest.mark.e2e, pytest.mark.long]

ROOT = Path(__file__).parents[2]
GEOWARD = Path(sys.executable).with_name("geoward")
POINTS = {"before staging": False, "staged": False, "audited": False, "committed": True, "published": True}
"""Where a run is killed, and whether its rows are published by then."""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "home").mkdir(mode=0o700)
    home = open_home(tmp_path / "home")
    return Workplace.open(home, home.region("eu"), no_spark)


@pytest.fixture
def start(place):
    """Start a command as a process group of its own."""

    def start(*words):
        return subprocess.Popen(
            list(map(str, words)), cwd=ROOT, env={**os.environ, "GEOWARD_HOME": str(place.home.path)},
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return start


def each(rows):
    return dict.fromkeys(DAYS, rows)


def left_of(process):
    """Return the processes of the session that are still there; what was just killed may take a moment to go."""
    for _ in range(100):
        listed = subprocess.run(
            ["ps", "-s", str(process.pid), "-o", "stat="], capture_output=True, text=True, check=False
        )
        if not [line for line in listed.stdout.split() if not line.startswith("Z")]:
            return ""
        time.sleep(0.1)
    return listed.stdout


def stale(place):
    return {str(one.date) for one in plan(place) if one.table == TABLE.name}


def sound(place):
    return not soundness.damage(place, (TABLE.name,)) and not soundness.unaudited(place, TABLE.name)


def test_a_run_killed_anywhere_is_made_good_by_the_next_one(place, start):
    land(place, 0)
    _end_well(start(GEOWARD, "run"))

    with Reader(place) as reader:
        for number, (point, published) in enumerate(POINTS.items(), 1):
            land(place, number)
            before, process = shown(place), start(sys.executable, "-m", "tests.e2e.killed_geoward", point, "run")
            told = process.communicate()[1]
            assert (process.returncode, left_of(process)) == (-signal.SIGKILL, ""), told
            assert shown(place) == (each(number + 1) if published else before), point
            assert stale(place) == set(DAYS), f"{point}: it is made again"
        land(place, len(POINTS) + 1)
        process = start(GEOWARD, "run")
        time.sleep(random.Random(4).uniform(4, 12))
        os.killpg(process.pid, signal.SIGKILL)
        assert (process.wait(), left_of(process)) == (-signal.SIGKILL, "")
        _end_well(start(GEOWARD, "run"))

    assert all(set(now.values()) in ({1}, {5}, {6}, {7}) and len(now) == 2 for now in reader.saw[1:]), reader.saw
    assert shown(place) == each(len(POINTS) + 2) and stale(place) == set() and sound(place)


def test_a_reader_during_twenty_publications_sees_whole_days_that_passed_their_checks(place, start):
    land(place, 0)
    with Reader(place) as reader:
        _end_well(start(sys.executable, "-m", "tests.e2e.publish_labels", 1, 25))

    seen = [set(now.values()) for now in reader.saw[1:]]
    passed = [number for number in range(1, 26) if number % 5]
    assert all(len(now) == 1 and len(both) == 2 for now, both in zip(seen, reader.saw[1:], strict=True)), reader.saw
    counts = [now.pop() for now in seen]
    assert counts == sorted(counts) and set(counts) <= {number + 1 for number in passed}, counts
    assert len(counts) >= 10 and reader.reads > 100, "it really read while the other wrote"
    assert shown(place) == each(25) and sound(place)
    assert place.lake.table(TABLE.name).version() == len(passed)


def _end_well(process):
    told = process.communicate()[1]
    assert (process.returncode, left_of(process)) == (0, ""), told
