from __future__ import annotations

import json
import pickle
import stat
from pathlib import Path

import pytest

from jobs.keyring import KEY_BYTES, KeyReference, open_keyring
from quality.contracts.errors import EnvironmentFault


def test_a_keyring_is_made_once_for_its_owner_alone_and_then_kept(tmp_path):
    first, again = open_keyring(tmp_path / "keys"), open_keyring(tmp_path / "keys")

    assert first == again
    assert len(first.open()) == KEY_BYTES
    assert stat.S_IMODE(first.keyring.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.keyring.parent.stat().st_mode) == 0o700


def test_jobs_that_make_the_keyring_at_the_same_time_use_the_same_key(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: False)  # each looked before the other wrote

    made = [open_keyring(tmp_path), open_keyring(tmp_path)]

    assert made[0] == made[1]
    assert made[0].open() == made[1].open()
    assert [file.name for file in tmp_path.iterdir()] == ["keyring.json"]


def test_two_keyrings_have_two_keys(tmp_path):
    one, other = open_keyring(tmp_path / "a"), open_keyring(tmp_path / "b")

    assert one.open() != other.open()
    assert one.key_id != other.key_id


def test_a_reference_holds_no_key(tmp_path):
    keys = open_keyring(tmp_path)
    held = pickle.dumps(keys) + repr(keys).encode()

    assert keys.open() not in held
    assert keys.open().hex().encode() not in held
    assert keys.key_id.removeprefix("dev-") not in keys.open().hex()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o610], ids=oct)
def test_a_keyring_that_others_can_reach_is_refused(tmp_path, mode):
    keys = open_keyring(tmp_path)
    keys.keyring.chmod(mode)

    with pytest.raises(EnvironmentFault, match="others can read it.*chmod 600"):
        open_keyring(tmp_path)
    keys.keyring.chmod(0o400)
    assert open_keyring(tmp_path) == keys


@pytest.mark.parametrize("folder", [pytest.param("w", id="root"), pytest.param("w/eu/keys", id="below")])
def test_a_keyring_inside_a_warehouse_is_refused_and_not_made(tmp_path, folder):
    with pytest.raises(EnvironmentFault, match="inside a warehouse"):
        open_keyring(tmp_path / folder, (tmp_path / "other", tmp_path / "w"))

    assert not (tmp_path / folder).exists()


@pytest.mark.parametrize("content", ["", "{}", "planted", "[]", "null"])
def test_a_broken_keyring_is_refused_without_its_content(tmp_path, content):
    keys = open_keyring(tmp_path)
    keys.keyring.write_text(content)

    with pytest.raises(EnvironmentFault, match="not readable.*backup") as refused:
        open_keyring(tmp_path)
    assert "planted" not in str(refused.value)


def test_a_key_that_is_gone_is_named_by_its_id_only(tmp_path):
    keys = open_keyring(tmp_path)
    secret = json.loads(keys.keyring.read_text())["keys"][keys.key_id]

    with pytest.raises(EnvironmentFault, match="Key dev-none cannot be opened") as refused:
        KeyReference(keys.keyring, "dev-none").open()
    assert secret not in str(refused.value)
