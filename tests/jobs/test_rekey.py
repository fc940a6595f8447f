"""The old keys of a region end only while nobody can show a version that needs them."""

from __future__ import annotations

import fcntl

import pytest

from jobs import rekey as module
from jobs.home import open_home
from jobs.nightly import Scope, Sessions, open_places
from jobs.rekey import rekey
from jobs.vault.generations import older_epochs


def test_keys_end_while_nobody_can_withdraw_a_version(tmp_path, monkeypatch):
    home = open_home(tmp_path / "home")
    (place,) = open_places(home, Scope(regions=("eu",)), Sessions(home))
    place.keys.vault.data_keys("actor", ["ada"], "2024-06")
    seen, retire = [], module.retire

    def ends(vault):
        with (place.region.folder() / "publish.lock").open("w") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen.append(vault)
        return retire(vault)

    monkeypatch.setattr(module, "retire", ends)

    assert rekey(place).keys_destroyed == 1
    assert seen and older_epochs(place.keys.vault) == []
