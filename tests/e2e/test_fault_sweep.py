"""Faults drawn from a seed, each at a real publication: nothing lost, nothing doubled, nothing unaudited.

`pytest -m long tests/e2e/test_fault_sweep.py --seeds 2000` for the night. A failure names its seed; the same seed does
the same again, but for the moment at which a process is killed at random.
"""

from __future__ import annotations

import errno
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobs import manifest
from jobs.fsck import Checked, fsck
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import Staged
from jobs.run_lock import give_run_lock
from jobs.take_over import take_over
from quality.contracts.errors import PublishedMeanwhile
from tests.jobs.publisher import POINTS, TABLE, publish
from tests.jobs.test_plan import land, refuse
from tests.jobs.test_withdraw import shown

ROOT = Path(__file__).parents[2]
DAYS = [date(2024, 5, 1) + timedelta(days=each) for each in range(4)]


def killed(place, rng, days, point):
    """Kill a publishing process at a point, or at any moment; return whether that is what ended it."""
    words = [sys.executable, "-m", "tests.jobs.publisher", point, "new", ",".join(map(str, days))]
    process = subprocess.Popen(words, cwd=ROOT)
    if point == "-":
        time.sleep(rng.uniform(0.2, 1.5))
        process.kill()
    return process.wait() == -signal.SIGKILL


def disk_full(place, rng, days):
    """Refuse one of the writes of a publication, as a full disk does."""
    with pytest.MonkeyPatch.context() as patch:
        write, left = manifest._write, [rng.randrange(3)]

        def refuse_one(path, text):
            if left[0] == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            left[0] -= 1
            write(path, text)

        patch.setattr(manifest, "_write", refuse_one)
        with pytest.raises(OSError, match="No space left"):
            publish(place, "new", *days)
    return True


def failing_audit(place, rng, days):
    """Stage rows that do not pass: they are discarded."""
    path = place.lake.path(TABLE.name) / "stage-new" / f"event_date={days[0]}"
    manifest.begin(place.lake.path(TABLE.name), "new")
    path.mkdir(parents=True)
    (path / "p.parquet").write_bytes(b"unaudited")
    place.lake.discard(TABLE.name, "new")
    return not path.exists()


def second_writer(place, rng, days):
    """Let another run publish between a run's reading and its publication."""
    claims = place.lake.claims(TABLE.name, days)
    publish(place, "new", *days)
    with pytest.raises(PublishedMeanwhile):
        place.lake.publish(Staged(TABLE, place.lake.path(TABLE.name), ()), days, {"run_id": "late"}, claims)
    return True


FAULTS = {
    **{f"killed {point}": lambda place, rng, days, p=point: killed(place, rng, days, p) for point in POINTS},
    "killed at any moment": lambda place, rng, days: killed(place, rng, days, "-"),
    "disk full": disk_full,
    "failing audit": failing_audit,
    "second writer": second_writer,
}


@pytest.mark.long
def test_after_any_fault_each_day_is_wholly_old_or_new_and_a_rerun_ends_right(
    tmp_path, monkeypatch, seeds, record_property
):
    fired = Counter()
    for seed in range(seeds):
        monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / f"seed-{seed}"))
        fired += one_fault(seed)

    record_property("fired", dict(fired))
    assert set(fired) == set(FAULTS), "a fault that never fires tests nothing"


def one_fault(seed):
    """Publish, meet a fault, run again; return the fault that really fired."""
    rng, home = random.Random(seed), open_home()
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, *DAYS)
    for generation in range(rng.randint(1, 3)):  # some days at some times, so that later ones may be older
        publish(place, f"old{generation}", *rng.sample(DAYS, rng.randint(1, 4)))
    before, days = shown(place), sorted(rng.sample(DAYS, rng.randint(1, 4)))
    name = list(FAULTS)[seed % len(FAULTS)]
    did = FAULTS[name](place, rng, days)
    during = shown(place)
    take_over(home)
    after = shown(place)

    new = {**before, **dict.fromkeys(days, "new")}
    assert during in (before, new) and after == during, f"seed {seed}, {name}: half a publication"
    assert sound(home), f"seed {seed}, {name}: {sound(home)}"
    publish(place, "again", *days)
    assert shown(place) == {**before, **dict.fromkeys(days, "again")}, f"seed {seed}, {name}: lost or doubled"
    assert sound(home)
    give_run_lock(home)
    return Counter([name] if did else [])


def sound(home):
    """Return whether every file, commit and manifest is as it should be and nothing unaudited lies about."""
    return not list(fsck(home, tables=(TABLE.name,), checked=Checked()))
