"""Persons as a release counts them: accounts that share a device are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.contracts.untold import untold

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame


def with_person(pings: DataFrame, links: DataFrame) -> DataFrame:
    """Add ``person``: one name for all accounts that ``links`` (actor_key, device_key) connect through devices.

    Links reach on: a shares a device with b, and b with c, so all three are one. Only the accounts of shared devices
    are brought together, in one worker; everyone else is a person of their own.
    """
    from pyspark.sql import functions as F

    pairs = links.where(F.col("device_key").isNotNull()).select("actor_key", "device_key").distinct()
    shared = pairs.groupBy("device_key").agg(F.collect_set("actor_key").alias("actors")).where(F.size("actors") > 1)
    united = shared.select(F.explode("actors").alias("actor_key"), "device_key")
    groups = united.groupBy(F.lit("all").alias("everyone")).applyInPandas(
        lambda rows: unite_accounts(rows),
        "actor_key string, person string",  # it counts arguments
    )
    joined = pings.join(groups, on="actor_key", how="left")
    return joined.withColumn("person", F.coalesce("person", "actor_key"))


@untold
def unite_accounts(links: pd.DataFrame) -> pd.DataFrame:
    """Return ``actor_key`` and ``person`` (the least account of its group) from links of accounts to devices."""
    import pandas as pd

    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for actor, device in links[["actor_key", "device_key"]].itertuples(index=False):
        # A device is a node too; its prefix keeps it apart from accounts and never the least.
        low, high = sorted((find(f"a{actor}"), find(f"d{device}")))
        leader[high] = low
    actors = sorted(set(links["actor_key"]))
    return pd.DataFrame({"actor_key": actors, "person": [find(f"a{actor}")[1:] for actor in actors]}, dtype="object")
