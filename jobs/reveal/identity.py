"""Whoever asks or approves shows who they are with a private key of their own: Ed25519, as `ssh-keygen` makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from jobs.keys.private_file import read_private
from quality.contracts.errors import KeyUnusable

OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
WHAT = "The key of --identity"
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
    """Open a private key's file, in OpenSSH's form or PEM; ``passphrase`` is asked if it has one.

    Raises ``KeyUnusable`` if others can read the file, or it holds no Ed25519 key that the passphrase opens.
    """
    raw = read_private(path, what=WHAT, mend="Name the file of your private key.")
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
