"""Several processes add, destroy and rewrap at once, by seeds: nothing is lost, and nobody destroyed comes back."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.vault.rows import Destroyed
from jobs.vault.verify import verify
from tests.jobs.vault.conftest import NEW, OLD

NAMES = [f"actor-{number}" for number in range(120)]
ROOT = Path(__file__).parents[3]


def add(vault, seed):
    """Ask for tokens and keys of some subjects, again and again; return all that was ever seen of each."""
    chance, seen = random.Random(seed), {}
    for _ in range(15):
        some = chance.sample(NAMES, 20)
        for what, found in (("token", vault.tokens("actor", some)), ("key", vault.data_keys("actor", some, "e"))):
            for name, one in zip(some, found, strict=True):
                seen.setdefault((what, name), set()).add("destroyed" if isinstance(one, Destroyed) else one)
    return seen


def destroy(vault, seed):
    """Destroy some subjects, a few at a time; return which."""
    chance = random.Random(seed)
    gone = chance.sample(NAMES, 12)
    for start in range(0, len(gone), 3):
        vault.destroy("actor", gone[start : start + 3])
    return set(gone)


def move(vault, seed):
    """Rewrap in small turns."""
    from jobs.vault.rewrap import rewrap

    return rewrap(vault.database, (NEW, OLD), batch=5 + seed % 7).keys


def start(what, vault, seed):
    code = (
        "import pickle, sys; from tests.jobs.vault import test_side_by_side as side;"
        "what, vault, seed = pickle.load(sys.stdin.buffer);"
        "pickle.dump(getattr(side, what)(vault, seed), sys.stdout.buffer)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": "."}
    )
    process.stdin.write(pickle.dumps((what, vault, seed)))
    process.stdin.close()
    return process


def results(processes):
    """Return what each process found, once all have ended well."""
    read = [process.stdout.read() for process in processes]
    assert [process.wait() for process in processes] == [0] * len(processes)
    for process in processes:
        process.stdout.close()
    return [pickle.loads(one) for one in read]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_none_is_lost_and_none_comes_back(vault, kept, seed):
    both = replace(vault, wrapping=(NEW, OLD))
    vault.data_keys("actor", NAMES[:60], "e")  # under the old key, for the rewrap to move
    begun = [start("move", both, seed)]
    begun += [start("add", both, seed * 10 + number) for number in range(3)]
    begun += [start("destroy", both, seed * 10 + number) for number in range(2)]

    moved, *adders, one, other = results(begun)
    gone = one | other

    after = replace(vault, wrapping=(NEW,))
    final = {
        "token": dict(zip(NAMES, after.tokens("actor", NAMES), strict=True)),
        "key": dict(zip(NAMES, after.data_keys("actor", NAMES, "e"), strict=True)),
    }
    for (what, name), seen in (item for adder in adders for item in adder.items()):
        secrets = seen - {"destroyed"}
        assert len(secrets) <= 1, "one secret for ever, never a second"
        assert name in gone or secrets == {final[what][name]}
    assert {name for name, one in final["token"].items() if isinstance(one, Destroyed)} == gone
    assert {name for name, one in final["key"].items() if isinstance(one, Destroyed)} == gone
    assert after.settle() == 0
    assert verify(after) == 2 * (len(NAMES) - len(gone)) + len(gone)
    assert moved > 0
