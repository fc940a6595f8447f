"""A server of HashiCorp Vault or OpenBao as keys are asked of it: where it may be, who asks, what its refusals mean."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.keys.private_file import read_private
from quality.contracts.errors import KeyUnusable

SECONDS = (3.05, 10)
"""How long the server may take to be reached, and to answer."""

WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""What the name of an engine's mount or of a key is: nothing that leads elsewhere on the server."""

_ADDRESS = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?", re.ASCII)
"""Plain characters only: what is escaped, or dropped on the way, is one host to who reads it, another to who asks."""

_REFUSED = {
    403: ("the server refuses the token", "Give a token that may encrypt and decrypt with this key."),
    404: ("the server knows no such key", "Name a key that is there."),
    429: ("the server has too much to do", "Try again later."),
    503: ("the server is sealed or down", "Unseal it, then try again."),
}


def vault_client(address: str, token_file: Path, authorities: Path | None, key: str) -> Any:
    """Return a client of the server, to be closed by its ``adapter``; ``key`` is what errors name.

    No proxy and no password file of the environment is used, and no redirection followed: the token goes to
    ``address``. Raises ``KeyUnusable`` without a token that nobody else can read.
    """
    import hvac
    import requests

    what = f"The token of key-encryption key {key}"
    token = read_private(token_file, what=what, mend="Put a token there, mode 0600.").strip()
    if not re.fullmatch(rb"[!-~]+", token):
        raise KeyUnusable(what, "its file holds no token", mend="Put a token there.")
    session = requests.Session()
    session.trust_env = False
    session.verify = str(authorities) if authorities else True
    return hvac.Client(
        address, token.decode(), timeout=SECONDS, allow_redirects=False, session=session, verify=session.verify
    )


def why_refused(fault: BaseException) -> tuple[str, str]:
    """Return what a server's error means, and its mend: by its kind, since its text may hold what was sent."""
    import hvac.exceptions as known
    import requests.exceptions as http

    codes = {known.Forbidden: 403, known.Unauthorized: 403, known.InvalidPath: 404}
    codes |= {known.RateLimitExceeded: 429, known.VaultDown: 503, known.VaultNotInitialized: 503}
    if told := _REFUSED.get(codes.get(type(fault), 0)):
        return told
    if isinstance(fault, known.VaultError):
        problem = "the server refuses: another key wrapped it, it was changed or moved since, or it is no aes256-gcm96"
        return problem, "Restore the keyset from your backup, or name the key that wrapped it."
    if isinstance(fault, http.SSLError):
        return "the server shows no certificate that is trusted", "Give the authority's certificate."
    slow = isinstance(fault, http.ReadTimeout)
    problem = f"the server did not answer in {SECONDS[1]} seconds" if slow else "the server cannot be reached"
    return problem, "Look whether it runs, then try again."


def is_safe(address: str) -> bool:
    """Return whether nobody else can listen on an address: https, or http on this machine, with host and port only."""
    if not _ADDRESS.fullmatch(address):
        return False
    try:
        url = urlsplit(address)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    if port == 0:
        return False
    return url.scheme == "https" or (url.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
