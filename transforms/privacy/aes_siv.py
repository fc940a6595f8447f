"""AES-SIV (RFC 5297) of many texts at once: AES is the library's, called for all rows where the RFC calls it for one.

``cryptography``'s own AESSIV spends nearly all of its time on the call, not on AES. Tests hold the two equal.
"""

from __future__ import annotations

from typing import Any

from quality.contracts.untold import untold

BLOCK = 16
KEY_BYTES = 64
"""Two keys of AES-256: one for the synthetic IV, one for the text."""


class AesSiv:
    """Seals and opens rows of bytes of one length, with strings of associated data."""

    def __init__(self, key: bytes, *associated: bytes) -> None:
        """Take a key of 64 bytes (32 for AES-128)."""
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.cmac import CMAC

        half = len(key) // 2
        self._mac, self._ctr = (Cipher(AES(part), modes.ECB()) for part in (key[:half], key[half:]))

        def cmac(text: bytes) -> bytes:
            made = CMAC(AES(key[:half]))
            made.update(text)
            return made.finalize()

        zeros = bytes(BLOCK)
        self._whole = _double(self._mac.encryptor().update(zeros))  # CMAC's subkeys, RFC 4493, section 2.3
        self._part = _double(self._whole)
        self._start = cmac(zeros)
        for text in associated:
            self._start = bytes(a ^ b for a, b in zip(_double(self._start), cmac(text), strict=True))

    @untold
    def seal(self, rows: Any) -> Any:
        """Return, of an array of n texts by their length, n tokens of 16 bytes more: synthetic IV, then text."""
        import numpy as np

        iv = self._iv(rows)
        return np.concatenate([iv, rows ^ self._keystream(iv, rows.shape[1])], axis=1)

    @untold
    def open(self, tokens: Any) -> tuple[Any, Any]:
        """Return the texts, and for each token whether it is whole; a text whose token is not must not be used."""
        iv = tokens[:, :BLOCK]
        rows = tokens[:, BLOCK:] ^ self._keystream(iv, tokens.shape[1] - BLOCK)
        return rows, (self._iv(rows) == iv).all(axis=1)

    def _iv(self, rows: Any) -> Any:
        """Return S2V of the associated data and each row (section 2.4), its CMAC taken a block of all rows a time."""
        import numpy as np

        count, size = rows.shape
        filled = max(-(-size // BLOCK), 1) * BLOCK
        text = np.zeros((count, filled), np.uint8)
        text[:, :size] = rows
        if size >= BLOCK:
            text[:, size - BLOCK : size] ^= np.frombuffer(self._start, np.uint8)
        else:
            text[:, size] = 0x80
            text ^= np.frombuffer(_double(self._start), np.uint8)
        if size > BLOCK and size < filled:
            text[:, size] = 0x80
        text[:, -BLOCK:] ^= np.frombuffer(self._part if BLOCK < size < filled else self._whole, np.uint8)
        state = np.zeros((count, BLOCK), np.uint8)
        for at in range(0, filled, BLOCK):
            state = _each_block(self._mac, state ^ text[:, at : at + BLOCK])
        return state

    def _keystream(self, iv: Any, size: int) -> Any:
        """Return AES-CTR's stream from each IV without its 31st and 63rd bit (section 2.5): so no carry is lost."""
        import numpy as np

        first = iv & np.frombuffer(bytes.fromhex("ffffffffffffffff7fffffff7fffffff"), np.uint8)
        blocks = -(-size // BLOCK)
        counters = np.repeat(first[:, None, :], blocks, axis=1)
        low = counters[:, :, 12:].copy().view(">u4")[:, :, 0] + np.arange(blocks, dtype=np.uint32)
        counters[:, :, 12:] = low.astype(">u4")[:, :, None].view(np.uint8)
        return _each_block(self._ctr, counters).reshape(len(iv), blocks * BLOCK)[:, :size]


def _each_block(cipher: Any, blocks: Any) -> Any:
    import numpy as np

    return np.frombuffer(cipher.encryptor().update(blocks.tobytes()), np.uint8).reshape(blocks.shape)


def _double(block: bytes) -> bytes:
    """Return ``block`` doubled in GF(2^128), as section 2.3 defines."""
    value = int.from_bytes(block, "big") << 1
    return ((value & (1 << 128) - 1) ^ (0x87 if value >> 128 else 0)).to_bytes(BLOCK, "big")
