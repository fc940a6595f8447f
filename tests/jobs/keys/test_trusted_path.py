"""No key is opened where another user can say what the home is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.keys.trusted_path import refuse_foreign, refuse_foreign_home
from jobs.region_keys import key_for, vault_of
from quality.contracts.errors import EnvironmentFault
from quality.policies.load_policy import DEFAULT_POLICY
from tests.jobs.conftest import *  # noqa: F403

ANOTHER = 54321


@pytest.fixture
def of_another(monkeypatch):
    """Give files to another user; who may not, is another user from then on."""

    def of_another(*paths):
        for path in paths:
            if os.geteuid() == 0:
                os.chown(path, ANOTHER, -1, follow_symlinks=False)
            else:
                monkeypatch.setattr(os, "geteuid", lambda: ANOTHER)

    return of_another


@pytest.fixture
def with_keys(home):
    """A home with a policy and a vault folder of its own, and keys that were made."""
    (home.path / "policy.yaml").write_bytes(DEFAULT_POLICY.read_bytes())
    file = home.path / "geoward.yaml"
    file.write_text(f"{file.read_text()}\npolicy: policy.yaml\n")
    for path in (file, home.path / "policy.yaml"):
        path.chmod(0o600)
    home.folder("vault")
    key_for(home, "token", home.region("eu"))
    return open_home()


PLACES = ["", "geoward.yaml", "policy.yaml", "keys", "keys/keyset.json", "keys/kek", "vault"]


@pytest.mark.parametrize("place", PLACES)
def test_keys_stay_closed_where_another_owns_part_of_the_home(with_keys, of_another, place):
    of_another(with_keys.path / place)

    with pytest.raises(EnvironmentFault, match="belongs to another user, .* Run `chown` on it, .*GEOWARD_HOME"):
        keyset_of(with_keys)


@pytest.mark.parametrize("others", [0o020, 0o002])
@pytest.mark.parametrize("place", PLACES)
def test_keys_stay_closed_where_others_can_write_part_of_the_home(with_keys, place, others):
    path = with_keys.path / place
    path.chmod(path.stat().st_mode | others)

    with pytest.raises(EnvironmentFault, match="Others than its owner can write .*Run `chmod go-w "):
        vault_of(with_keys, with_keys.region("eu"))
    path.chmod(path.stat().st_mode & ~others)
    assert keyset_of(with_keys).read()


def test_another_users_home_with_a_link_to_the_keys_opens_nothing(with_keys, of_another, tmp_path, monkeypatch):
    """What `sudo` keeps is the working folder, in which the home is looked for."""
    (tmp_path / "of eve" / ".geoward").mkdir(parents=True)
    theirs = tmp_path / "of eve" / ".geoward"
    shutil.copy(with_keys.path / "keys.counter", theirs)
    (theirs / "keys").symlink_to(with_keys.path / "keys")
    (theirs / "geoward.yaml").write_text((with_keys.path / "geoward.yaml").read_text())
    (theirs / "policy.yaml").write_bytes(DEFAULT_POLICY.read_bytes())
    theirs.chmod(0o777)
    of_another(theirs.parent, theirs, *theirs.iterdir())
    monkeypatch.chdir(theirs.parent)
    monkeypatch.delenv("GEOWARD_HOME")

    with pytest.raises(EnvironmentFault, match="belongs to another user"):
        key_for(open_home(), "token", with_keys.region("eu"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_above_or_a_link_on_the_way_that_another_can_replace_is_refused(with_keys, of_another, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    (place / "link").symlink_to(with_keys.path)
    (place / "second").symlink_to("../place/link")
    refuse_foreign([place / "second" / "keys"])

    of_another(place / "link")
    with pytest.raises(EnvironmentFault, match="link belongs to another user"):
        refuse_foreign([place / "second" / "keys"])
    os.chown(place / "link", 0, -1, follow_symlinks=False)
    of_another(place)
    with pytest.raises(EnvironmentFault, match="place belongs to another user"):
        refuse_foreign([place / "second"])


def test_a_folder_above_may_be_everybodys_with_the_sticky_bit_but_not_the_home_itself(tmp_path):
    shared, own = tmp_path / "shared", tmp_path / "shared" / "own"
    own.mkdir(parents=True)
    shared.chmod(0o1777)
    refuse_foreign([own, shared / "not there"])

    with pytest.raises(EnvironmentFault, match="Others than its owner can write"):
        refuse_foreign([shared])
    shared.chmod(0o777)
    with pytest.raises(EnvironmentFault, match=r"chmod go-w .*shared`"):
        refuse_foreign([own])


def test_a_project_folder_that_its_group_can_write_opens_keys_but_reveals_nothing(with_keys, tmp_path):
    tmp_path.chmod(0o775)

    assert keyset_of(with_keys).read()
    with pytest.raises(EnvironmentFault, match="Others than its owner can write"):
        refuse_foreign_home(with_keys, above=True)


def test_what_root_owns_is_trusted(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: ANOTHER)
    refuse_foreign([Path("/etc/passwd"), Path("/usr/bin")])


def test_a_link_to_itself_is_told(tmp_path):
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(EnvironmentFault, match="leads to itself"):
        refuse_foreign([tmp_path / "loop"])


def test_a_new_home_is_closed_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        home = open_home(tmp_path / "new")
        key_for(home, "token", home.region("eu"))
    finally:
        os.umask(before)
    keyset_of(open_home(home.path))
