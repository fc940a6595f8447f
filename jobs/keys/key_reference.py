"""What plans, closures and logs see of a key: where it is, never the key. A worker opens it where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jobs.keys.keyset import KeyDomain, Keyset
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.provider import Provider
from quality.contracts.errors import KeyUnusable

_Stamp = tuple[int, int, int, int]
_OPENED: dict[KeyReference, tuple[_Stamp, bytes]] = {}
"""Keys of this process, each with what its keyset's file was like when it was opened."""


@dataclass(frozen=True, slots=True)
class KeyReference:
    """Names a key without holding it. ``least`` is the keyset's counter when it was made: an older file is refused."""

    path: Path
    providers: tuple[Provider, ...]
    key_id: str
    least: int = 0

    def open(self) -> bytes:
        """Return the key's 32 bytes; raise ``KeyUnusable`` naming it when it cannot be had.

        A worker lives long and asks for each batch: the file is read, authenticated and unwrapped once, and again as
        soon as it is another file, so that a key that is disabled or destroyed opens nothing more.
        """
        stamp = self._stamp()
        if (opened := _OPENED.pop(self, None)) is None or opened[0] != stamp:
            opened = stamp, KeysetFile(self.path, self.providers).open_key(self.key_id, least=self.least)
        _OPENED[self] = opened
        return opened[1]

    def _stamp(self) -> _Stamp:
        try:
            found = self.path.stat()
        except OSError:
            mend = "Restore the keyset from your backup."
            raise KeyUnusable(f"Key {self.key_id}", "its keyset is missing or cannot be read", mend=mend) from None
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def primary_key(file: KeysetFile, domain: KeyDomain) -> KeyReference:
    """Return a reference to the key that new writes in a domain take; raise ``KeyUnusable`` if there is none."""
    return primary_in(file.read(), file, domain)


def primary_in(keyset: Keyset, file: KeysetFile, domain: KeyDomain) -> KeyReference:
    """Return what ``primary_key`` does, of a keyset that was read from the file: to read it may ask a server."""
    if key := keyset.primary(domain):
        return KeyReference(file.path, file.providers, key.id, keyset.counter)
    raise KeyUnusable(f"The key for {domain}", "there is none", mend="Make one, or restore the keyset that has it.")
