"""A key-encryption key that whoever starts the process gives: the environment names a file or an open descriptor.

The environment never holds the key itself: any process of the user can read it there, and so does each child.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jobs.keys.aes_wrap import KEY_BYTES, HeldKey, kek_of
from jobs.keys.private_file import read_private
from quality.contracts.errors import KeyUnusable

_LONGEST = 2 * KEY_BYTES + 2
_PIPES: dict[tuple[int, int], bytes] = {}
"""What was read from pipes, which can be read once only; by device and inode."""


@dataclass(frozen=True, slots=True)
class GivenKey(HeldKey):
    """Wraps with a key that one of two environment variables points to, in hexadecimal as a ``LocalFile`` holds it.

    A descriptor is this process's alone. Workers that Spark starts inherit none: they need the file.
    """

    file_variable: str = "GEOWARD_KEK_FILE"
    descriptor_variable: str = "GEOWARD_KEK_FD"

    def _kek(self) -> bytes:
        """Never show what a variable holds: someone may have put the key there."""
        file, descriptor = os.environ.get(self.file_variable), os.environ.get(self.descriptor_variable)
        if bool(file) == bool(descriptor):
            both = f"{self.file_variable} and {self.descriptor_variable}"
            raise self._unusable(f"{'both' if file else 'neither'} of {both} {'are' if file else 'is'} set")
        variable = self.file_variable if file else self.descriptor_variable
        what = f"Key-encryption key that {variable} names"
        if file:
            return kek_of(read_private(Path(file), what=what, mend="Let it name a file with the key."), what=what)
        return kek_of(self._from_descriptor(descriptor or ""), what=what)

    def _from_descriptor(self, text: str) -> bytes:
        if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) > 2):
            raise self._unusable(f"{self.descriptor_variable} is no number of an open descriptor")
        number = int(text)
        try:
            return os.pread(number, _LONGEST, 0)
        except OSError:  # a pipe knows no place to read from, or it is not open
            pass
        try:
            pipe = os.fstat(number)
            return _PIPES.get((pipe.st_dev, pipe.st_ino)) or _PIPES.setdefault(
                (pipe.st_dev, pipe.st_ino), _all_of(number)
            )
        except OSError:
            raise self._unusable(f"the descriptor that {self.descriptor_variable} names is not open") from None

    def _unusable(self, problem: str) -> KeyUnusable:
        mend = f"Set {self.file_variable} to a file with the key, mode 0600."
        return KeyUnusable("The key-encryption key from the environment", problem, mend=mend)


def _all_of(descriptor: int) -> bytes:
    found = b""
    while len(found) < _LONGEST and (more := os.read(descriptor, _LONGEST - len(found))):
        found += more
    return found
