"""A key-encryption key that never leaves HashiCorp Vault or OpenBao: its transit engine wraps and unwraps."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jobs.keys.aes_wrap import KEY_BYTES
from jobs.keys.vault_server import WORD, is_safe, vault_client, why_refused
from quality.contracts.errors import ConfigError, KeyUnusable
from transforms.privacy.canonical import canonical


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
        if not is_safe(self.address):
            raise ConfigError(
                "The address of the transit engine must be https, or http on this machine, and hold no password.",
                mend="For example: https://vault.example:8200.",
            )
        if not (WORD.fullmatch(self.key_name) and WORD.fullmatch(self.mount)):
            raise ConfigError("The transit engine's mount and key are words of A-Z, a-z, 0-9, _ and -.")

    @property
    def id(self) -> str:
        """Return the name of the key on its server, wherever that is reached."""
        return f"transit-{self.mount}-{self.key_name}"

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Return the key encrypted by the server, bound to ``about``; raise ``KeyUnusable`` if it binds to nothing."""
        wrapped = self._wrapped(key, about)
        _refuse_unbound(self)
        return wrapped

    def _wrapped(self, key: bytes, about: bytes) -> bytes:
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

    def refuse_unbound(self) -> None:
        """Raise ``KeyUnusable`` if the server unwraps elsewhere: one that is too old does not read what it is for."""
        wrapped = self._wrapped(os.urandom(KEY_BYTES), b"here")
        self.unwrap(wrapped, b"here")  # else a refusal says nothing
        try:
            self.unwrap(wrapped, b"elsewhere")
        except KeyUnusable:
            return
        problem = "the server ignores what a key is for (associated_data), so that wrapped keys could be swapped"
        raise self._unusable(problem, "Use a newer server: Vault 1.13 or later, or OpenBao.")

    def _ask(self, what: str, **words: str) -> Any:
        """Ask the server; its errors are told by their kind, since their text may hold what was sent."""
        import hvac.exceptions

        client = vault_client(self.address, self.token_file, self.authorities, self.id)
        try:
            return getattr(client.secrets.transit, what)(self.key_name, mount_point=self.mount, **words)
        except (hvac.exceptions.VaultError, OSError) as fault:  # all of requests' errors are OSErrors
            raise self._unusable(*why_refused(fault)) from None
        finally:
            client.adapter.close()

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


@cache  # once in a process: a refusal is not kept
def _refuse_unbound(transit: Transit) -> None:
    transit.refuse_unbound()
