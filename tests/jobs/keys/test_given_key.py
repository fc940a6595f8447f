"""A key-encryption key that the environment points to, and never holds."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest

from jobs.keys.given_key import GivenKey
from quality.contracts.errors import KeyUnusable

KEY, ABOUT = bytes(range(32)), b"key-1 of eu"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.delenv("GEOWARD_KEK_FILE", raising=False)
    monkeypatch.delenv("GEOWARD_KEK_FD", raising=False)
    return monkeypatch


def pipe_with(text):
    reader, writer = os.pipe()
    os.write(writer, text)
    os.close(writer)
    return reader


def test_a_file_that_the_environment_names_is_the_same_key_as_in_the_file(kek, environment):
    environment.setenv("GEOWARD_KEK_FILE", str(kek.path))

    assert GivenKey().id == kek.id
    assert kek.unwrap(GivenKey().wrap(KEY, ABOUT), ABOUT) == KEY


def test_a_pipe_is_read_once_and_remembered_by_this_process(kek, environment):
    reader = pipe_with(kek.path.read_bytes())
    environment.setenv("GEOWARD_KEK_FD", str(reader))

    assert kek.unwrap(GivenKey().wrap(KEY, ABOUT), ABOUT) == KEY
    assert GivenKey().unwrap(kek.wrap(KEY, ABOUT), ABOUT) == KEY
    os.close(reader)


def test_an_open_file_can_be_given_to_another_process(kek):
    code = "from jobs.keys.given_key import GivenKey; print(GivenKey().id, GivenKey().id)"
    with kek.path.open() as file:
        said = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "GEOWARD_KEK_FD": str(file.fileno())},
            pass_fds=[file.fileno()],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert said.split() == [kek.id, kek.id]


def test_a_given_file_is_held_to_the_same_mode(kek, environment):
    environment.setenv("GEOWARD_KEK_FILE", str(kek.path))
    kek.path.chmod(0o640)
    with pytest.raises(KeyUnusable, match="that GEOWARD_KEK_FILE names cannot be used: its file has mode 0640"):
        GivenKey().wrap(KEY, ABOUT)


def test_none_given_and_two_given_are_refused(kek, environment):
    with pytest.raises(KeyUnusable, match="neither of GEOWARD_KEK_FILE and GEOWARD_KEK_FD is set"):
        GivenKey().wrap(KEY, ABOUT)

    environment.setenv("GEOWARD_KEK_FILE", str(kek.path))
    environment.setenv("GEOWARD_KEK_FD", "3")
    with pytest.raises(KeyUnusable, match="both of"):
        GivenKey().wrap(KEY, ABOUT)


@pytest.mark.parametrize("variable", ["GEOWARD_KEK_FILE", "GEOWARD_KEK_FD"])
@pytest.mark.parametrize("value", [KEY.hex(), "12345678901234567890", "-1", "0", "999"])
def test_a_key_that_someone_put_into_the_environment_is_not_shown(environment, variable, value):
    environment.setenv(variable, value)
    with pytest.raises(KeyUnusable) as refused:
        GivenKey().wrap(KEY, ABOUT)
    assert value not in str(refused.value).replace("0600", "")


def test_a_pipe_that_holds_no_key_is_refused(environment):
    reader = pipe_with(b"not a key")
    environment.setenv("GEOWARD_KEK_FD", str(reader))
    with pytest.raises(KeyUnusable, match="not 64 hexadecimal digits"):
        GivenKey().wrap(KEY, ABOUT)
    os.close(reader)


def test_a_given_key_goes_to_workers_as_two_names_of_variables():
    assert pickle.loads(pickle.dumps(GivenKey())) == GivenKey("GEOWARD_KEK_FILE", "GEOWARD_KEK_FD")
