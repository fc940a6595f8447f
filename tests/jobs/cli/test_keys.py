"""`geoward keys`: what it changes, what it says, and what it never shows."""

from __future__ import annotations

import json

import pytest

from jobs.audit_log import read_audit
from jobs.home import open_home
from jobs.keys.config import begin_keys, keyset_of
from jobs.keys.keyset import KeyDomain
from quality.contracts.errors import ConfigError, EnvironmentFault, KeyUnusable, UsageError
from tests.jobs.keys.conftest import forms, opened

TOKENS = KeyDomain("token", "eu", "none")
ROTATE = ("keys", "rotate", "--purpose", "token", "--region", "eu")


@pytest.fixture
def keyset(home):
    keyset = begin_keys(home)
    keyset.new_key(TOKENS)
    keyset.new_key(KeyDomain("pseudonym", "eu", "2026-11"))
    return keyset


def declare(home, text):
    file = home.path / "geoward.yaml"
    file.write_text(file.read_text() + text)
    return open_home()


def told(home):
    """Return what auditors were told of keys after they were made."""
    found = [(one["subject"], one["outcome"]) for one in read_audit(home) if one["kind"] == "key"]
    return [one for one in found if one[1] != "made"]


def test_a_new_installation_has_no_keys_and_listing_them_makes_none(home, geoward, fits):
    done = geoward("keys", "list", "--json")

    assert done.exit_code == 0 and done.document["keys"] == [] and fits(done.document, "keys-list")
    assert "There are no keys yet" in geoward("keys", "list").stdout
    assert isinstance(geoward(*ROTATE).exception, UsageError)
    assert not (home.path / "keys").exists()


def test_keys_are_listed_without_a_key(home, geoward, keyset, fits):
    done = geoward("keys", "list", "--json")

    assert [(one["purpose"], one["epoch"], one["state"]) for one in done.document["keys"]] == [
        ("pseudonym", "2026-11", "primary"),
        ("token", "none", "primary"),
    ]
    assert fits(done.document, "keys-list")
    said = (done.stdout + geoward("keys", "list").stdout).encode()
    secrets = [*opened(keyset).values(), bytes.fromhex((home.path / "keys" / "kek").read_text())]
    assert [form for secret in secrets for form in forms(secret) if form in said] == []


def test_a_rotation_shows_both_keys_and_is_audited(home, geoward, keyset, fits):
    old = keyset.read().primary(TOKENS).id
    done = geoward(*ROTATE, "--json")
    new = keyset.read().primary(TOKENS).id

    assert {one["id"]: one["state"] for one in done.document["keys"]} == {old: "active", new: "primary"}
    assert fits(done.document, "keys-rotate") and told(home) == [(new, "rotated")]


def test_auditors_are_told_of_each_key_that_is_made_and_of_none_in_a_dry_run(home, geoward, keyset):
    made = [one for one in read_audit(home) if one["outcome"] == "made"]
    assert [one["subject"] for one in made] == [key.id for key in keyset.read().keys]
    assert [(one["region"], one["detail"]) for one in made] == [
        (key.domain.region, {"purpose": key.domain.purpose, "epoch": key.domain.epoch}) for key in keyset.read().keys
    ]
    geoward(*ROTATE, "--dry-run")
    with pytest.raises(UsageError):
        keyset.new_key(TOKENS)
    assert len(read_audit(home)) == len(made)


