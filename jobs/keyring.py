"""The development keyring: made at first run, 0600, outside every warehouse. Keys leave it only inside a worker.

A ``KeyReference`` is all that plans, closures, logs and metadata ever see. Issue of keys, rotation and providers
stand behind the same reference.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jobs.durable import write_new
from jobs.home import Home
from quality.contracts.errors import EnvironmentFault

KEY_BYTES = 32
LOST, RESTORE = (
    "missing, though tables were made with it",
    "Restore keys/keyring.json in the Geoward home from your backup.",
)


@dataclass(frozen=True, slots=True)
class KeyReference:
    """Names a key without holding it; ``open`` reads it where it is used, inside a worker."""

    keyring: Path
    key_id: str

    def open(self) -> bytes:
        """Return the key's 32 bytes; raise ``EnvironmentFault`` naming the key id when it cannot be had."""
        return _read(self.keyring, self.key_id)


def open_keyring(folder: Path, warehouses: tuple[Path, ...] = ()) -> KeyReference:
    """Return a reference to the primary pseudonym key in ``folder``, making the keyring at first use.

    Raises ``EnvironmentFault`` if others can read the file or if it lies inside a warehouse.
    """
    path = folder.absolute() / "keyring.json"
    if any(Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)) for root in warehouses):
        raise EnvironmentFault("The keyring lies inside a warehouse.", mend="Move it out: keys and rows must not meet.")
    if not path.exists():
        _make(path)
    _refuse_loose(path)
    try:
        return KeyReference(path, json.loads(path.read_text())["primary"])
    except (ValueError, KeyError, TypeError):
        raise EnvironmentFault(
            "The keyring is not readable.", mend="Restore it from your backup; rows depend on it."
        ) from None


def require_keyring(home: Home) -> None:
    """Raise ``EnvironmentFault`` if there is no keyring: whoever only reads makes none."""
    if not (home.path / "keys" / "keyring.json").exists():
        raise EnvironmentFault("The keyring is missing.", mend=RESTORE)


def refuse_lost_keyring(home: Home) -> None:
    """Raise ``EnvironmentFault`` if the keyring is missing though tables were made with it: a new one hides that."""
    if keyring_is_lost(home):
        raise EnvironmentFault(f"The keyring is {LOST}.", mend=RESTORE)


def keyring_is_lost(home: Home) -> bool:
    """Return whether there is no keyring though tables were made with one: their pseudonyms cannot be made again."""
    if (home.path / "keys" / "keyring.json").exists():
        return False
    roots = (region.root for region in home.regions.values())
    return any(any(root.glob(f"{layer}/*/_delta_log")) for root in roots for layer in ("protected", "curated"))


def known_key(folder: Path, warehouses: tuple[Path, ...] = ()) -> str:
    """Return the primary key's id, empty before the first run made the keyring; raises what ``open_keyring`` does."""
    return open_keyring(folder, warehouses).key_id if (folder / "keyring.json").exists() else ""


def _make(path: Path) -> None:
    """Make the keyring whole or not at all; where two jobs of a first run make one, both use that of the first."""
    key = secrets.token_bytes(KEY_BYTES)
    key_id = "dev-" + hashlib.sha256(b"geoward key id" + key).hexdigest()[:12]
    with suppress(FileExistsError):
        write_new(path, json.dumps({"primary": key_id, "keys": {key_id: key.hex()}}))


def _refuse_loose(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise EnvironmentFault(f"The keyring has mode {mode:04o}: others can read it.", mend=f"Run `chmod 600 {path}`.")


@lru_cache(maxsize=8)
def _read(path: Path, key_id: str) -> bytes:
    try:
        return bytes.fromhex(json.loads(path.read_text())["keys"][key_id])
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentFault(
            f"Key {key_id} cannot be opened.", mend="Check the keyring with `geoward doctor`."
        ) from None
