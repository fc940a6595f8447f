"""The keyset's file: read only if authentic, changed by one process at a time, whole or not at all."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jobs.durable import write_new, write_whole
from jobs.keys import keyset_text
from jobs.keys.aes_wrap import KEY_BYTES
from jobs.keys.counter import refuse_older, remember, remembered
from jobs.keys.keyset import (
    Key,
    KeyDomain,
    Keyset,
    Seal,
    State,
    destroyed,
    disabled,
    enabled,
    rewrapped,
    with_first,
    with_next,
)
from jobs.keys.private_file import alone, read_private
from jobs.keys.provider import Provider
from quality.contracts.errors import KeyUnusable, UsageError

AT_ONCE = 64
"""Keys that a rewrap moves before it writes them down."""

Tell = Callable[[str, KeyDomain, str], None]
"""Is told a new key's id, its domain and whether it is the first (`made`) or another (`rotated`)."""

_RESTORE = "Restore it from your backup: without it, what its keys protect is lost."


@dataclass(frozen=True, slots=True)
class KeysetFile:
    """A keyset in ``path``. The first of ``providers`` wraps what is new; all of them open what they wrapped.

    ``memory``, best kept where whoever writes ``path`` does not, remembers the counter: an older copy is refused then.
    With ``dry_run`` an operation is refused as ever, and nothing is written. ``tell`` is told of a new key right before
    it is written: none is made that it could not be told of. Every operation raises ``KeyUnusable`` if
    the file is missing, is not what was written, or cannot be opened.
    """

    path: Path
    providers: tuple[Provider, ...]
    memory: Path | None = None
    dry_run: bool = False
    tell: Tell | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is no keyset and none is remembered."""
        return not self.path.exists() and not remembered(self.memory)

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing is remembered of a keyset that was changed: an older copy would pass."""
        return not remembered(self.memory) and self.read().counter > 0

    def make(self) -> None:
        """Begin an empty keyset if there is none; raise ``KeyUnusable`` if there was one: a new one would hide that."""
        with alone(self.path):
            if self.path.exists():
                return
            if not self.is_new:
                raise self._unusable("it is missing, though it was used", _RESTORE)
            keyset = Keyset(_named("keyset"), 0, Seal("", b""))
            seal = secrets.token_bytes(KEY_BYTES)
            self._write(_under(self.providers[0], keyset, seal), seal, write_new)

    def read(self, *, least: int = 0) -> Keyset:
        """Return the keyset; raise ``KeyUnusable`` if it is older than its counter was: ``least``, or remembered."""
        return self._opened(least)[0]

    def new_key(self, domain: KeyDomain) -> str:
        """Make the first key of a domain and return its id; raise ``UsageError`` if the domain had one."""
        return self._add(with_first, domain, "made")

    def need(self, *domains: KeyDomain) -> Keyset:
        """Return the keyset with a primary key of each domain, made where a domain never had one.

        Raises ``UsageError`` where its keys were destroyed.
        """
        keyset = self.read()
        absent = [domain for domain in domains if not keyset.primary(domain)]
        for domain in absent:
            try:
                self.new_key(domain)
            except UsageError:
                if not self.read().primary(domain):  # else another process was first
                    raise
        return self.read() if absent else keyset

    def rotate(self, domain: KeyDomain) -> str:
        """Make a new primary key and return its id; the old one goes on opening what it protects."""
        return self._add(with_next, domain, "rotated")

    def disable(self, key_id: str) -> None:
        """Let a key open nothing until it is enabled; raise ``UsageError`` for a primary."""
        self._change(lambda keyset: disabled(keyset, key_id))

    def enable(self, key_id: str) -> None:
        """Let a disabled key open what it protects again."""
        self._change(lambda keyset: enabled(keyset, key_id))

    def destroy(self, key_id: str) -> None:
        """Take a key's wrapped bytes out of the file for good; raise ``UsageError`` for a primary of several."""
        self._change(lambda keyset: destroyed(keyset, key_id))

    def rewrap(self, *, at_once: int = AT_ONCE, again: bool = False) -> None:
        """Bring all keys and the seal under the first provider; the others open what is not there yet.

        Written down ``at_once`` keys at a time: a rewrap that was killed goes on where it was. With ``again`` also what
        that provider wrapped is wrapped again, all of it or nothing: its server may have a new version of its key.
        """
        if again:
            self._change(partial(self._moved, at_once=None, again=True))
        while self._change(partial(self._moved, at_once=at_once)) and not self.dry_run:
            pass

    def open_key(self, key_id: str, *, least: int = 0) -> bytes:
        """Return a key's bytes; raise ``KeyUnusable``, naming it, if it is missing, disabled, destroyed or changed."""
        try:
            key = self.read(least=least).usable(key_id)
            return self._unwrap(key.kek, key.wrapped, key.about)
        except KeyUnusable as fault:
            raise fault.of(f"Key {key_id}") from None

    def _opened(self, least: int = 0) -> tuple[Keyset, bytes]:
        """Return the keyset and its seal. The memory is read before the file: whoever writes does it after."""
        known = remembered(self.memory)
        name = self._name()
        try:
            keyset, mac = keyset_text.read(read_private(self.path, what=name, mend=_RESTORE))
            seal = self._unwrap(keyset.seal.kek, keyset.seal.wrapped, keyset.about)
        except ValueError:
            raise self._unusable("it was changed, cut or garbled", _RESTORE) from None
        except KeyUnusable as fault:
            raise fault.of(name) from None
        if not keyset_text.is_authentic(keyset, mac, seal):
            raise self._unusable("it was changed by something other than Geoward", _RESTORE)
        refuse_older(keyset, known, least, self._unusable)
        return keyset, seal

    def _change(self, change: Callable[[Keyset], Keyset]) -> bool:
        """Write what becomes of the keyset, and return whether that is anything new."""
        if self.dry_run:
            keyset = self.read()
            return change(keyset) != keyset
        with alone(self.path):
            keyset, seal = self._opened()
            changed = change(keyset)
            if changed == keyset:
                return False
            self._write(replace(changed, counter=keyset.counter + 1), seal, write_whole)
            return True

    def _write(self, keyset: Keyset, seal: bytes, write: Callable[[Path, str], None]) -> None:
        write(self.path, keyset_text.written(keyset, seal))
        remember(self.memory, keyset)

    def _add(self, add: Callable[[Keyset, Key], Keyset], domain: KeyDomain, outcome: str) -> str:
        from jobs.catalog import now  # only who makes keys needs it, and a worker starts sooner without

        key_id, created = _named("key"), now().isoformat(timespec="seconds")
        key = Key(key_id, domain, State.PRIMARY, created, "", b"")
        wrapped = _wrapped(self.providers[0], key, secrets.token_bytes(KEY_BYTES))

        def added(keyset: Keyset) -> Keyset:
            changed = add(keyset, wrapped)
            if self.tell and not self.dry_run:
                self.tell(key_id, domain, outcome)
            return changed

        self._change(added)
        return key_id

    def _moved(self, keyset: Keyset, *, at_once: int | None, again: bool = False) -> Keyset:
        to = self.providers[0]
        keys: Sequence[Key] = [key for key in keyset.keys if key.wrapped and (again or key.kek != to.id)][:at_once]
        moved = {key.id: _wrapped(to, key, self._unwrap(key.kek, key.wrapped, key.about)) for key in keys}
        if again or keyset.seal.kek != to.id:
            keyset = _under(to, keyset, self._unwrap(keyset.seal.kek, keyset.seal.wrapped, keyset.about))
        return rewrapped(keyset, keyset.seal, moved)

    def _unwrap(self, kek: str, wrapped: bytes, about: bytes) -> bytes:
        """Return a key with the provider whose key-encryption key wrapped it."""
        faults: list[KeyUnusable] = []
        for provider in self.providers:
            try:
                if provider.id == kek:
                    return provider.unwrap(wrapped, about)
            except KeyUnusable as fault:  # the next one may have it
                faults.append(fault)
        raise (
            faults[0]
            if faults
            else KeyUnusable(
                f"Key-encryption key {kek}", "no provider holds it", mend="Configure the provider that wrapped it."
            )
        )

    def _name(self) -> str:
        return f"The keyset {self.path.name}"

    def _unusable(self, problem: str, mend: str) -> KeyUnusable:
        return KeyUnusable(self._name(), problem, mend=mend)


def _named(kind: str) -> str:
    """Return a new name, random: it says nothing of what it names."""
    return f"{kind}-{secrets.token_hex(8)}"


def _wrapped(provider: Provider, key: Key, data: bytes) -> Key:
    return replace(key, kek=provider.id, wrapped=_wrap(provider, data, key.about))


def _under(provider: Provider, keyset: Keyset, seal: bytes) -> Keyset:
    return replace(keyset, seal=Seal(provider.id, _wrap(provider, seal, keyset.about)))


def _wrap(provider: Provider, key: bytes, about: bytes) -> bytes:
    """Wrap a key and unwrap it again: who may encrypt but not decrypt would lock it away for good."""
    wrapped = provider.wrap(key, about)
    if not hmac.compare_digest(provider.unwrap(wrapped, about), key):
        problem = "what it wrapped does not unwrap to the same"
        raise KeyUnusable(f"Key-encryption key {provider.id}", problem, mend="Name another one.")
    return wrapped
