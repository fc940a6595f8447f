"""A key-encryption key that never leaves HashiCorp Vault or OpenBao: its transit engine wraps and unwraps."""

from __future__ import annotations

import ipaddress
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.keys.private_file import read_private
from quality.contracts.errors import ConfigError, KeyUnusable
from transforms.privacy.canonical import canonical

SECONDS = (3.05, 10)
"""How long the server may take to be reached, and to answer."""

_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_REFUSED = {
    403: ("the server refuses the token", "Give a token that may encrypt and decrypt with this key."),
    404: ("the server knows no such key", "Name a key that is there."),
    429: ("the server has too much to do", "Try again later."),
    503: ("the server is sealed or down", "Unseal it, then try again."),
}


@dataclass(frozen=True, slots=True)
class Transit:
    """Wraps with the key ``key_name`` of a transit engine, of a type that takes associated data (aes256-gcm96).

    ``token_file`` holds the token, mode 0600; ``authorities`` a bundle of certificates, if not the usual ones. No
    proxy and no password file of the environment is used, and no redirection followed: the token goes to ``address``.
    """

    address: str
    key_name: str
    token_file: Path
    mount: str = "transit"
    authorities: Path | None = None

    def __post_init__(self) -> None:
        """Raise ``ConfigError`` for an address that others can listen on, or a name that is none."""
        if not _is_safe(self.address):
            raise ConfigError(
                "The address of the transit engine must be https, or http on this machine, and hold no password.",
                mend="For example: https://vault.example:8200.",
            )
        if not (_WORD.fullmatch(self.key_name) and _WORD.fullmatch(self.mount)):
            raise ConfigError("The transit engine's mount and key are words of A-Z, a-z, 0-9, _ and -.")

    @property
    def id(self) -> str:
        """Return the name of the key on its server, wherever that is reached."""
        return f"transit-{self.mount}-{self.key_name}"

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Return the key encrypted by the server, bound to ``about``."""
        answer = self._ask("encrypt_data", plaintext=b64encode(key).decode(), associated_data=self._associated(about))
        return self._part(answer, "ciphertext").encode()

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Return the key; raise ``KeyUnusable`` if the server did not wrap it for ``about``."""
        text = wrapped.decode("ascii", "replace")
        answer = self._ask("decrypt_data", ciphertext=text, associated_data=self._associated(about))
        try:
            return b64decode(self._part(answer, "plaintext"), validate=True)
        except ValueError:
            raise self._no_answer() from None

    def _ask(self, what: str, **words: str) -> Any:
        """Ask the server; its errors are told by their kind, since their text may hold what was sent."""
        import hvac.exceptions

        client = self._client()
        try:
            return getattr(client.secrets.transit, what)(self.key_name, mount_point=self.mount, **words)
        except (hvac.exceptions.VaultError, OSError) as fault:  # all of requests' errors are OSErrors
            raise self._fault(fault) from None
        finally:
            client.adapter.close()

    def _client(self) -> Any:
        import hvac
        import requests

        what = f"The token of key-encryption key {self.id}"
        token = read_private(self.token_file, what=what, mend="Put a token there, mode 0600.").strip()
        if not re.fullmatch(rb"[!-~]+", token):
            raise KeyUnusable(what, "its file holds no token", mend="Put a token there.")
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.authorities) if self.authorities else True
        return hvac.Client(
            self.address, token.decode(), timeout=SECONDS, allow_redirects=False, session=session, verify=session.verify
        )

    def _fault(self, fault: Exception) -> KeyUnusable:
        import hvac.exceptions as known
        import requests.exceptions as http

        codes = {known.Forbidden: 403, known.Unauthorized: 403, known.InvalidPath: 404}
        codes |= {known.RateLimitExceeded: 429, known.VaultDown: 503, known.VaultNotInitialized: 503}
        if told := _REFUSED.get(codes.get(type(fault), 0)):
            return self._unusable(*told)
        if isinstance(fault, known.VaultError):
            problem = (
                "the server refuses: another key wrapped it, it was changed or moved since, or it is no aes256-gcm96"
            )
            return self._unusable(problem, "Restore the keyset from your backup, or name the key that wrapped it.")
        if isinstance(fault, http.SSLError):
            return self._unusable(
                "the server shows no certificate that is trusted", "Give the authority's certificate."
            )
        slow = isinstance(fault, http.ReadTimeout)
        problem = f"the server did not answer in {SECONDS[1]} seconds" if slow else "the server cannot be reached"
        return self._unusable(problem, "Look whether it runs, then try again.")

    def _part(self, answer: Any, part: str) -> str:
        try:
            return str(answer["data"][part])
        except (TypeError, KeyError):
            raise self._no_answer() from None

    def _no_answer(self) -> KeyUnusable:
        return self._unusable("the server's answer is not that of a transit engine", "Look at the address.")

    def _unusable(self, problem: str, mend: str) -> KeyUnusable:
        return KeyUnusable(f"Key-encryption key {self.id}", problem, mend=mend)

    def _associated(self, about: bytes) -> str:
        return b64encode(canonical("geoward wrap", self.id, about)).decode()


def _is_safe(address: str) -> bool:
    try:
        url = urlsplit(address)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    if not host or port == 0 or url.username or url.password or url.query or url.fragment or url.path.strip("/"):
        return False
    return url.scheme == "https" or (url.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
