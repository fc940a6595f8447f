"""A key-encryption key that never leaves a key management service: a URI names it, and Tink's clients reach it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jobs.keys.aes_wrap import KEY_BYTES, unwrap_with, wrap_with
from jobs.keys.private_file import read_private
from jobs.keys.vault_server import is_safe, vault_client, why_refused
from quality.contracts.errors import ConfigError, KeyUnusable
from transforms.privacy.canonical import canonical

_SIZE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Kms:
    """Wraps with the key that a URI names: ``hcvault://``, ``aws-kms://`` or ``gcp-kms://``.

    ``credentials`` is a file of mode 0600: a token, or what that cloud takes; a cloud's own search for credentials
    begins without it. ``authorities`` is a bundle of certificates for ``hcvault``, which is reached by https only.
    """

    uri: str
    credentials: Path | None = None
    authorities: Path | None = None

    def __post_init__(self) -> None:
        """Raise ``ConfigError`` for what is no such URI; it is not shown, since it may hold a password."""
        if self._found is None or (self._host and not is_safe(f"https://{self._host}")):
            raise ConfigError("The URI of a KMS key has another form.", mend=f"Known: {_forms()}.")
        if self._host and self.credentials is None:
            raise ConfigError("A key of hcvault:// needs a token.", mend="Name its file with `credentials`.")

    @property
    def id(self) -> str:
        """Return scheme and path of the URI, without the server that it is reached by."""
        return f"{self._scheme}:{self._path}"

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Return the key under a fresh one, beside that one as the KMS wrapped it: size, wrapped key, sealed key.

        Not all of these services authenticate what a key is for (Tink's hcvault does not), so the fresh key does: it
        covers ``about``, and each byte of its own wrapped form.
        """
        once = os.urandom(KEY_BYTES)
        sealed = self._ask("encrypt", once)
        if len(sealed) >= 1 << 8 * _SIZE_BYTES:
            raise self._unusable("what its KMS wrapped is too long to be a wrapped key", "Look at the URI.")
        return len(sealed).to_bytes(_SIZE_BYTES) + sealed + wrap_with(once, key, self._about(about, sealed))

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Return the key; raise ``KeyUnusable`` if the KMS did not wrap it for ``about``, or it was changed."""
        end = _SIZE_BYTES + int.from_bytes(wrapped[:_SIZE_BYTES])
        sealed, rest = wrapped[_SIZE_BYTES:end], wrapped[end:]
        once = self._ask("decrypt", sealed)
        try:
            return unwrap_with(once, rest, self._about(about, sealed))
        except KeyUnusable:  # it names the fresh key, which nobody knows
            problem = "what it is to unwrap was wrapped by another key, or was changed or moved since"
            raise self._unusable(problem, "Restore the keyset from your backup.") from None

    def _ask(self, what: str, data: bytes) -> bytes:
        """Ask the KMS; its errors are told by their kind, since their text may hold what was sent."""
        service = _SERVICES[self._scheme]
        try:
            with service.open(self) as remote:
                return bytes(getattr(remote, what)(data, b""))
        except KeyUnusable:
            raise
        except ImportError:
            mend = f'Install Geoward with its extra {service.extra}: `pip install ".[{service.extra}]"`.'
            raise self._unusable("the package that reaches its KMS is not installed here", mend) from None
        except Exception as fault:  # each of the clients has errors of its own, and none may pass with its text
            raise self._unusable(*_why(fault)) from None

    def _unusable(self, problem: str, mend: str) -> KeyUnusable:
        return KeyUnusable(f"Key-encryption key {self.id}", problem, mend=mend)

    def _about(self, about: bytes, sealed: bytes) -> bytes:
        return canonical("geoward kms wrap", self.id, about, sealed)

    @property
    def _found(self) -> re.Match[str] | None:
        service = _SERVICES.get(self.uri.partition("://")[0])
        return service.shape.fullmatch(self.uri) if service else None

    @property
    def _scheme(self) -> str:
        return self.uri.partition("://")[0]

    @property
    def _host(self) -> str:
        return self._found.groupdict().get("host") or "" if self._found else ""

    @property
    def _path(self) -> str:
        return self._found["path"] if self._found else ""


@contextmanager
def _hcvault(kms: Kms) -> Iterator[Any]:
    from tink.integration import hcvault

    client = vault_client(f"https://{kms._host}", kms.credentials or Path(), kms.authorities, kms.id)
    try:
        yield hcvault.new_aead(kms._path, client)
    finally:
        client.adapter.close()


@contextmanager
def _aws(kms: Kms) -> Iterator[Any]:
    from tink.integration import awskms

    yield awskms.AwsKmsClient(kms.uri, _private(kms)).get_aead(kms.uri)


@contextmanager
def _gcp(kms: Kms) -> Iterator[Any]:
    from tink.integration import gcpkms

    with gcpkms.GcpKmsClient(kms.uri, _private(kms)) as client:
        yield client.get_aead(kms.uri)


def _private(kms: Kms) -> str:
    """Return the path of the credentials, if there are any; raise ``KeyUnusable`` if others can read them."""
    if kms.credentials is None:
        return ""
    read_private(kms.credentials, what=f"The credentials of key-encryption key {kms.id}", mend="Put them there.")
    return str(kms.credentials)


class _Service(NamedTuple):
    """A KMS: what its URIs look like, the extra that its client comes with, and how it is reached."""

    form: str
    shape: re.Pattern[str]
    extra: str
    open: Callable[[Kms], AbstractContextManager[Any]]


_NAME = "[A-Za-z0-9_-]{1,64}"
_ARN, _RESOURCE = r"arn:aws:kms:[a-z0-9-]+:\d{12}:(key|alias)/[A-Za-z0-9/_-]+", r"projects/[a-z0-9:.-]+"
_SERVICES = {
    "hcvault": _Service(
        "hcvault://HOST[:PORT]/MOUNT/keys/NAME",
        re.compile(rf"hcvault://(?P<host>[^/]+)/(?P<path>{_NAME}(/{_NAME})*/keys/{_NAME})", re.ASCII),
        "kms",
        _hcvault,
    ),
    "aws-kms": _Service(
        "aws-kms://arn:aws:kms:REGION:ACCOUNT:key/ID",
        re.compile(rf"aws-kms://(?P<path>{_ARN})", re.ASCII),
        "kms-aws",
        _aws,
    ),
    "gcp-kms": _Service(
        "gcp-kms://projects/P/locations/L/keyRings/R/cryptoKeys/K",
        re.compile(rf"gcp-kms://(?P<path>{_RESOURCE}/locations/{_NAME}/keyRings/{_NAME}/cryptoKeys/{_NAME})", re.ASCII),
        "kms-gcp",
        _gcp,
    ),
}


def _forms() -> str:
    return ", ".join(service.form for service in _SERVICES.values())


def _why(fault: Exception) -> tuple[str, str]:
    """Return what an error means and its mend; Tink's errors hold the client's."""
    import hvac.exceptions

    cause = fault.args[0] if type(fault).__name__ == "TinkError" and fault.args else fault
    if isinstance(cause, hvac.exceptions.VaultError | OSError):
        return why_refused(cause)
    kind = type(cause).__name__
    code = getattr(cause, "response", {}).get("Error", {}).get("Code", "") if kind == "ClientError" else ""
    said = code if re.fullmatch(r"\w{1,60}", str(code), re.ASCII) else kind
    problem = f"its KMS refuses, cannot be reached or answers otherwise than a KMS ({said})"
    return problem, "Look at the URI, the credentials, what they may do, and the network; then try again."
