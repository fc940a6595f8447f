"""End withdrawals: what was committed is told to auditors and marked in the catalog, however often it is killed.

A withdrawal is entered as begun before its commit. While it is, readers see either the version or its fallback, and
the plan takes the version for what is published: nothing that was withdrawn is made again before it is marked.
"""

from __future__ import annotations

from contextlib import suppress

from jobs.audit_log import Entry, audit_many, audit_once
from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.lake import Lake, no_spark
from jobs.landed_regions import catalogs
from jobs.manifest import manifest_file, sha256_of
from jobs.quarantine import quarantine_contract
from jobs.unfinished import committed, finish, remove
from jobs.withdraw_quarantine import withdraw_quarantine
from jobs.withdrawals import Begun
from quality.contracts.errors import EnvironmentFault


def finish_withdrawals(home: Home, region: Region) -> list[Begun]:
    """End or forget each withdrawal that was begun in the region, and return those that were committed.

    Whoever calls this holds the region's lock. Each step can be killed and done again. One whose table or quarantine
    is damaged stays begun; `geoward fsck` tells of the damage.
    """
    done = []
    for place, catalog in catalogs(home, region.name):
        for begun in catalog.begun_withdrawals():
            path = Lake(place, no_spark).path(begun.dataset)
            with suppress(ValueError, FileNotFoundError, EnvironmentFault):
                finish(path)
                if (version := committed(path, begun.run_id)) is None:
                    remove(path, begun.run_id)
                    catalog.forget_withdrawal(begun)
                else:
                    end_withdrawal(home, place, catalog, begun, version, again=True)
                    done.append(begun)
    return done


def end_withdrawal(
    home: Home, region: Region, catalog: Catalog, begun: Begun, version: int, *, again: bool = False
) -> None:
    """Take the quarantine back with the table's commit ``version``, and enter both; ``again`` if some may be done.

    The catalog comes last, so that an audit line is never missing.
    """
    lake = Lake(region, no_spark)
    quarantine = withdraw_quarantine(lake, begun)
    said = {"dates": [str(day) for day in begun.dates], "why": begun.why, "run_id": begun.run_id}
    detail = {
        **said,
        "version": begun.version,
        "new_version": version,
        "manifest": _proof(lake, begun.dataset, version),
    }
    entries: list[Entry] = [("run", begun.dataset, "withdrawn", region.name, detail)]
    if quarantine is not None:
        bad = quarantine_contract(begun.dataset).name
        detail = {**said, "with": begun.dataset, "new_version": quarantine, "manifest": _proof(lake, bad, quarantine)}
        entries.append(("run", bad, "withdrawn", region.name, detail))
    (audit_once if again else audit_many)(home, entries)
    catalog.end_withdrawal(begun)


def _proof(lake: Lake, table: str, version: int) -> str:
    return sha256_of(manifest_file(lake.path(table), version))
