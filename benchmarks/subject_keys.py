"""Rows a second sealed and opened with a key for each subject, from an SQLite vault, and what rewrapping takes.

In one process, batches as Spark's, in random order of subjects, which is the worst case, and sorted by subject; with
``--spark`` in Spark, where sealing sorts them.
"""

from __future__ import annotations

import argparse
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.machine import cpu_seconds, machine
from jobs.vault.rewrap import rewrap
from jobs.vault.sqlite import SqliteDatabase
from jobs.vault.store import Vault
from jobs.vault.subject_keys import VaultKeys
from quality.contracts import contract
from quality.contracts.at_rest import at_rest
from transforms.privacy.seal_rows import Sealed, open_rows, open_values, seal_rows, seal_values

BATCH = 10_000
"""Spark's batch of rows."""
ORDERS, ROUNDS = ("sorted", "random"), 3
EPOCH = "2024-06"
PINGS = contract("raw.pings")
SEALED_COLUMNS = ["event_id", "actor_id", "event_time", "latitude", "longitude", "accuracy_m", "speed_mps"]
TIME = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Key:
    """A key that a file holds."""

    path: Path

    def open(self) -> bytes:
        """Return its bytes."""
        return self.path.read_bytes()


def new_key(path: Path) -> Key:
    """Return a new key, kept in a file for its owner alone."""
    path.touch(0o600)
    path.write_bytes(secrets.token_bytes(32))
    return Key(path)


