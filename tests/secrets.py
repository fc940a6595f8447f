"""Every secret of an installation, and where one can be found in whatever form it leaks."""

from __future__ import annotations

import base64
import gzip
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from jobs.home import Home
from jobs.keys.config import keyset_of
from jobs.region_keys import vault_of


def secrets_of(home: Home) -> dict[str, list[bytes]]:
    """Return the key-encryption key, the keys of the keyset, and subjects' tokens and data keys."""
    keyset, tokens, keys = keyset_of(home), list[bytes](), list[bytes]()
    for region in home.regions.values():
        if home.vault.database(home.path, region.name).is_there():
            vault = vault_of(home, region)
            with vault.database.reading() as rows:
                tokens += [bytes(token) for (token,) in rows.ask("SELECT token FROM vault_tokens")]
                entries = rows.ask("SELECT idx, epoch FROM vault_keys")
            for epoch in {epoch for _, epoch in entries}:
                mine = [bytes(index) for index, of in entries if of == epoch]
                keys += [key for key in vault.known_data_keys_at(mine, epoch) if isinstance(key, bytes)]
    return {
        "the key-encryption key": [bytes.fromhex((home.path / "keys" / "kek").read_text())],
        "keys of the keyset": [keyset.open_key(key.id) for key in keyset.read().keys if key.wrapped],
        "tokens of subjects": tokens,
        "data keys of subjects": keys,
    }


def forms(secret: bytes) -> list[bytes]:
    """Return a secret as it may be written: raw, in hex, as Python shows it, and in base64 at any place of a text."""
    coded = [
        base64.b64encode(b"\0" * pad + secret)[-(-pad * 4 // 3) : (pad + len(secret)) // 3 * 4] for pad in range(3)
    ]
    hexed = secret.hex().encode()
    return [secret, hexed, hexed.upper(), repr(secret)[2:-1].encode(), str(list(secret)).encode(),
            *coded, *(one.translate(bytes.maketrans(b"+/", b"-_")) for one in coded)]  # fmt: skip


def found_in(folder: Path, secrets: Iterable[bytes]) -> set[str]:
    """Return the files below a folder that hold any of the secrets in any form, by their names within it."""
    search, found = Search(secrets), set()
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            with suppress(FileNotFoundError):  # a Java that ends removes its scratch files
                if path.is_file() and search.finds(content(path)):
                    found.add(path.relative_to(folder).as_posix())
    return found


class Search:
    """Looks for many secrets at once: at every place whether any begins there by its first three bytes, then by all."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self.forms: dict[bytes, list[bytes]] = {}
        for form in {form for secret in secrets for form in forms(secret)}:
            self.forms.setdefault(form[:8], []).append(form)
        self.begun = np.zeros(1 << 24, bool)
        self.begun[[int.from_bytes(start[:3], "little") for start in self.forms]] = True

    def finds(self, raw: bytes) -> bool:
        """Return whether bytes hold any of them."""
        letters = np.frombuffer(raw, np.uint8).astype(np.uint32)
        words = letters[:-2] | letters[1:-1] << 8 | letters[2:] << 16
        places = np.flatnonzero(self.begun[words]).tolist()
        return any(raw.startswith(form, at) for at in places for form in self.forms.get(raw[at : at + 8], ()))


def content(path: Path) -> bytes:
    """Return what a file holds; what is packed is also written out."""
    raw = path.read_bytes()
    if raw.startswith(b"\x1f\x8b"):
        return raw + gzip.decompress(raw)
    if not raw.startswith(b"PAR1"):  # a landed file may be called so, and is sealed
        return raw
    columns = pq.ParquetFile(path).read().to_pydict().values()
    values = {value for column in columns for value in column if isinstance(value, bytes | str)}
    return raw + b" ".join(value if isinstance(value, bytes) else value.encode() for value in values)
