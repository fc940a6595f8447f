"""Open one token with a region's keys and its vault, or what `geoward redact --operator encrypt` left in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from jobs.home import Home
from jobs.keys.config import keyset_of
from jobs.keys.keyset import KeyDomain, State
from jobs.reveal.request import Asked
from quality.contracts.errors import GeowardError, KeyUnusable
from quality.policies.redaction import KINDS
from transforms.privacy.identifiers import Domain
from transforms.privacy.subject_tokens import EPOCH, Sealed, reveal_subject, sealed_in
from transforms.privacy.tokens import TokenRefused
from transforms.redaction.finding import UNREAD, WHOLE
from transforms.redaction.operators import Encrypt, NotOurs

FOUND = (*KINDS, WHOLE, UNREAD)
"""Kinds of what was found in a text and encrypted there, which no subject's key protects."""


class SubjectGone(GeowardError):
    """Nobody can read a token any more."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "The subject of this token was destroyed, as was asked for: nobody can read it any more.",
            mend="Nothing brings it back; tell whoever asked that the person was erased.",
        )


def look_up(home: Home, asked: Asked) -> Callable[[], str]:
    """Return what reveals the identifier behind a token; nothing is opened by then that tells it.

    Raises ``TokenRefused`` for a token that was altered or is of another region or kind, ``SubjectGone`` for one of
    a subject that was destroyed, and ``KeyUnusable`` without the keys.
    """
    if asked.kind in FOUND:
        return _encrypted(home, asked)
    from jobs.region_keys import vault_of
    from jobs.vault.token_subjects import VaultSubjects

    sealed, domain = _sealed(home, asked)
    (key,) = VaultSubjects(vault_of(home, home.region(asked.region))).at([sealed.index], EPOCH)
    if key is None:
        raise SubjectGone
    return lambda: reveal_subject(sealed, key, domain=domain, kind=asked.kind)


@dataclass(frozen=True, slots=True)
class _Opened:
    key: bytes = field(repr=False)

    def open(self) -> bytes:
        return self.key


def _encrypted(home: Home, asked: Asked) -> Callable[[], str]:
    """Try the region's keys, the newest first, with the case that was named: what it was encrypted for."""
    if asked.token.startswith(f"[{asked.kind}:") and asked.token.endswith("]"):
        for key in _keys(home, asked.region, "placeholder"):
            with suppress(NotOurs):
                value = Encrypt(_Opened(key), asked.case).decrypt(asked.token)
                return lambda: value
    raise TokenRefused(asked.kind)


def _sealed(home: Home, asked: Asked) -> tuple[Sealed, Domain]:
    """Try the region's keys, the newest first, and all purposes: a token says neither."""
    for key in _keys(home, asked.region, "token"):
        for purpose in home.policy.purposes:
            domain = Domain(asked.region, purpose, "none")
            with suppress(TokenRefused):
                return sealed_in(key, asked.token, domain=domain, kind=asked.kind), domain
    raise TokenRefused(asked.kind)


def _keys(home: Home, region: str, purpose: str) -> Iterator[bytes]:
    """Open one key after the other; raise ``KeyUnusable`` at the end if there are others, which may not be used."""
    file, domain = keyset_of(home), KeyDomain(purpose, home.region(region).name, "none")
    keys = [key for key in reversed(file.read().keys) if key.domain == domain]
    usable = [key.id for key in keys if key.state in (State.PRIMARY, State.ACTIVE)]
    yield from map(file.open_key, usable)
    if closed := [f"{key.id} is {key.state}" for key in keys if key.id not in usable]:
        mend = "If the token is as it was made, it needs one of these: `geoward keys enable` opens a disabled one."
        raise KeyUnusable(f"The key of this token for {domain}", ", ".join(closed), mend=mend)
    if not usable:
        raise KeyUnusable(f"The key for {domain}", "there is none", mend="Restore the keyset that has it.")
