"""A keyset as text: one canonical form in JSON, and its authentication by HMAC-SHA256 (RFC 2104)."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from typing import Any

from jobs.keys.keyset import Key, KeyDomain, Keyset, Seal, State
from transforms.privacy.canonical import canonical

FORMAT = 1


def written(keyset: Keyset, seal: bytes) -> str:
    """Return the keyset's text, authenticated by the key ``seal``."""
    return _json({"keyset": _plain(keyset), "mac": _mac(keyset, seal)})


def read(text: bytes) -> tuple[Keyset, str]:
    """Return a keyset and its authentication code, which is not looked at yet.

    Raises ``ValueError`` unless the text is, byte for byte, what ``written`` makes.
    """
    try:
        found = json.loads(text.decode("ascii"))
        keyset, mac = _keyset(found["keyset"]), str(found["mac"])
        again = _json({"keyset": _plain(keyset), "mac": mac})
    except Exception:  # whatever a stranger wrote there, it is no keyset
        raise ValueError("this is no keyset") from None
    if again.encode() != text:
        raise ValueError("this is no keyset in its one form")
    return keyset, mac


def is_authentic(keyset: Keyset, mac: str, seal: bytes) -> bool:
    """Return whether the code was made of this very keyset with the key ``seal``; takes as long either way."""
    return hmac.compare_digest(_mac(keyset, seal).encode(), mac.encode())


def _mac(keyset: Keyset, seal: bytes) -> str:
    return hmac.digest(seal, canonical("geoward keyset", _json(_plain(keyset))), "sha256").hex()


def _plain(keyset: Keyset) -> dict[str, Any]:
    return {
        "counter": keyset.counter,
        "format": FORMAT,
        "id": keyset.id,
        "keys": [_plain_key(key) for key in keyset.keys],
        "seal": {"kek": keyset.seal.kek, "wrapped": _text(keyset.seal.wrapped)},
    }


def _plain_key(key: Key) -> dict[str, str]:
    return {
        "created": key.created,
        "epoch": key.domain.epoch,
        "id": key.id,
        "kek": key.kek,
        "purpose": key.domain.purpose,
        "region": key.domain.region,
        "state": str(key.state),
        "wrapped": _text(key.wrapped),
    }


def _keyset(found: dict[str, Any]) -> Keyset:
    seal = Seal(found["seal"]["kek"], b64decode(found["seal"]["wrapped"]))
    return Keyset(found["id"], found["counter"], seal, tuple(_key(key) for key in found["keys"]))


def _key(found: dict[str, str]) -> Key:
    domain = KeyDomain(found["purpose"], found["region"], found["epoch"])
    wrapped = b64decode(found["wrapped"])
    return Key(found["id"], domain, State(found["state"]), found["created"], found["kek"], wrapped)


def _text(wrapped: bytes) -> str:
    return b64encode(wrapped).decode()


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"
