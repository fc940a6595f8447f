"""Whoever changes a keyset may be killed at any point, or have company: nothing is lost, and a rerun ends well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.keys.keyset_file import KeysetFile
from jobs.keys.local_file import LocalFile
from tests.jobs.keys.conftest import NOVEMBER, TOKENS, opened
from tests.jobs.keys.keeper import POINTS

ROOT = Path(__file__).parents[3]
WORDS = (NOVEMBER.purpose, NOVEMBER.region, NOVEMBER.epoch)


@pytest.fixture
def keys(tmp_path, kek):
    file = KeysetFile(tmp_path / "keys" / "keyset.json", (kek,), tmp_path / "keys" / "keyset.json.counter")
    file.make()
    file.new_key(NOVEMBER)
    file.rotate(NOVEMBER)
    file.new_key(TOKENS)
    return file


def start(file, point, nth, *words):
    keks = ",".join(str(provider.path) for provider in file.providers)
    command = [sys.executable, "-m", "tests.jobs.keys.keeper", point, str(nth), str(file.path), keks, *words]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)


def keep(file, point, nth, *words):
    process = start(file, point, nth, *words)
    told = process.communicate(timeout=60)[1].decode()
    assert process.returncode in (0, -signal.SIGKILL), told
    return process.returncode == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_rotation_that_is_killed_has_happened_or_not_and_can_be_done_again(keys, point):
    before, secrets = keys.read(), opened(keys)
    assert not keep(keys, point, 1, "rotate", *WORDS)

    after = keys.read()
    assert after.counter == before.counter + (point == "put-in-its-place")
    assert secrets.items() <= opened(keys).items()
    assert keep(keys, "-", 0, "rotate", *WORDS)
    assert secrets.items() <= opened(keys).items() and len(keys.read().keys) == len(after.keys) + 1
    assert [
        path.name for path in keys.path.parent.iterdir() if path.name.startswith("keyset.json.") and "part" in path.name
    ] == []


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_rewrap_that_is_killed_goes_on_where_it_was(keys, kek, other, point, nth):
    secrets = opened(keys)
    both = replace(keys, providers=(other, kek))
    ended = keep(both, point, nth, "rewrap")

    assert ended == (nth > {"written-beside-it": 5, "put-in-its-place": 3}[point])
    assert opened(both) == secrets
    assert keep(both, "-", 0, "rewrap")
    assert opened(replace(keys, providers=(other,))) == secrets


@pytest.mark.parametrize("point", POINTS)
def test_a_key_whose_destruction_was_killed_is_gone_from_all_files_after_the_next(keys, point):
    old = next(key for key in keys.read().keys if key.state == "active")
    assert not keep(keys, point, 1, "rotate", *WORDS)  # leaves a copy beside the keyset
    assert not keep(keys, point, 1, "destroy", old.id)
    assert keep(keys, "-", 0, "destroy", old.id)

    assert keys.read().key(old.id).state == "destroyed"
    assert [path for path in keys.path.parent.iterdir() if b64encode(old.wrapped) in path.read_bytes()] == []


def test_keys_that_are_made_during_a_rewrap_are_moved_too_and_none_is_lost(keys, kek, other):
    secrets, before = opened(keys), keys.read()
    old, new = replace(keys, providers=(kek, other)), replace(keys, providers=(other, kek))
    started = [start(old, "-", 0, "rotate", *WORDS, "20") for _ in range(2)] + [start(new, "-", 0, "rewrap")]
    told = [process.communicate(timeout=120)[1].decode() for process in started]
    new.rewrap()

    assert [process.returncode for process in started] == [0, 0, 0], told
    after = opened(replace(keys, providers=(other,)))
    assert secrets.items() <= after.items() and len(after) == len(before.keys) + 40


def test_two_processes_that_rotate_add_each_of_their_keys(keys):
    secrets, before = opened(keys), keys.read()
    started = [start(keys, "-", 0, "rotate", *WORDS, "25") for _ in range(2)]
    told = [process.communicate(timeout=120)[1].decode() for process in started]

    after = keys.read()
    assert [process.returncode for process in started] == [0, 0], told
    assert len(after.keys) == len(before.keys) + 50 and after.counter == before.counter + 50
    assert secrets.items() <= opened(keys).items() and len(set(opened(keys).values())) == len(after.keys)


def test_two_processes_that_begin_a_keyset_or_a_key_at_once_have_the_same(tmp_path):
    file = KeysetFile(tmp_path / "k" / "keyset.json", (LocalFile(tmp_path / "k" / "kek"),))
    file.providers[0].make()
    started = [start(file, "-", 0, "make") for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]

    started = [start(file, "-", 0, "new_key", *WORDS) for _ in range(3)]
    assert sorted(process.wait(60) for process in started) == [0, 1, 1]
    assert len(file.read().keys) == 1
