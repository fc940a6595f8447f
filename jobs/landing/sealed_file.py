"""Kept files lie on disk sealed: in chunks, so that any part can be read, and none be changed, moved or cut unseen.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, as age has it): each chunk of 1 MiB is sealed by
AES-256-GCM under a random key of this one copy; its nonce is the chunk's number, 11 bytes, and whether it is the last.
Before them is the copy's key, sealed by the file's key and bound to the file's id. It is written last: a copy that was
never finished can be opened by nobody.

    magic (16) | nonce (12) | sealed key (48) | chunks, each with its tag (16)
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quality.contracts.errors import GeowardError

MAGIC = b"geoward sealed\x00\x01"
CHUNK, TAG, NONCE, KEY = 1 << 20, 16, 12, 32
HEADER = len(MAGIC) + NONCE + KEY + TAG
_HELD = 8
_AGAIN = "Ingest the file again from where it came: the same bytes take its place."


class FileKeys(Protocol):
    """Gives the key of each kept file, by its id. It goes to a worker by reference, which opens it there."""

    def to_seal(self, file_id: str) -> bytes:
        """Return the key, made at first sight; raise ``FileShredded``."""

    def to_open(self, file_id: str) -> bytes:
        """Return the key; raise ``FileShredded``, and ``EnvironmentFault`` where it is not known."""


class SealRefused(GeowardError):
    """Kept bytes are not as they were sealed."""

    def __init__(self, what: str, mend: str = _AGAIN) -> None:
        """Say what is wrong; a file's name would say nothing to anybody."""
        super().__init__(f"A kept file {what}: refused.", mend=mend)


class FileShredded(GeowardError):
    """The file's key was destroyed, and so nobody can read it."""

    def __init__(self, file_id: str) -> None:
        """Name the file by its id."""
        super().__init__(
            f"The key of landed file {file_id[:16]} was destroyed: nobody can read it any more.",
            mend="That is what `geoward keys destroy` and erasures are for: the same bytes do not come back.",
        )


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A kept file. It can be sent to a worker, as no key is in it."""

    path: Path
    file_id: str
    keys: FileKeys

    def open(self) -> io.BufferedReader:
        """Return its bytes as a file that is read from any place on.

        Raises ``SealRefused`` now or while it is read, ``FileShredded``, and what the keys and the disk raise.
        """
        file = self.path.open("rb")
        try:
            key = self._key_of(file.read(HEADER))
            reader = _Reader(file, AESGCM(key), os.fstat(file.fileno()).st_size - HEADER)
        except BaseException:
            file.close()
            raise
        return io.BufferedReader(reader, CHUNK)

    @property
    def size(self) -> int:
        """How many bytes it holds, by how long the sealed ones are."""
        sealed = self.path.stat().st_size - HEADER
        return max(0, sealed - TAG * _chunks_in(sealed))

    def _key_of(self, header: bytes) -> bytes:
        if not header.startswith(MAGIC):
            raise SealRefused("is not sealed, as earlier versions of Geoward kept them, or was changed")
        nonce, sealed = header[len(MAGIC) : len(MAGIC) + NONCE], header[len(MAGIC) + NONCE :]
        try:
            return AESGCM(self.keys.to_open(self.file_id)).decrypt(nonce, sealed, _place(self.file_id))
        except (InvalidTag, ValueError):
            raise SealRefused("was changed, or is another one") from None


class Sealing:
    """Seals what is written to a new file, for the owner alone; ``end`` makes it one that can be opened."""

    def __init__(self, path: Path) -> None:
        """Begin; raise ``FileExistsError`` if anything is there."""
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._key = os.urandom(KEY)
        self._cipher, self._count, self._waiting = AESGCM(self._key), 0, bytearray()
        self._file.write(bytes(HEADER))

    def write(self, data: bytes) -> int:
        """Seal more; the last chunk waits, since it is sealed as such."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def end(self, file_id: str, keys: FileKeys) -> None:
        """Seal the rest and, under the file's key, the copy's; all is on the disk then. Raises ``FileShredded``."""
        self._put(bytes(self._waiting), last=True)
        nonce = os.urandom(NONCE)
        sealed = AESGCM(keys.to_seal(file_id)).encrypt(nonce, self._key, _place(file_id))
        self._file.seek(0)
        self._file.write(MAGIC + nonce + sealed)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; without ``end`` before it, nobody can open it."""
        self._file.close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, last), chunk, MAGIC))
        self._count += 1


def seal_bytes(path: Path, content: bytes, file_id: str, keys: FileKeys) -> SealedFile:
    """Keep a few bytes sealed in a new file."""
    with closing(Sealing(path)) as sealing:
        sealing.write(content)
        sealing.end(file_id, keys)
    return SealedFile(path, file_id, keys)


def is_sealed(path: Path) -> bool:
    """Return whether a file says of itself that it is sealed."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class _Reader(io.RawIOBase):
    """Opens chunks as they are asked for. The last is opened first, as it alone tells that the file was not cut."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, sealed: int) -> None:
        self._file, self._cipher, self._at = file, cipher, 0
        self._count = _chunks_in(sealed)
        self._size = sealed - TAG * self._count
        self._held: OrderedDict[int, bytes] = OrderedDict()
        self._chunk(self._count - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK)
        part = memoryview(self._chunk(number))[start : start + len(target)]
        target[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._held.clear()
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if number not in self._held:
            while len(self._held) >= _HELD:
                self._held.popitem(last=False)
            self._file.seek(HEADER + number * (CHUNK + TAG))
            sealed = self._file.read(CHUNK + TAG)
            try:
                opened = self._cipher.decrypt(_nonce(number, number == self._count - 1), sealed, MAGIC)
            except (InvalidTag, ValueError):
                raise SealRefused("was changed or cut") from None
            self._held[number] = opened
        self._held.move_to_end(number)
        return self._held[number]


def _chunks_in(sealed: int) -> int:
    return max(1, -(-sealed // (CHUNK + TAG)))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([last])


def _place(file_id: str) -> bytes:
    return MAGIC + file_id.encode()
