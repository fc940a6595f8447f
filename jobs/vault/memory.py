"""How many subjects were destroyed, remembered beside the vault: an older copy that is put back is noticed by it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from jobs.durable import write_whole
from jobs.keys.counter import counters_in
from jobs.keys.private_file import alone
from jobs.vault.store import Vault
from jobs.vault.verify import records
from quality.contracts.errors import EnvironmentFault

_MEND = "Run `geoward keys shred --again --region {}`: it destroys again whom the audit log names."


def begin(memory: Path, region: str) -> None:
    """Remember that nobody was destroyed in a vault, where nothing is known of it: a memory that is gone shows then.

    Where it cannot be written the audit log tells, each time.
    """
    with suppress(OSError):
        if not knows(memory, region):
            _keep(memory, region, 0)


def remember(memory: Path, region: str, vault: Vault) -> None:
    """Remember how many the vault of a region says were destroyed, if they became more."""
    _keep(memory, region, _count(vault))


def knows(memory: Path, region: str) -> bool:
    """Return whether anything is remembered of a region's vault."""
    return region in _known(memory)


def refuse_older(memory: Path, region: str, vault: Vault) -> None:
    """Raise ``EnvironmentFault`` if the vault says of fewer than is remembered that they were destroyed."""
    known = _known(memory).get(region, 0)
    missing = known - _count(vault) if known else 0
    if missing > 0:
        said = f"The vault of region {region} is older than it was: {missing} who were destroyed are back in it."
        raise EnvironmentFault(said, mend=_MEND.format(region))


def _count(vault: Vault) -> int:
    """Return how many records of destroyed subjects are as they were written: one that somebody made up is none."""
    return sum(records(vault))


def _keep(memory: Path, region: str, count: int) -> None:
    """Two that are remembered at once are both kept."""
    with alone(memory):
        known = _known(memory)
        if count > known.get(region, -1):
            write_whole(memory, json.dumps({**known, region: count}, sort_keys=True))


def _known(memory: Path) -> dict[str, int]:
    if not memory.exists():
        return {}
    try:
        return counters_in(memory)
    except ValueError:
        said = f"What is remembered of vaults, {memory.name}, cannot be read."
        raise EnvironmentFault(said, mend="Restore it; if it is lost for good, remove it and shred again.") from None
