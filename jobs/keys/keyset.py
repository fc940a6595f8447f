"""A keyset as a value: its keys, what may become of them, and its one form as text. No files, randomness or clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from quality.contracts.errors import KeyUnusable, UsageError
from transforms.privacy.canonical import canonical

PURPOSES = ("pseudonym", "token", "index", "subject", "placeholder")
_EPOCH = re.compile(r"none|\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_REGION = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class State(StrEnum):
    """What a key is for: new writes; reading; nothing for now; nothing ever again."""

    PRIMARY = "primary"
    ACTIVE = "active"
    DISABLED = "disabled"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class KeyDomain:
    """What a key is for: one purpose, in one region, in one epoch (a month such as ``2026-11``, or ``none``)."""

    purpose: str
    region: str
    epoch: str

    def __post_init__(self) -> None:
        """Refuse what is no domain."""
        if self.purpose not in PURPOSES:
            raise UsageError(f"No key has the purpose {self.purpose!r}.", mend=f"Known: {', '.join(PURPOSES)}.")
        if not _EPOCH.fullmatch(self.epoch):
            raise UsageError(f"{self.epoch!r} is no epoch.", mend="Give a month such as 2026-11, or none.")
        if not _REGION.fullmatch(self.region):
            raise UsageError(f"{self.region!r} is no region.", mend="A region is a lower-case word.")

    def __str__(self) -> str:
        """Return it as a person reads it."""
        return f"{self.purpose} in {self.region}, epoch {self.epoch}"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a keyset: wrapped by the key-encryption key ``kek``, both empty once it is destroyed."""

    id: str
    domain: KeyDomain
    state: State
    created: str
    kek: str
    wrapped: bytes = field(repr=False)

    @property
    def about(self) -> bytes:
        """Return what its wrapping is bound to."""
        return canonical("geoward data key", self.id, self.domain.purpose, self.domain.region, self.domain.epoch)


@dataclass(frozen=True, slots=True)
class Seal:
    """The key that authenticates a keyset, wrapped as the others are."""

    kek: str
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyset:
    """Keys by their domains; ``counter`` grows with each change.

    A domain has one primary key for as long as one of its keys is not destroyed, and then none, ever.
    """

    id: str
    counter: int
    seal: Seal
    keys: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``ValueError`` if it could not have come of the operations below."""
        if len({key.id for key in self.keys}) != len(self.keys):
            raise ValueError("two keys have one id")
        for domain in {key.domain for key in self.keys}:
            states = [key.state for key in self.keys if key.domain == domain]
            if states.count(State.PRIMARY) != (1 if set(states) != {State.DESTROYED} else 0):
                raise ValueError("a domain has not one primary key")
        if any((key.state is State.DESTROYED) == bool(key.wrapped) for key in self.keys):
            raise ValueError("a key is destroyed and there, or neither")

    @property
    def about(self) -> bytes:
        """Return what the wrapping of the seal is bound to."""
        return canonical("geoward keyset seal", self.id)

    def key(self, key_id: str) -> Key:
        """Return the key of that id; raise ``KeyUnusable`` if there is none."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyUnusable(f"Key {key_id}", "it is not in the keyset", mend="See `geoward keys list`.")

    def primary(self, domain: KeyDomain) -> Key | None:
        """Return the key that new writes in a domain take, if it has one."""
        return next((key for key in self.keys if key.domain == domain and key.state is State.PRIMARY), None)

    def present(self, key_id: str) -> Key:
        """Return the key of that id; raise ``KeyUnusable`` if there is none or it is destroyed."""
        key = self.key(key_id)
        if key.state is State.DESTROYED:
            raise KeyUnusable(f"Key {key_id}", "it is destroyed", mend="What it protected is gone, as was asked for.")
        return key

    def usable(self, key_id: str) -> Key:
        """Return the key of that id; raise ``KeyUnusable`` if there is none or it is disabled or destroyed."""
        key = self.present(key_id)
        if key.state is State.DISABLED:
            mend = "Enable it, if what it protects may be read again."
            raise KeyUnusable(f"Key {key_id}", "it is disabled", mend=mend)
        return key


def with_first(keyset: Keyset, key: Key) -> Keyset:
    """Add the first key of a domain, its primary; raise ``UsageError`` if the domain had one, destroyed or not."""
    if any(one.domain == key.domain for one in keyset.keys):
        ended = keyset.primary(key.domain) is None
        mend = "Write under another epoch." if ended else "Rotate it, or use it."
        was = "The keys were destroyed" if ended else "There is a key already"
        raise UsageError(f"{was} for {key.domain}.", mend=mend)
    return replace(keyset, keys=(*keyset.keys, replace(key, state=State.PRIMARY)))


def with_next(keyset: Keyset, key: Key) -> Keyset:
    """Add a new primary key to a domain; the one before stays active.

    Raises ``UsageError`` if it has none, or for an index: under another key a vault would know nobody.
    """
    if key.domain.purpose == "index":
        mend = "Rotate the key of purpose subject, or replace the data keys: `geoward keys rekey`."
        raise UsageError("The key that finds subjects in a vault is not rotated.", mend=mend)
    old = keyset.primary(key.domain)
    if old is None:
        raise UsageError(
            f"There is no key for {key.domain}.", mend="The first job that needs it makes it: see `geoward keys list`."
        )
    kept = (replace(one, state=State.ACTIVE) if one is old else one for one in keyset.keys)
    return replace(keyset, keys=(*kept, replace(key, state=State.PRIMARY)))


def disabled(keyset: Keyset, key_id: str) -> Keyset:
    """Let a key open nothing until it is enabled; raise ``UsageError`` for a primary, which new writes need."""
    key = keyset.present(key_id)
    if key.state is State.PRIMARY:
        raise UsageError(f"Key {key_id} is the primary of {key.domain}.", mend="Rotate first, then disable it.")
    return _with(keyset, replace(key, state=State.DISABLED))


def enabled(keyset: Keyset, key_id: str) -> Keyset:
    """Let a disabled key open what it protects again; raise ``KeyUnusable`` if it is destroyed."""
    key = keyset.present(key_id)
    return _with(keyset, replace(key, state=State.ACTIVE)) if key.state is State.DISABLED else keyset


def destroyed(keyset: Keyset, key_id: str) -> Keyset:
    """Take a key's wrapped bytes away for good; the entry stays and says so.

    Raises ``UsageError`` for a primary while its domain has other keys: which of them is next is not guessed.
    """
    key = keyset.key(key_id)
    left = [one for one in keyset.keys if one.domain == key.domain and one.state is not State.DESTROYED]
    if key.state is State.PRIMARY and len(left) > 1:
        mend = "Rotate first, or destroy its other keys before it."
        raise UsageError(f"Key {key_id} is the primary of {key.domain}, which has other keys.", mend=mend)
    return _with(keyset, replace(key, state=State.DESTROYED, kek="", wrapped=b""))


def rewrapped(keyset: Keyset, seal: Seal, keys: Mapping[str, Key]) -> Keyset:
    """Put the seal, and keys by their ids, in the place of those under another key-encryption key."""
    return replace(keyset, seal=seal, keys=tuple(keys.get(key.id, key) for key in keyset.keys))


def _with(keyset: Keyset, key: Key) -> Keyset:
    return replace(keyset, keys=tuple(key if one.id == key.id else one for one in keyset.keys))
