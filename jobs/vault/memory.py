"""How many subjects were destroyed, remembered beside the vault: an older copy that is put back is noticed by it."""

from __future__ import annotations

import json
from pathlib import Path

from jobs.durable import write_whole
from jobs.keys.counter import counters_in
from jobs.vault.database import Database
from quality.contracts.errors import EnvironmentFault

_MEND = "Run `geoward keys shred --again --region {}`: it destroys again whom the audit log names."


def remember(memory: Path, region: str, database: Database) -> None:
    """Remember how many the vault of a region says were destroyed, if they became more."""
    count, known = _count(database), _known(memory)
    if count > known.get(region, 0):
        write_whole(memory, json.dumps({**known, region: count}, sort_keys=True))


def refuse_older(memory: Path, region: str, database: Database) -> None:
    """Raise ``EnvironmentFault`` if the vault says of fewer than is remembered that they were destroyed."""
    missing = _known(memory).get(region, 0) - _count(database)
    if missing > 0:
        said = f"The vault of region {region} is older than it was: {missing} who were destroyed are back in it."
        raise EnvironmentFault(said, mend=_MEND.format(region))


def _count(database: Database) -> int:
    with database.reading() as rows:
        ((count,),) = rows.ask("SELECT count(*) FROM vault_destroyed")
    return int(count)


def _known(memory: Path) -> dict[str, int]:
    if not memory.exists():
        return {}
    try:
        return counters_in(memory)
    except ValueError:
        said = f"What is remembered of vaults, {memory.name}, cannot be read."
        raise EnvironmentFault(said, mend="Restore it; if it is lost for good, remove it and shred again.") from None
