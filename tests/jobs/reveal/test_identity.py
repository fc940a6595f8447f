from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
SERVICE, ADA, BOB = 54320, 54321, 54322
AS_SERVICE = """
import os, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jobs.reveal.identity import load_identity
from quality.contracts.errors import KeyUnusable
uid, path = sys.argv[1:]
os.setgroups([])
os.setresuid(int(uid), int(uid), int(uid))
try:
    print(load_identity(Path(path), str).public.hex())
except KeyUnusable as refused:
    sys.exit(str(refused))
"""
"""Who loads all as root, becomes another and opens a key."""


def nobody():
    raise AssertionError("no passphrase is asked for")


@pytest.fixture(autouse=True)
def no_sudo(monkeypatch):
    monkeypatch.delenv("SUDO_UID", raising=False)


@pytest.fixture
def given(kept):
    """Open a key as a process of its own, which is given standard input; by default as who runs the tests."""

    def given(stdin=None, path="-", uid=None, text=None, **environment):
        command = [sys.executable, "-c", AS_SERVICE if uid else AS_SERVICE.replace("os.set", "None and os.set")]
        words = [str(uid or 0), str(path)]
        env, feed = {**os.environ, **environment}, {"input": text} if text is not None else {"stdin": stdin}
        done = subprocess.run([*command, *words], env=env, capture_output=True, check=False, **feed)
        return done.stdout.decode().strip() or done.stderr.decode().strip()

    return given


@pytest.fixture
def open_folder():
    """A folder that other users can go through, as they cannot through those of pytest."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


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


PUBLIC = KEY.public_key().public_bytes_raw().hex()
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


def test_a_key_is_given_on_standard_input_by_a_pipe_or_a_file(given, kept):
    path = kept()

    assert given(text=path.read_bytes()) == PUBLIC
    with path.open("rb") as file:
        assert given(stdin=file) == PUBLIC
    assert "holds no private key" in given(text=b"planted") and "planted" not in given(text=b"planted")
    assert "holds no private key" in given(stdin=subprocess.DEVNULL)


def test_a_given_file_that_others_can_read_is_refused(given, kept):
    with kept(mode=0o644).open("rb") as file:
        assert "mode 0644" in given(stdin=file)


def test_a_terminal_is_not_waited_for(given):
    leader, terminal = os.openpty()
    try:
        assert "nothing is given on standard input. Name the file" in given(stdin=terminal)
    finally:
        os.close(leader)
        os.close(terminal)


def test_by_sudo_a_key_is_the_callers_and_no_other_that_the_service_can_read(kept, monkeypatch):
    path = kept()
    monkeypatch.setenv("SUDO_UID", str(path.stat().st_uid))
    assert load_identity(path, nobody).public.hex() == PUBLIC

    monkeypatch.setenv("SUDO_UID", str(ADA))
    with pytest.raises(KeyUnusable, match="belongs to another user. .*`--identity - < FILE`"):
        load_identity(path, nobody)


@ROOT_ONLY
def test_ada_gives_her_own_key_to_a_service_that_cannot_read_it_and_names_no_others(given, kept, open_folder):
    path, sudo = shutil.move(kept(), open_folder / "key"), {"SUDO_UID": str(ADA)}
    os.chown(path, ADA, -1)
    with path.open("rb") as file:  # as her shell does
        assert given(stdin=file, uid=SERVICE, **sudo) == PUBLIC
    assert "cannot be read. Name the file of your private key, or give" in given(path=path, uid=SERVICE, **sudo)

    os.chown(path, SERVICE, -1)
    for caller in (ADA, BOB):
        assert "belongs to another user" in given(path=path, uid=SERVICE, SUDO_UID=str(caller))
    assert given(path=path, uid=SERVICE) == PUBLIC, "by itself the service may"
