"""Rows a second encrypted and decrypted with a key for each subject, from an SQLite vault, and what rewrapping takes.

First in one process, batches as Spark's; then, with ``--spark``, in Spark. Rows come in random order of subjects, which
is the worst case, and sorted by subject.
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
from transforms.privacy.encrypt_columns import (
    Place,
    decrypt_columns,
    decrypt_values,
    encrypt_columns,
    encrypt_values,
)

BATCH = 10_000
"""Spark's batch of rows."""
ORDERS = ("sorted", "random")
EPOCH = "2024-06"
NOTE = Place("raw.pings", "position", "actor")


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
        names = [f"actor-{number:09d}" for number in range(asked.subjects)]
        said("making keys of new subjects", len(names), lambda: vault.data_keys("actor", names, EPOCH))
        said("looking keys up", len(names), lambda: vault.known_data_keys("actor", names, EPOCH))
        table = rows(asked.rows, names)
        (in_spark if asked.spark else in_one_process)(table, vault, folder, asked.orders)
        said("destroying a subject, files cleaned", 1, lambda: vault.destroy("actor", names[:1]))
        for more in (0, 4):  # the memory of many is that of few
            for number in range(more):
                vault.data_keys("actor", names, f"e{number}")
            subprocess.run([sys.executable, "-m", "benchmarks.subject_keys", "--rewrap", name], check=True)
            vault = replace(vault, wrapping=(Key(folder / "old"),))


def rows(count: int, names: list[str]) -> pa.Table:
    """Return that many positions of subjects in random order."""
    chance = np.random.default_rng(5)
    who = pa.array(names).take(pa.array(chance.integers(0, len(names), count)))
    degrees = chance.integers(-90_000_000, 90_000_000, (2, count)).astype(str)
    notes = pa.array([f"{one},{other}" for one, other in zip(*degrees, strict=True)])
    return pa.table({"actor_id": who, "epoch": pa.array([EPOCH]).take(pa.array(np.zeros(count, int))), "note": notes})


def in_one_process(table: pa.Table, vault: Vault, _: Path, orders: Sequence[str]) -> None:
    """Encrypt and decrypt in this process."""
    for order in orders:
        rows = table.sort_by("actor_id") if order == "sorted" else table
        batches = rows.combine_chunks().to_batches(BATCH)
        written = said(f"encrypting, {order}", len(rows), partial(encrypted, batches, VaultKeys(vault)))
        texts = said(f"decrypting, {order}", len(rows), partial(decrypted, batches, written, VaultKeys(vault)))
        assert pa.chunked_array(texts).equals(rows["note"])


def encrypted(batches: list[pa.RecordBatch], keys: VaultKeys) -> list[pa.Array]:
    """Encrypt batch by batch."""
    return [encrypt_values(one["note"], one["actor_id"], one["epoch"], NOTE, keys).values for one in batches]


def decrypted(batches: list[pa.RecordBatch], written: list[pa.Array], keys: VaultKeys) -> list[pa.Array]:
    """Decrypt batch by batch."""
    pairs = zip(written, batches, strict=True)
    return [decrypt_values(one, batch["actor_id"], NOTE, keys).values for one, batch in pairs]


def in_spark(table: pa.Table, vault: Vault, folder: Path, orders: Sequence[str]) -> None:
    """Read from Parquet, encrypt or decrypt, and throw the rows away; beside the same without a change."""
    import pyarrow.parquet as pq

    from jobs.session import start_session

    pq.write_table(table, folder / "plain.parquet", row_group_size=500_000)
    spark, keys, columns = start_session(scratch=folder / "scratch"), VaultKeys(vault), {"note": NOTE}
    plain = spark.read.parquet(str(folder / "plain.parquet"))
    throw(plain)
    said("Spark, only reading", len(table), lambda: throw(plain))
    made = encrypt_columns(
        plain.sortWithinPartitions("actor_id"), columns=columns, subject="actor_id", epoch="epoch", keys=keys
    )
    made.write.parquet(str(folder / "encrypted"))
    written = spark.read.parquet(str(folder / "encrypted")).drop("note_destroyed")
    for order in orders:
        one, other = (df.sortWithinPartitions("actor_id") if order == "sorted" else df for df in (plain, written))
        made = encrypt_columns(one, columns=columns, subject="actor_id", epoch="epoch", keys=keys)
        read = decrypt_columns(other, columns=columns, subject="actor_id", keys=keys)
        said(f"Spark, encrypting, {order}", len(table), partial(throw, made))
        said(f"Spark, decrypting, {order}", len(table), partial(throw, read))
    assert read.where("note IS NULL").count() == 0
    spark.stop()


def throw(df: Any) -> None:
    """Make all rows and keep none."""
    df.write.format("noop").mode("overwrite").save()


def rewrapped(folder: Path) -> None:
    """Rewrap to the new key and, so that a next time is the same, swap the keys' files."""
    database = SqliteDatabase(folder / "vault.sqlite")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.monotonic()
    moved, _ = rewrap(database, Key(folder / "old"), Key(folder / "new"))
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
