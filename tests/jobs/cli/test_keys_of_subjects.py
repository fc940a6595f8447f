"""`geoward keys shred` and `keys rewrap` over vaults: what they change, say, and never show."""

from __future__ import annotations

import json

import pytest

from jobs.audit_log import read_audit
from jobs.keys.config import keyset_of
from jobs.region_keys import region_keys
from quality.contracts.errors import EnvironmentFault, UsageError

SHRED = ("keys", "shred", "-", "--region", "eu", "--kind", "actor")


@pytest.fixture
def vault(home):
    vault = region_keys(home, home.region("eu")).vault
    vault.data_keys("actor", ["ada", "bob"], "2024-06")
    return vault


def alive(vault, *names):
    return [record is None for record in vault.destroyed("actor", names)]


def test_subjects_named_a_line_each_are_destroyed_and_a_date_is_told(home, geoward, vault, fits):
    done = geoward(*SHRED, "--json", typed="ada\r\n\n")

    assert fits(done.document, "keys-shred") and done.exit_code == 0
    assert (done.document["asked"], done.document["destroyed"], done.document["unknown"]) == (1, 1, 0)
    assert done.document["last_copy_until"] and alive(vault, "ada", "bob") == [False, True]
    again = geoward(*SHRED, typed="ada\n").stdout
    assert "1 were before" in again and "may hold a copy until" in again and "geoward run --force --region eu" in again


def test_who_is_not_known_is_not_taken_for_erased_unless_that_is_asked_for(home, geoward, vault):
    done = geoward(*SHRED, typed="ada\nadda\n")

    assert done.exit_code == 1 and "1 the vault does not know nothing was done of" in done.stdout
    assert alive(vault, "ada", "adda") == [False, True]
    assert geoward(*SHRED, typed="adda\n").exit_code == 1, "and not the second time either"
    assert geoward(*SHRED, "--unknown", typed="adda\n").exit_code == 0
    assert alive(vault, "adda") == [False]


def test_no_identifier_is_shown_or_audited(home, geoward, vault):
    done = geoward(*SHRED, typed="ada\n")

    (*_, entry) = [one for one in read_audit(home) if one["kind"] == "key"]
    assert entry["detail"]["subjects"] == 1 and entry["region"] == "eu"
    assert entry["detail"]["indexes"] == [vault.indexes("actor", ["ada"])[0].hex()]
    assert "ada" not in json.dumps(entry) + done.output


def test_identifiers_may_come_in_a_file(geoward, vault, tmp_path):
    (tmp_path / "ids").write_text("ada\nbob\n")

    geoward(*SHRED[:2], tmp_path / "ids", *SHRED[3:])

    assert alive(vault, "ada", "bob") == [False, False]


def test_a_dry_run_destroys_nobody(home, geoward, vault):
    done = geoward(*SHRED, "--dry-run", typed="ada\nnobody\n")

    assert "Would destroy 1 actor" in done.stdout and "1 the vault does not know" in done.stdout
    assert alive(vault, "ada") == [True] and {one["outcome"] for one in read_audit(home)} == {"made"}


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        pytest.param(SHRED, "", "No identifier came", id="nobody"),
        pytest.param((*SHRED[:2], "/none/ids", *SHRED[3:]), "", "cannot be read", id="no-file"),
        pytest.param((*SHRED[:-1], "event"), "ada\n", "of kind 'event'.*actor", id="no-subject"),
        pytest.param((*SHRED[:3], "--region", "xx", "--kind", "actor"), "ada\n", "no region 'xx'", id="region"),
    ],
)
def test_what_cannot_be_meant_is_refused(geoward, vault, arguments, typed, words):
    with pytest.raises(UsageError, match=words):
        raise geoward(*arguments, typed=typed).exception


def test_a_vault_that_was_restored_is_used_only_once_its_dead_are_destroyed_again(home, geoward, vault, fits):
    path = vault.database.path
    backup = path.read_bytes()
    geoward(*SHRED, typed="ada\n")
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(backup)
    path.chmod(0o600)
    assert alive(vault, "ada") == [True], "the control: the backup knows of nothing"

    with pytest.raises(EnvironmentFault, match="older than it was: 1 who were destroyed are back.*shred --again"):
        region_keys(home, home.region("eu"))
    assert isinstance(geoward(*SHRED, typed="bob\n").exception, EnvironmentFault)
    assert "Would destroy 1 subject" in geoward("keys", "shred", "--again", "--region", "eu", "--dry-run").stdout
    done = geoward("keys", "shred", "--again", "--region", "eu", "--json")

    assert fits(done.document, "keys-shred") and (done.exit_code, done.document["destroyed"]) == (0, 1)
    assert alive(region_keys(home, home.region("eu")).vault, "ada", "bob") == [False, True]
    assert read_audit(home)[-1]["outcome"] == "subjects destroyed again"


@pytest.mark.parametrize(
    "words", [("-", "--again"), ("--kind", "actor", "--again"), (), ("--kind", "actor"), ("-",)], ids=" ".join
)
def test_identifiers_and_kind_belong_together_and_to_no_repetition(geoward, vault, words):
    done = geoward("keys", "shred", "--region", "eu", *words, typed="ada\n")

    assert isinstance(done.exception, UsageError) and alive(vault, "ada") == [True]


def test_where_there_are_no_keys_yet_it_says_so_and_makes_none(home, geoward):
    for words in (SHRED, ("keys", "rekey", "--region", "eu", "--dry-run")):
        assert "There are no keys yet" in str(geoward(*words, typed="ada\n").exception)
    assert not (home.path / "keys").exists()


def test_a_rewrap_brings_data_keys_under_the_rotated_key_which_may_then_be_destroyed(home, geoward, vault, fits):
    old = vault.wrapping[0].key_id
    assert isinstance(geoward("keys", "destroy", old).exception, UsageError)
    geoward("keys", "rotate", "--purpose", "subject", "--region", "eu")
    would = geoward("keys", "rewrap", "--dry-run", "--json").document

    done = geoward("keys", "rewrap", "--json")

    assert would["vaults"] == [{"region": "eu", "data_keys": 2, "old_gone": False}]
    assert done.document["vaults"] == [{"region": "eu", "data_keys": 2, "old_gone": True}]
    assert fits(done.document, "keys-rewrap")
    destroyed = geoward("keys", "destroy", old, "--json").document
    assert destroyed["keys"][0]["state"] == "destroyed" and destroyed["last_copy_until"]
    assert keyset_of(home).read().key(old).wrapped == b""
