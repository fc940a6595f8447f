"""A keyset with two domains under a key-encryption key of a file, and where key bytes are looked for."""

from __future__ import annotations

from base64 import b64encode

import pytest

from jobs.keys import given_key, key_reference
from jobs.keys.keyset import KeyDomain
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.local_file import LocalFile
from tests.jobs.keys.openbao import ROOT_TOKEN

NOVEMBER = KeyDomain("pseudonym", "eu", "2026-11")
TOKENS = KeyDomain("token", "eu", "none")


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    key_reference._OPENED.clear()
    given_key._PIPES.clear()


@pytest.fixture
def kek(tmp_path):
    return made(tmp_path / "kek")


@pytest.fixture
def other(tmp_path):
    return made(tmp_path / "other-kek")


@pytest.fixture
def keys(tmp_path, kek):
    """Return an empty keyset's file."""
    file = KeysetFile(tmp_path / "keys" / "keyset.json", (kek,))
    file.make()
    return file


def made(path):
    provider = LocalFile(path)
    provider.make()
    return provider


def forms(key):
    """Return the ways in which a key's bytes could be written somewhere, as bytes."""
    return [
        key,
        key.hex().encode(),
        key.hex().upper().encode(),
        b64encode(key),
        b64encode(key).rstrip(b"="),
        repr(key).encode(),
    ]


def opened(file):
    """Return all keys of a keyset that open, by id."""
    return {key.id: file.open_key(key.id) for key in file.read().keys if key.state in ("primary", "active")}


@pytest.fixture
def token_file(tmp_path):
    """Return a file with the token of the OpenBao server that tests start."""
    path = tmp_path / "token"
    path.write_text(f"{ROOT_TOKEN}\n")
    path.chmod(0o600)
    return path
