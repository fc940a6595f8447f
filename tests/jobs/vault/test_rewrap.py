"""Data keys move to a new wrapping key: all, whatever is killed, and nobody waits to read them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.vault.rewrap import rewrap
from jobs.vault.rows import RowRefused
from jobs.vault.verify import verify
from quality.contracts.errors import EnvironmentFault
from tests.jobs.vault.conftest import NEW, OLD, Key
from tests.jobs.vault.test_destroy import holding

ROOT = Path(__file__).parents[3]
NAMES = [f"actor-{number}" for number in range(200)]
KILLED = """
import os, pickle, signal, sys
from jobs.vault import rewrap
sys.path.insert(0, sys.argv[2])
database, wrapping = pickle.loads(bytes.fromhex(sys.argv[1]))
move, turns = rewrap._move, []
def moved(*arguments):
    turns.append(1)
    if len(turns) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(*arguments)
rewrap._move = moved
rewrap.rewrap(database, wrapping, batch=20)
"""


def wrapped_by(database) -> dict[str, int]:
    with database.reading() as rows:
        return dict(rows.ask("SELECT wrapping, count(*) FROM vault_keys GROUP BY wrapping"))


def test_all_data_keys_move_and_stay_the_same(vault, kept):
    before, tokens = vault.data_keys("actor", NAMES, "2024-06"), vault.tokens("actor", NAMES)
    with kept.database.reading() as rows:
        old = [bytes(wrapped)[-32:] for (wrapped,) in rows.ask("SELECT wrapped FROM vault_keys LIMIT 20")]

    assert rewrap(kept.database, (NEW, OLD), batch=30) == (200, True)

    after = replace(vault, wrapping=(NEW,))
    assert after.data_keys("actor", NAMES, "2024-06") == before and after.tokens("actor", NAMES) == tokens
    assert verify(after) == 400
    assert holding(kept.files(), old) == set(), "who finds the old key later has nothing to open with it"
    assert rewrap(kept.database, (NEW, OLD)) == (0, True)


def test_after_a_kill_the_same_call_goes_on_and_all_is_readable_meanwhile(vault, kept):
    before = vault.data_keys("actor", NAMES, "2024-06")
    sent = pickle.dumps((kept.database, (NEW, OLD))).hex()
    command = [sys.executable, "-c", KILLED, sent, str(ROOT)]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert sorted(wrapped_by(kept.database).values()) == [60, 140]
    both = replace(vault, wrapping=(NEW, OLD))
    assert both.data_keys("actor", NAMES, "2024-06") == before
    assert rewrap(kept.database, (NEW, OLD), batch=20).keys == 140
    assert replace(vault, wrapping=(NEW,)).data_keys("actor", NAMES, "2024-06") == before


def test_once_a_rewrap_began_a_process_with_the_old_key_alone_adds_no_data_key(vault, kept):
    vault.data_keys("actor", ["ada"], "2024-06")
    rewrap(kept.database, (NEW, OLD))

    with pytest.raises(EnvironmentFault, match="not given"):
        vault.data_keys("actor", ["bob"], "2024-06")
    assert replace(vault, wrapping=(NEW, OLD)).data_keys("actor", ["bob"], "2024-06")


def test_keys_of_a_third_wrapping_key_are_told_and_not_left_in_silence(vault, kept):
    vault.data_keys("actor", ["ada"], "2024-06")

    with pytest.raises(EnvironmentFault, match="which was not given"):
        rewrap(kept.database, (NEW, Key(9)))
    assert vault.data_keys("actor", ["bob"], "2024-06"), "nothing was begun"


def test_a_changed_data_key_stops_a_rewrap_and_is_not_wrapped_anew(vault, kept):
    vault.data_keys("actor", ["ada"], "2024-06")
    with kept.database.alone() as rows:
        rows.change("UPDATE vault_keys SET epoch = ?", [("2024-07",)])

    with pytest.raises(RowRefused):
        rewrap(kept.database, (NEW, OLD))
    assert list(wrapped_by(kept.database).values()) == [1]
