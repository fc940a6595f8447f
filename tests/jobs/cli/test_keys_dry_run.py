"""What a dry run of `geoward keys` says: which key, what it protects, what new writes take; nothing is changed."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.catalog import Catalog
from jobs.keys.config import begin_keys, keyset_of
from jobs.keys.keyset import KeyDomain
from jobs.region_keys import region_keys
from jobs.run_ledger import RunLedger

DAYS = [date(2024, 6, 1), date(2024, 6, 2)]


@pytest.fixture
def keys(home):
    """A region with three data keys of two subjects, and three partitions of pseudonyms, two under today's key."""
    keys = region_keys(home, home.region("eu"))
    keys.vault.data_keys("actor", ["ada", "bob"], "2024-06")
    keys.vault.data_keys("actor", ["ada"], "2024-07")
    RunLedger(home.region("eu"))  # whatever opens a region makes it
    catalog = Catalog(home.region("eu"))
    for table, day, key in (
        ("protected.pings", DAYS[0], keys.pseudonym.key_id),
        ("curated.mobility", DAYS[1], keys.pseudonym.key_id),
        ("protected.pings", DAYS[1], "key-of-before"),
        ("raw.pings", DAYS[0], ""),
    ):
        catalog.record(table, day, 1, "digest", {"key": key} if key else {}, {"run_id": "r"})
    begin_keys(home).new_key(KeyDomain("token", "eu", "none"))
    return keys


@pytest.fixture
def would(home, geoward, fits, keys):
    """Make a dry run, as text and as JSON; return what it says in one line, and the document."""

    def would(command, *arguments):
        before = {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
        told = geoward("keys", command, *arguments, "--dry-run")
        document = geoward("keys", command, *arguments, "--dry-run", "--json").document
        assert told.exit_code == 0, told.exception
        assert {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()} == before
        assert fits(document, f"keys-{command}") and document["dry_run"]
        said = " ".join(told.stdout.split())
        assert said.endswith("Nothing was changed.")
        return said, document

    return would


def primary(home, purpose):
    return keyset_of(home).read().primary(KeyDomain(purpose, "eu", "none")).id


def use(key_id, **counts):
    return {"id": key_id, "tables": None, "partitions": None, "subjects": None, "data_keys": None, **counts}


def rotate(purpose):
    return "rotate", "--purpose", purpose, "--region", "eu"


def test_a_rotation_of_pseudonyms_says_which_partitions_the_next_run_would_make_again(home, would):
    said, document = would(*rotate("pseudonym"))
    old = primary(home, "pseudonym")

    assert (
        f"Would make a new key for pseudonym in eu, epoch none, which new writes would take at once in place of {old}"
        in said
    )
    assert (
        "2 partitions of 2 tables were made with it" in said
        and "The next run would make those partitions again" in said
    )
    assert document["uses"] == [use(old, tables=2, partitions=2)]
    assert [one["id"] for one in document["keys"]] == [old]


def test_a_rotation_of_the_key_of_subjects_says_what_it_wraps(home, would):
    said, document = would(*rotate("subject"))

    assert "it wraps 3 data keys of 2 subjects in the vault" in said and "next run" not in said
    assert document["uses"] == [use(primary(home, "subject"), subjects=2, data_keys=3)]


def test_a_rotation_of_tokens_says_that_nobody_counts_them(home, would):
    said, document = would(*rotate("token"))

    assert "the tokens made with it are in files that nobody counts" in said
    assert document["uses"] == [use(primary(home, "token"))]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("disable", "what it protects could not be read until it is enabled"),
        ("destroy", "what it protects could never be read again"),
    ],
)
def test_what_would_end_names_the_key_what_it_protects_and_what_new_writes_take(home, would, command, said):
    old = primary(home, "pseudonym")
    new = keyset_of(home).rotate(KeyDomain("pseudonym", "eu", "none"))

    told, document = would(command, old)

    assert f"Would {command} {old} (pseudonym in eu, epoch none)" in told and said in told
    assert "Now: 2 partitions of 2 tables were made with it. " in told and f"New writes take {new}, as before." in told
    assert document["uses"] == [use(old, tables=2, partitions=2)] and document["last_copy_until"] is None
    assert ("Backups of keys/keyset.json may hold it until" in told) is (command == "destroy")


def test_the_end_of_the_last_key_of_a_domain_says_that_nothing_new_could_be_written(home, would):
    said, _ = would("destroy", primary(home, "token"))

    assert "Nothing new could be written." in said


def test_what_a_disabled_key_wraps_is_not_known(home, would):
    old = primary(home, "subject")
    keyset_of(home).rotate(KeyDomain("subject", "eu", "none"))
    keyset_of(home).disable(old)

    said, document = would("enable", old)

    assert "what it protects cannot be counted now" in said and document["uses"] == [use(old)]


def test_a_rewrap_says_how_many_keys_and_data_keys_it_would_bring(home, would):
    keyset_of(home).rotate(KeyDomain("subject", "eu", "none"))
    said, _ = would("rewrap", "--again")

    count = len(keyset_of(home).read().keys)
    assert f"eu: 3 data keys of the vault Would wrap {count} keys by kek-" in said and "touch no table" in said


def test_a_region_without_a_catalog_gets_none_by_a_dry_run(home, geoward):
    region_keys(home, home.region("us"))

    done = geoward("keys", "rotate", "--purpose", "pseudonym", "--region", "us", "--dry-run")

    assert "0 partitions of 0 tables" in " ".join(done.stdout.split())
    assert not (home.region("us").root / "catalog.sqlite").exists()


def test_a_rekey_says_which_generation_new_rows_would_take(would):
    said, document = would("rekey", "--region", "eu")

    assert "Would make 0 partitions again" in said and "data keys of generation 2 at once" in said
    assert (document["generation"], document["partitions"], document["left"]) == (2, [], 0)
