"""Whom the audit log says were destroyed in a region's vault, and a vault that does not know of them any more.

The log has their indexes, which are keyed hashes.
"""

from __future__ import annotations

from typing import Any

from jobs.accept_audit import read_left
from jobs.audit_log import read_audit
from jobs.home import Home, Region
from jobs.vault.memory import knows, refuse_older
from jobs.vault.store import Vault
from quality.contracts.errors import EnvironmentFault

DESTROYING = "subjects are being destroyed"
"""What the audit log says before it is done."""


def named_destroyed(home: Home, region: Region) -> list[bytes]:
    """Return who was, or was about to be, destroyed; raise ``ValueError`` if the log is not whole."""
    return _named(read_audit(home), region)


def alive_again(home: Home, region: Region, vault: Vault) -> int:
    """Return how many of those are not destroyed, whatever is remembered: 0 where the log, damaged, tells nothing."""
    try:
        named = named_destroyed(home, region)
    except (ValueError, OSError):  # told as such
        return 0
    return len(vault.alive_at(named)) if named else 0


def refuse_put_back(home: Home, region: Region, vault: Vault) -> None:
    """Raise ``EnvironmentFault`` if a vault is older than it was, or if what would tell so is gone."""
    memory = home.vault.memory(home.path)
    if knows(memory, region.name):
        refuse_older(memory, region.name, vault)
    elif _somebody_was_destroyed(home, region, vault):
        said = f"What is remembered of the vault of region {region.name} is gone, though subjects were destroyed: "
        mend = f"If it is lost for good, run `geoward keys shred --again --region {region.name}`: it destroys again "
        raise EnvironmentFault(
            f"{said}an older vault would pass.",
            mend=f"Mount the disk of {memory.name}, or restore it. {mend}whom the audit log names, and begins it anew.",
        )


def _somebody_was_destroyed(home: Home, region: Region, vault: Vault) -> bool:
    """Return what vault or audit log say; of a log that is damaged nobody knows, so that it counts."""
    with vault.database.reading() as rows:
        if rows.ask("SELECT 1 FROM vault_destroyed LIMIT 1"):
            return True
    entries, damage = read_left(home)
    return bool(damage or _named(entries, region))


def _named(entries: list[dict[str, Any]], region: Region) -> list[bytes]:
    told = [one["detail"] for one in entries if (one["kind"], one["outcome"]) == ("key", DESTROYING)
            and one["region"] == region.name]  # fmt: skip
    return list(dict.fromkeys(bytes.fromhex(index) for detail in told for index in detail["indexes"]))
