"""End withdrawals: what was committed is told to auditors and marked in the catalog, however often it is killed.

A withdrawal is entered as begun before its commit. While it is, readers see either the version or its fallback, and
the plan takes the version for what is published: nothing that was withdrawn is made again before it is marked.
"""

from __future__ import annotations

from jobs.audit_log import audit
from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.lake import Lake, no_spark
from jobs.landed_regions import catalogs
from jobs.manifest import manifest_file, sha256_of
from jobs.unfinished import committed, finish, remove
from jobs.withdrawals import Begun


def finish_withdrawals(home: Home, region: Region) -> list[Begun]:
    """End or forget each withdrawal that was begun in the region, and return those that were committed.

    Whoever calls this holds the region's lock. Each step can be killed and done again.
    """
    done = []
    for place, catalog in catalogs(home, region.name):
        for begun in catalog.begun_withdrawals():
            path = Lake(place, no_spark).path(begun.dataset)
            finish(path)
            if (version := committed(path, begun.run_id)) is None:
                remove(path, begun.run_id)
                catalog.forget_withdrawal(begun)
            else:
                end_withdrawal(home, place, catalog, begun, version)
                done.append(begun)
    return done


def end_withdrawal(home: Home, region: Region, catalog: Catalog, begun: Begun, version: int) -> None:
    """Enter what the commit ``version`` withdrew; the catalog comes last, so that an audit line is never missing."""
    proof = sha256_of(manifest_file(Lake(region, no_spark).path(begun.dataset), version))
    audit(home, "run", begun.dataset, "withdrawn", region=region.name, version=begun.version, new_version=version,
          dates=[str(day) for day in begun.dates], why=begun.why, run_id=begun.run_id, manifest=proof)  # fmt: skip
    catalog.end_withdrawal(begun)
