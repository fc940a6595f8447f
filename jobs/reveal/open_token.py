"""Open one token with a region's keys and its vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from jobs.home import Home
from jobs.keys.config import keyset_of
from jobs.keys.keyset import KeyDomain, State
from jobs.reveal.request import Asked
from quality.contracts.errors import GeowardError, KeyUnusable
from transforms.privacy.identifiers import Domain
from transforms.privacy.subject_tokens import EPOCH, Sealed, reveal_subject, sealed_in
from transforms.privacy.tokens import TokenRefused


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
    from jobs.region_keys import vault_of
    from jobs.vault.token_subjects import VaultSubjects

    sealed, domain = _sealed(home, asked)
    (key,) = VaultSubjects(vault_of(home, home.region(asked.region))).at([sealed.index], EPOCH)
    if key is None:
        raise SubjectGone
    return lambda: reveal_subject(sealed, key, domain=domain, kind=asked.kind)


def _sealed(home: Home, asked: Asked) -> tuple[Sealed, Domain]:
    """Try the region's keys, the newest first, and all purposes: a token says neither."""
    for key in _token_keys(home, asked.region):
        for purpose in home.policy.purposes:
            domain = Domain(asked.region, purpose, "none")
            with suppress(TokenRefused):
                return sealed_in(key, asked.token, domain=domain, kind=asked.kind), domain
    raise TokenRefused(asked.kind)


def _token_keys(home: Home, region: str) -> Iterator[bytes]:
    """Open one key after the other; raise ``KeyUnusable`` at the end if there are others, which may not be used."""
    file, domain = keyset_of(home), KeyDomain("token", home.region(region).name, "none")
    keys = [key for key in reversed(file.read().keys) if key.domain == domain]
    usable = [key.id for key in keys if key.state in (State.PRIMARY, State.ACTIVE)]
    yield from map(file.open_key, usable)
    if closed := [f"{key.id} is {key.state}" for key in keys if key.id not in usable]:
        mend = "If the token is as it was made, it needs one of these: `geoward keys enable` opens a disabled one."
        raise KeyUnusable(f"The key of this token for {domain}", ", ".join(closed), mend=mend)
    if not usable:
        raise KeyUnusable(f"The key for {domain}", "there is none", mend="Restore the keyset that has it.")
