"""Faults drawn from a seed, each at real publications: nothing lost, nothing doubled, nothing unaudited.

`pytest -m long tests/e2e/test_fault_sweep.py --seeds 2000` for the night. A failure names its seed; the same seed does
the same again, but for the moment at which a process is killed at random.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.e2e.fault_kinds import KINDS
from tests.e2e.fault_plans import Sweep, Unsound
from tests.e2e.forked import Processes
from tests.e2e.mistakes import PLANTED

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def processes():
    found = Processes()
    yield found
    found.close()


@pytest.fixture(scope="module")
def sweep(processes, tmp_path_factory):
    return Sweep(processes, tmp_path_factory.mktemp("sweep"))


def test_after_any_fault_each_day_is_wholly_old_or_new_and_a_rerun_ends_right(sweep, seeds, record_property):
    fired = Counter()
    for seed in range(seeds):
        fired += sweep.run(seed).fired

    record_property("fired", dict(fired))
    assert set(fired) == set(KINDS), "a fault that never fires tests nothing"


def test_the_same_seed_does_the_same_again(sweep):
    seeds = range(0, 2 * len(KINDS), 7)
    once, again = ([sweep.run(seed, timed=False) for seed in seeds] for _ in range(2))

    assert once == again


@pytest.mark.parametrize("mistake", PLANTED)
def test_the_first_two_hundred_seeds_find_a_planted_mistake(sweep, mistake):
    kinds = [list(KINDS).index(kind) for kind in PLANTED[mistake][1]]

    with pytest.raises(Unsound):
        for seed in (seed for seed in range(200) if seed % len(KINDS) in kinds):
            sweep.run(seed, mistake=mistake)
