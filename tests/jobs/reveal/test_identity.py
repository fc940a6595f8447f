from __future__ import annotations

import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_public_key,
)

from jobs.reveal import identity as module
from jobs.reveal.identity import is_signed, load_identity
from quality.contracts.errors import KeyUnusable

KEY = Ed25519PrivateKey.generate()
PASSPHRASE = "correct horse"


def nobody():
    raise AssertionError("no passphrase is asked for")


@pytest.fixture
def kept(tmp_path):
    """Write a private key's file."""

    def kept(key=KEY, form=PrivateFormat.OpenSSH, encryption=None, mode=0o600):
        path = tmp_path / "key"
        path.touch(mode)
        path.chmod(mode)
        path.write_bytes(key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()))
        return path

    return kept


@pytest.mark.parametrize("form", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8], ids=["openssh", "pem"])
def test_what_a_key_signs_is_borne_out_by_its_public_key_alone(kept, form):
    one = load_identity(kept(form=form), nobody)
    signature = one.sign(b"this")

    assert is_signed(b"this", signature, KEY.public_key().public_bytes_raw())
    assert not is_signed(b"that", signature, one.public)
    assert not is_signed(b"this", signature, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert not is_signed(b"this", b"", one.public)


def test_a_key_of_ssh_keygen_is_taken(tmp_path):
    path = tmp_path / "id"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not installed")

    public = load_ssh_public_key(path.with_suffix(".pub").read_bytes())
    assert load_identity(path, nobody).public == public.public_bytes_raw()


def test_a_passphrase_is_asked_for_where_there_is_one(kept):
    path = kept(form=PrivateFormat.PKCS8, encryption=BestAvailableEncryption(PASSPHRASE.encode()))

    assert load_identity(path, lambda: PASSPHRASE).public == KEY.public_key().public_bytes_raw()
    for wrong in ("wrong", ""):
        with pytest.raises(KeyUnusable, match="passphrase"):
            load_identity(path, lambda wrong=wrong: wrong)


def test_an_encryption_that_this_machine_lacks_is_told_with_the_mend(kept, monkeypatch):
    from cryptography.exceptions import UnsupportedAlgorithm

    def lacks(*_):
        raise UnsupportedAlgorithm("Need bcrypt module")

    monkeypatch.setattr(module, "load_ssh_private_key", lacks)
    with pytest.raises(KeyUnusable) as refused:
        load_identity(kept(), nobody)
    assert "bcrypt" in refused.value.mend


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(kept, mode):
    with pytest.raises(KeyUnusable, match=f"mode {mode:04o}"):
        load_identity(kept(mode=mode), nobody)


@pytest.mark.parametrize(
    "text", ["", "planted", f"{module.OPENSSH.decode()}\nplanted\n", "-----BEGIN PRIVATE KEY-----\n"]
)
def test_what_is_no_private_key_is_refused_without_its_text(tmp_path, text):
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text)

    with pytest.raises(KeyUnusable, match="holds no private key") as refused:
        load_identity(path, nobody)
    assert "planted" not in str(refused.value)


def test_a_key_of_another_type_is_refused(kept):
    with pytest.raises(KeyUnusable, match="another type than Ed25519"):
        load_identity(kept(generate_private_key(SECP256R1())), nobody)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(KeyUnusable, match="missing"):
        load_identity(tmp_path / "none", nobody)


def test_a_private_key_is_not_shown(kept):
    assert "Ed25519" not in repr(load_identity(kept(), nobody))
