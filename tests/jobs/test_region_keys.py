"""A region's keys and vault are made once, refused when they are lost, and never held by what is planned."""

from __future__ import annotations

import pickle
import stat

import pytest

from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.lost_keys import KEYSET, require_keys
from jobs.region_keys import key_for, known_key, region_keys, vault_of
from quality.contracts.errors import EnvironmentFault, KeyUnusable


@pytest.fixture
def eu(home):
    return home.region("eu")


def test_keys_are_made_once_for_the_owner_alone_and_then_kept(home, eu):
    first, again = region_keys(home, eu), region_keys(home, eu)
    first.subjects.tokens("actor", ["ada"])

    assert first.pseudonym.key_id == again.pseudonym.key_id
    assert len(first.pseudonym.open()) == 32
    assert again.subjects.tokens("actor", ["ada"]) == first.subjects.tokens("actor", ["ada"])
    for path in (home.path / KEYSET, home.path / "keys" / "kek", home.path / "vault" / "eu.sqlite"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_each_region_has_keys_and_a_vault_of_its_own(home, eu):
    one, other = region_keys(home, eu), region_keys(home, home.region("us"))

    assert one.pseudonym.open() != other.pseudonym.open()
    assert one.subjects.tokens("actor", ["ada"]) != other.subjects.tokens("actor", ["ada"])
    assert one.vault.indexes("actor", ["ada"]) != other.vault.indexes("actor", ["ada"])


def test_keys_of_different_purposes_differ(home, eu):
    keys = region_keys(home, eu)
    found = {keys.pseudonym, keys.vault.index_key, *keys.vault.wrapping, key_for(home, "placeholder", eu)}

    assert len({one.open() for one in found}) == len(found) == 4


def test_references_hold_no_key(home, eu):
    keys = region_keys(home, eu)
    token = keys.subjects.tokens("actor", ["ada"])[0]
    held = pickle.dumps(keys) + repr(keys).encode()

    for secret in (keys.pseudonym.open(), keys.vault.index_key.open(), keys.vault.wrapping[0].open(), token):
        assert secret not in held and secret.hex().encode() not in held


def test_the_key_of_pseudonyms_is_known_by_its_id_once_it_is_made(home, eu):
    assert known_key(home, eu) == ""
    assert known_key(home, eu) == "", "a look makes none"

    assert region_keys(home, eu).pseudonym.key_id == known_key(home, eu)
    assert known_key(home, home.region("us")) == ""


def test_a_rotation_takes_the_next_key_for_pseudonyms_and_still_opens_what_the_old_one_wraps(home, eu):
    before = region_keys(home, eu)
    key = before.subjects.to_seal("actor", ["ada"], "2024-06")
    keyset = keyset_of(home)
    for purpose in ("pseudonym", "subject"):
        keyset.rotate(next(one.domain for one in keyset.read().keys if one.domain.purpose == purpose))

    after = region_keys(home, eu)

    assert after.pseudonym.key_id != before.pseudonym.key_id
    assert len(after.vault.wrapping) == 2
    assert after.subjects.to_seal("actor", ["ada"], "2024-06") == key


@pytest.mark.parametrize("layer", ["raw", "clean", "protected", "curated"])
def test_keys_that_are_gone_are_not_made_anew_where_tables_were_made_with_them(home, eu, layer):
    home.region("us").folder(layer, "pings", "_delta_log")

    with pytest.raises(EnvironmentFault, match=r"keyset is missing, though tables.*keys/keyset\.json.*backup"):
        region_keys(home, eu)
    with pytest.raises(EnvironmentFault, match="keyset is missing"):
        key_for(home, "placeholder", eu)
    assert not (home.path / KEYSET).exists()


def test_a_keyset_that_was_used_is_not_made_anew(home, eu):
    region_keys(home, eu)
    (home.path / KEYSET).unlink()

    with pytest.raises(KeyUnusable, match="missing, though it was used"):
        region_keys(home, eu)


@pytest.mark.parametrize("ask", [region_keys, vault_of])
def test_a_vault_that_is_gone_is_not_made_anew(home, eu, ask):
    region_keys(home, eu)
    region_keys(home, home.region("us"))
    (home.path / "vault" / "eu.sqlite").unlink()

    with pytest.raises(EnvironmentFault, match=r"vault of region eu is missing, though.*vault/eu\.sqlite.*backup"):
        ask(home, eu)
    assert not (home.path / "vault" / "eu.sqlite").exists()
    ask(home, home.region("us"))


def test_a_vault_that_a_kill_left_without_a_key_is_taken(home, eu):
    home.vault.database(home.path, "eu").make()

    assert region_keys(home, eu).subjects.tokens("actor", ["ada"])


def test_a_vault_whose_keyset_began_anew_is_not_made_where_tables_were_made_with_it(home, eu):
    region_keys(home, home.region("us"))
    eu.folder("raw", "pings", "_delta_log")

    with pytest.raises(EnvironmentFault, match="vault of region eu is missing"):
        region_keys(home, eu)


def test_a_vault_inside_a_warehouse_is_refused_and_not_made(home, eu):
    (home.path / "geoward.yaml").write_text(
        "regions: {eu: {root: warehouse/eu, jurisdiction: eu}}\nvault: {folder: warehouse/eu/vault}\n"
    )

    with pytest.raises(EnvironmentFault, match="inside a warehouse"):
        region_keys(open_home(home.path), eu)
    assert not (eu.root / "vault").exists()


def test_who_only_reads_makes_no_keys(home, eu):
    with pytest.raises(EnvironmentFault, match="keyset is missing"):
        require_keys(home)
    with pytest.raises(KeyUnusable):
        vault_of(home, eu)
    assert not (home.path / "keys").exists() and not (home.path / "vault").exists()


def test_a_vault_of_a_server_names_the_region(home):
    (home.path / "geoward.yaml").write_text(
        "regions: {eu: {root: warehouse/eu, jurisdiction: eu}}\nvault: {postgres: 'dbname=vault_{region}'}\n"
    )

    assert open_home(home.path).vault.database(home.path, "eu").conninfo == "dbname=vault_eu"