def test_no_key_is_made_or_rotated_that_auditors_could_not_be_told_of(geoward, keyset, monkeypatch):
    def full(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr("jobs.audit_log.audit", full)
    before = keyset.read()

    assert isinstance(geoward(*ROTATE).exception, OSError)
    with pytest.raises(OSError):
        keyset.new_key(KeyDomain("placeholder", "eu", "none"))
    assert keyset.read() == before


def test_a_key_is_disabled_enabled_and_destroyed(home, geoward, keyset, fits):
    old = keyset.read().primary(TOKENS).id
    geoward(*ROTATE)
    states = []
    for command in ("disable", "enable", "destroy"):
        done = geoward("keys", command, old, "--json")
        states += [one["state"] for one in done.document["keys"]]
        assert fits(done.document, f"keys-{command}")

    assert states == ["disabled", "active", "destroyed"]
    assert told(home)[1:] == [(old, "disabled"), (old, "enabled"), (old, "destroyed")]
    assert isinstance(geoward("keys", "enable", old).exception, KeyUnusable)


@pytest.mark.parametrize("command", ["rotate", "disable", "enable", "destroy", "rewrap"])
def test_a_dry_run_changes_no_byte_and_tells_auditors_nothing(home, geoward, keyset, command):
    old = keyset.read().primary(TOKENS).id
    keyset.rotate(TOKENS)
    (home.path / "keys" / "new").write_text("11" * 32)
    (home.path / "keys" / "new").chmod(0o600)
    declare(home, "keys: {provider: {file: keys/new}, before: [{file: keys/kek}]}\n")
    before = {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    words = {"rotate": ROTATE, "rewrap": ("keys", "rewrap")}.get(command, ("keys", command, old))
    done = geoward(*words, "--dry-run")

    assert done.exit_code == 0 and "Nothing was changed." in done.stdout, done.exception
    assert {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()} == before


def test_a_dry_run_is_refused_where_the_command_is(geoward, keyset):
    assert isinstance(geoward("keys", "disable", keyset.read().primary(TOKENS).id, "--dry-run").exception, UsageError)
    assert isinstance(geoward("keys", "destroy", "key-0", "--dry-run").exception, KeyUnusable)


def test_all_keys_move_to_the_provider_that_the_configuration_names(home, geoward, keyset, fits, monkeypatch):
    found = opened(keyset)
    new = home.path.parent / "new"
    new.write_text("22" * 32)
    new.chmod(0o600)
    monkeypatch.setenv("GEOWARD_KEK_FILE", str(new))
    declare(home, "keys: {provider: {environment: GEOWARD_KEK}, before: [{file: keys/kek}]}\n")
    done = geoward("keys", "rewrap", "--json")

    assert {one["kek"] for one in done.document["keys"]} == {done.document["kek"]} and len(done.document["keys"]) == 2
    assert fits(done.document, "keys-rewrap") and told(home) == [(done.document["kek"], "rewrapped")]
    (home.path / "keys" / "kek").unlink()
    assert opened(keyset_of(open_home())) == found
    assert geoward("keys", "rewrap", "--json").document["keys"] == []


def test_neither_keyset_nor_its_key_is_begun_anew_where_it_was_lost(home, keyset):
    (home.path / "keys" / "kek").unlink()
    with pytest.raises(KeyUnusable, match="missing"):
        begin_keys(home).read()
    (home.path / "keys" / "keyset.json").unlink()
    with pytest.raises(KeyUnusable, match="it is missing, though it was used"):
        begin_keys(home)
    assert not (home.path / "keys" / "kek").exists()


def test_keys_inside_a_warehouse_are_refused(home):
    with pytest.raises(EnvironmentFault, match="inside a warehouse"):
        keyset_of(declare(home, "keys: {provider: {file: warehouse/eu/kek}}\n"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{provider: {}}", id="no-place"),
        pytest.param("{provider: {file: a, environment: B}}", id="two-places"),
        pytest.param("{provider: {file: a, kms: {uri: 'aws-kms://k'}}}", id="a-file-and-a-kms"),
        pytest.param(f"{{provider: {{environment: {'0a' * 32}}}}}", id="a-key-in-the-configuration"),
        pytest.param("{provider: {file: a}, other: 1}", id="an-unknown-field"),
    ],
)
def test_a_configuration_that_names_no_provider_is_refused_without_showing_what_it_holds(home, text):
    with pytest.raises(ConfigError, match="keys") as refused:
        declare(home, f"keys: {text}\n")
    assert "0a0a" not in str(refused.value)


def test_a_transit_engine_can_be_declared(home):
    text = "{transit: {address: 'https://vault.example:8200', key: geoward, token_file: keys/token}}"
    provider = keyset_of(declare(home, f"keys: {{provider: {text}}}\n")).providers[0]

    assert provider.id == "transit-transit-geoward" and provider.token_file == home.path / "keys" / "token"


def test_a_kms_can_be_declared(home):
    text = "{kms: {uri: 'hcvault://vault.example/transit/keys/geoward', credentials: keys/token, authorities: ca.pem}}"
    provider = keyset_of(declare(home, f"keys: {{provider: {text}}}\n")).providers[0]

    assert provider.id == "hcvault:transit/keys/geoward"
    assert (provider.credentials, provider.authorities) == (home.path / "keys" / "token", home.path / "ca.pem")


def test_a_keyset_that_was_changed_ends_with_code_4_and_a_mend(home, keyset, monkeypatch, capsys):
    from jobs.cli import app

    file = home.path / "keys" / "keyset.json"
    found = json.loads(file.read_text())
    found["keyset"]["keys"].pop()
    file.write_text(json.dumps(found, sort_keys=True, separators=(",", ":")) + "\n")
    monkeypatch.setattr("sys.argv", ["geoward", "keys", "list"])
    with pytest.raises(SystemExit) as ended:
        app.main()

    said = capsys.readouterr().err
    assert ended.value.code == 4 and "Restore it from your" in said
