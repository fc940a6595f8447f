"""One form for several parts, before they are hashed or authenticated."""

from __future__ import annotations


def canonical(*parts: str | bytes) -> bytes:
    """Return the parts as one, each with its length before it (8 bytes, big-endian), so that 1|23 and 12|3 differ.

    Texts are UTF-8; a lone surrogate, which JSON can hold, is no error.
    """
    return b"".join(
        [
            len(raw := part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part).to_bytes(8, "big")
            + raw
            for part in parts
        ]
    )
