"""A reference names a key to a worker, which opens it, and never holds it."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from jobs.keys import key_reference
from jobs.keys.key_reference import KeyReference, primary_key
from jobs.keys.keyset_file import KeysetFile
from quality.contracts.errors import KeyUnusable
from tests.jobs.keys.conftest import NOVEMBER, TOKENS, forms
from transforms.privacy.identifiers import KeyReader


@pytest.fixture
def reference(keys):
    keys.new_key(TOKENS)
    return primary_key(keys, TOKENS)


@pytest.fixture
def reads(monkeypatch):
    """Return the ids of keys that are read from a file, in turn."""
    found, real = [], KeysetFile.open_key

    def open_key(file, key_id, **options):
        found.append(key_id)
        return real(file, key_id, **options)

    monkeypatch.setattr(KeysetFile, "open_key", open_key)
    return found


def test_a_reference_opens_the_primary_key_and_reads_it_once(keys, reference, reads):
    reader: KeyReader = reference

    assert reader.open() == reference.open() == pickle.loads(pickle.dumps(reference)).open()
    assert reads == [reference.key_id]


def test_a_reference_goes_on_naming_its_key_after_a_rotation(keys, reference):
    secret = reference.open()
    keys.rotate(TOKENS)

    assert reference.open() == secret
    assert primary_key(keys, TOKENS).key_id != reference.key_id


@pytest.mark.parametrize("end", ["disable", "destroy"])
def test_a_key_that_is_disabled_or_destroyed_opens_nothing_more_in_a_worker_that_had_it(keys, reference, end):
    reference.open()
    keys.rotate(TOKENS)
    getattr(keys, end)(reference.key_id)
    for _ in range(2):
        with pytest.raises(KeyUnusable, match=f"Key {reference.key_id} cannot be used: it is {end}"):
            reference.open()
    assert key_reference._OPENED == {}


def test_an_older_keyset_than_the_one_that_was_referred_to_is_refused(keys):
    keys.new_key(NOVEMBER)
    older = keys.path.read_bytes()
    keys.new_key(TOKENS)
    reference = primary_key(keys, NOVEMBER)
    keys.path.write_bytes(older)
    with pytest.raises(KeyUnusable, match=f"Key {reference.key_id} cannot be used: the keyset keyset.json .*put back"):
        reference.open()


def test_a_keyset_that_is_gone_is_told_with_the_key_that_needs_it(keys, reference):
    reference.open()
    keys.path.unlink()
    with pytest.raises(KeyUnusable, match=f"Key {reference.key_id} cannot be used: its keyset is missing"):
        reference.open()


def test_a_domain_without_a_key_has_no_reference(keys):
    with pytest.raises(KeyUnusable, match="The key for token in eu, epoch none cannot be used: there is none"):
        primary_key(keys, TOKENS)


def test_a_key_opens_in_another_process(reference):
    code = "import pickle, sys, hashlib; r = pickle.load(sys.stdin.buffer); print(hashlib.sha256(r.open()).hexdigest())"
    said = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(reference), capture_output=True, check=True)

    assert said.stdout.decode().strip() == hashlib.sha256(reference.open()).hexdigest()


def test_no_key_is_in_a_repr_or_a_pickle_also_after_it_was_opened(keys, kek, reference):
    secrets = [reference.open(), bytes.fromhex(kek.path.read_text()), keys._opened()[1]]
    shown = pickle.dumps(reference) + repr(reference).encode() + str(reference).encode()

    assert [form for secret in secrets for form in forms(secret) if form in shown] == []
    assert len(pickle.dumps(reference)) < 1000
    leaky = pickle.dumps({"key": secrets[0]}) + secrets[0].hex().encode()  # what the search is for, it finds
    assert sum(form in leaky for form in forms(secrets[0])) >= 2


def test_during_a_rewrap_a_reference_opens_with_either_provider(keys, kek, other, reference):
    secret = reference.open()
    both = replace(keys, providers=(other, kek))
    both.rewrap()

    assert KeyReference(keys.path, (kek, other), reference.key_id).open() == secret
    assert primary_key(both, TOKENS).open() == secret
    with pytest.raises(KeyUnusable, match="no provider holds it"):
        reference.open()


def test_a_key_is_kept_by_its_reference_and_not_by_its_name_alone(keys, reference, other):
    reference.open()
    with pytest.raises(KeyUnusable):
        replace(reference, providers=(other,)).open()
    with pytest.raises(KeyUnusable):
        replace(reference, path=keys.path.with_name(f"no-{os.getpid()}")).open()
