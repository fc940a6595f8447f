"""Whoever asks or approves shows who they are with a private key of their own: Ed25519, as `ssh-keygen` makes it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from jobs.keys.private_file import read_private, refuse_loose
from quality.contracts.errors import KeyUnusable

OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
WHAT = "The key of --identity"
GIVEN = Path("-")
"""Standard input: whoever started the command opened it, so that only who can read a key can give it."""

_GIVE = "Name the file of your private key, or give it on standard input: `--identity - < FILE`."
_LONGEST = 64 << 10
_MAKE = "Make one with `ssh-keygen -t ed25519`, and have its public key entered in the policy."


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key that was opened. What it signs begins with a length in eight bytes, which nothing of SSH's does."""

    key: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """Return the public key's 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature (RFC 8032), 64 bytes."""
        return self.key.sign(message)


def load_identity(path: Path, passphrase: Callable[[], str]) -> Identity:
    """Open a private key's file, in OpenSSH's form or PEM, or ``GIVEN``; ``passphrase`` is asked if it has one.

    Raises ``KeyUnusable`` if the file is another's than the caller's, others can read it, or it holds no Ed25519 key
    that the passphrase opens.
    """
    raw = _given() if path == GIVEN else read_private(path, what=WHAT, mend=_GIVE, owner=_caller())
    try:
        key = _loaded(raw, None)
    except TypeError:  # how the library says that it is encrypted
        key = _loaded(raw, passphrase().encode())
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(WHAT, "it is of another type than Ed25519", mend=_MAKE)
    return Identity(key)


def is_signed(message: bytes, signature: bytes, public: bytes) -> bool:
    """Return whether the holder of a public key signed this very message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _caller() -> int:
    """Return who started the command: by `sudo` another than it runs as, who can read files that the caller cannot."""
    told = os.environ.get("SUDO_UID", "")
    return int(told) if told.isascii() and told.isdecimal() else os.geteuid()


def _given() -> bytes:
    """Read standard input, a pipe or a file of anybody's that no other can read."""
    file = sys.stdin.buffer if sys.stdin else None
    if file is None or file.isatty():
        raise KeyUnusable(WHAT, "nothing is given on standard input", mend=_GIVE)
    try:
        found = os.fstat(file.fileno())
    except OSError:  # it is no file of the system's
        found = None
    if found and stat.S_ISREG(found.st_mode):
        refuse_loose(found, WHAT, found.st_uid)
    return file.read(_LONGEST)


def _loaded(raw: bytes, password: bytes | None) -> object:
    load = load_ssh_private_key if raw.lstrip().startswith(OPENSSH) else load_pem_private_key
    try:
        return load(raw, password)
    except UnsupportedAlgorithm:
        mend = "Install the package bcrypt, or keep the key in PEM (PKCS 8)."
        raise KeyUnusable(WHAT, "this machine cannot open its kind of encryption", mend=mend) from None
    except TypeError:
        if password is None:
            raise
        raise KeyUnusable(WHAT, "an empty passphrase does not open it", mend="Try again.") from None
    except ValueError:
        problem = "its file holds no private key" if password is None else "the passphrase is wrong"
        raise KeyUnusable(WHAT, problem, mend=_MAKE if password is None else "Try again.") from None
