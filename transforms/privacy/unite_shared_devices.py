"""Accounts that share a device count as one person, or k - 1 fake accounts would open anybody's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from quality.contracts.untold import untold

if TYPE_CHECKING:
    import pandas as pd


def unite_shared_devices(
    df: DataFrame, links: DataFrame, *, actor: str = "actor_key", device: str = "device_key"
) -> DataFrame:
    """Add ``person``: one value for all accounts that ``links`` connect through shared devices, in any number of steps.

    ``links`` has the actor and device columns. Only devices with two or more accounts matter; those few links meet in
    one worker, and nothing comes to the driver. A device shared by strangers makes them one: that suppresses more,
    never less.
    """
    pairs = links.where(F.col(device).isNotNull()).select(F.col(actor).alias("a"), F.col(device).alias("d")).distinct()
    shared = pairs.groupBy("d").agg(F.count("*").alias("_n")).where("_n > 1").select("d")
    linked = pairs.join(shared, on="d", how="leftsemi")
    together = linked.groupBy(F.lit(0).alias("_all"))
    united = together.applyInPandas(lambda rows: _components(rows), "a string, person string")  # it counts arguments
    joined = df.join(F.broadcast(united), on=df[actor] == united["a"], how="left").drop("a")
    return joined.withColumn("person", F.coalesce("person", actor))


@untold
def _components(links: pd.DataFrame) -> pd.DataFrame:
    """Label each account with the least account it is connected to (union-find; accounts and devices are nodes)."""
    import pandas as pd

    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for account, device in zip(links["a"], links["d"], strict=True):
        one, other = root(("account", account)), root(("device", device))
        parent[max(one, other)] = min(one, other)  # accounts sort before devices, so a root is an account
    accounts = sorted(set(links["a"]))
    return pd.DataFrame({"a": accounts, "person": [root(("account", account))[1] for account in accounts]})