def main() -> None:
    """Print the machine and each figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000)
    options.add_argument("--subjects", type=int, default=100_000)
    options.add_argument("--orders", nargs="+", choices=ORDERS, default=ORDERS, help="of the rows, by subject")
    options.add_argument("--spark", action="store_true")
    options.add_argument("--rewrap", metavar="FOLDER", help="of a vault: only rewrap it and print the memory it took")
    asked = options.parse_args()
    if asked.rewrap:
        rewrapped(Path(asked.rewrap))
        return
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index, old = new_key(folder / "index"), new_key(folder / "old")
        new_key(folder / "new")
        vault = Vault(SqliteDatabase(folder / "vault.sqlite"), index, (old,), timedelta(days=35))
        vault.database.make()
        names = [f"actor-{number:09d}" for number in range(asked.subjects)]
        said("making keys of new subjects", len(names), lambda: vault.data_keys("actor", names, EPOCH))
        said("looking keys up", len(names), lambda: vault.known_data_keys_at(vault.indexes("actor", names), EPOCH))
        table = rows(asked.rows, names)
        (in_spark if asked.spark else in_one_process)(table, vault, folder, asked.orders)
        said("destroying a subject, files cleaned", 1, lambda: vault.destroy("actor", names[:1]))
        for more in (0, 4):  # the memory of many is that of few
            for number in range(more):
                vault.data_keys("actor", names, f"e{number}")
            subprocess.run([sys.executable, "-m", "benchmarks.subject_keys", "--rewrap", name], check=True)
            vault = replace(vault, wrapping=(Key(folder / "old"),))


def rows(count: int, names: list[str]) -> pa.Table:
    """Return that many positions of subjects in random order, as raw has them."""
    chance = np.random.default_rng(5)
    numbers = chance.integers(0, len(names), count)
    columns: dict[str, Any] = {
        "event_id": pa.array(np.char.add("event-", np.arange(count).astype(str))),
        "actor_id": pa.array(names).take(pa.array(numbers)),
        "event_time": pa.array(1_718_000_000_000_000 + chance.integers(0, 86_400_000_000, count), TIME),
        "event_date": pa.array(np.full(count, 19_884, np.int32)).cast(pa.date32()),
    }
    columns |= {name: pa.array(chance.random(count)) for name in ("latitude", "longitude", "accuracy_m", "speed_mps")}
    return pa.table(columns)


def in_one_process(table: pa.Table, vault: Vault, _: Path, orders: Sequence[str]) -> None:
    """Seal and open in this process."""
    for order in orders:
        rows = table.sort_by("actor_id") if order == "sorted" else table
        batches = rows.select(SEALED_COLUMNS).combine_chunks().to_batches(BATCH)
        sealed = said(f"sealing, {order}", len(rows), partial(sealed_of, batches, VaultKeys(vault)))
        opened = said(f"opening, {order}", len(rows), partial(opened_of, sealed, VaultKeys(vault)))
        assert pa.Table.from_batches(opened).equals(pa.Table.from_batches(batches))


def sealed_of(batches: list[pa.RecordBatch], keys: VaultKeys) -> list[Sealed]:
    """Seal batch by batch."""
    epochs = pa.array([EPOCH]).take(pa.array(np.zeros(BATCH, int)))
    return [
        seal_values(
            PINGS.name, dict(zip(SEALED_COLUMNS, one, strict=True)), one["actor_id"], epochs[: len(one)], keys, "actor"
        )
        for one in batches
    ]


def opened_of(sealed: list[Sealed], keys: VaultKeys) -> list[pa.RecordBatch]:
    """Open batch by batch."""
    types = {"event_id": pa.string(), "actor_id": pa.string(), "event_time": TIME}
    types |= dict.fromkeys(SEALED_COLUMNS[3:], pa.float64())
    found = (open_values(PINGS.name, types, one, keys)[0] for one in sealed)
    return [pa.RecordBatch.from_arrays(columns, SEALED_COLUMNS) for columns in found]


def in_spark(table: pa.Table, vault: Vault, folder: Path, _: Sequence[str]) -> None:
    """Read from Parquet, seal or open, and throw the rows away; beside the same without a change.

    Rows come in random order: sealing brings those of a subject together.
    """
    import pyarrow.parquet as pq
    from pyspark.sql import functions as F

    from jobs.session import start_session

    pq.write_table(table, folder / "plain.parquet", row_group_size=500_000)
    spark, keys = start_session(scratch=folder / "scratch"), VaultKeys(vault)
    plain = spark.read.parquet(str(folder / "plain.parquet"))
    absent = [column for column in PINGS if column.name not in plain.columns]
    plain = plain.withColumns({column.name: F.lit(None).cast(column.type) for column in absent})
    throw(plain)
    said("Spark, only reading", len(table), lambda: throw(plain))
    rows, path = seal_rows(plain, PINGS, keys).select(at_rest(PINGS).column_names), str(folder / "sealed.parquet")
    rows.write.parquet(path)
    read = open_rows(spark.read.parquet(path), PINGS, keys)
    assert read.where("latitude IS NULL OR _erased").count() == 0
    for _ in range(ROUNDS):
        said("Spark, sealing", len(table), partial(throw, rows))
        said("Spark, opening", len(table), partial(throw, read))
    spark.stop()


def throw(df: Any) -> None:
    """Make all rows and keep none."""
    df.write.format("noop").mode("overwrite").save()


def rewrapped(folder: Path) -> None:
    """Rewrap to the new key and, so that a next time is the same, swap the keys' files."""
    database = SqliteDatabase(folder / "vault.sqlite")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.monotonic()
    moved, _ = rewrap(database, (Key(folder / "new"), Key(folder / "old")))
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rewrapping: {moved:,} keys, {moved / seconds:,.0f} a second, {after - before:.0f} MiB more memory at most")
    for one, other in (("old", "swap"), ("new", "old"), ("swap", "new")):
        (folder / one).rename(folder / other)


def said(what: str, count: int, do: Callable[[], Any]) -> Any:
    """Do it and print how many a second, and how many a second of CPU, which other work on the machine slows less."""
    began, spent = time.monotonic(), cpu_seconds(os.getpid())
    done = do()
    seconds, cpu = time.monotonic() - began, cpu_seconds(os.getpid()) - spent
    rates = f"{count / seconds:,.0f} a second, {count / max(cpu, 0.01):,.0f} a second of CPU"
    print(f"{what}: {count:,} in {seconds:.1f} s, {rates}", flush=True)
    return done


if __name__ == "__main__":
    main()
