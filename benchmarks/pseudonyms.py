"""Keyed pseudonyms and reversible tokens in Spark beside an insecure ``sha2(concat(key, id))``, in one run.

Run: `.venv/bin/python -m benchmarks.pseudonyms [ROWS]`; 10,000,000 distinct ids of 16 bytes if nothing is said. Rounds
are interleaved, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from benchmarks.machine import cpu_seconds, machine
from jobs.session import start_session
from transforms.privacy.identifiers import Domain
from transforms.privacy.pseudonymize_columns import pseudonym_function, pseudonyms
from transforms.privacy.tokenize_columns import reveal, token_function, tokenize

ROUNDS = 5
BATCH = 10_000
DOMAIN = Domain("eu", "risk", "none")
GOAL, TOKENS_GOAL = 1 / 3, 1.0


@dataclass(frozen=True)
class Key:
    """A key for this benchmark only, derived where it is opened."""

    def open(self) -> bytes:
        """Return 32 bytes."""
        return hashlib.sha256(b"only for this benchmark").digest()


def main(rows: int) -> None:
    """Print the rate of each way in one process, then in Spark with the ratios."""
    print(machine())
    alone()
    with tempfile.TemporaryDirectory() as folder:
        spark = start_session(scratch=Path(folder))
        path = f"{folder}/ids"
        ids = spark.range(0, rows, 1, 4).select(F.substring(F.sha2(F.col("id").cast("string"), 256), 1, 16).alias("id"))
        ids.withColumn("token", token_function(Key(), DOMAIN, "actor")("id")).write.parquet(path)
        compare(spark.read.parquet(path), rows)
        spark.stop()


def alone() -> None:
    """Time the functions of Arrow arrays in this process, by CPU: it has no second core to wait for."""
    made = [hashlib.sha256(str(number).encode()).hexdigest()[:16] for number in range(BATCH)]
    ids, key = pa.array(made), Key().open()
    tokens = tokenize(key, ids, domain=DOMAIN, kind="actor")
    for name, function, values in (
        ("pseudonyms", pseudonyms, ids), ("tokenize", tokenize, ids), ("reveal", reveal, tokens)
    ):  # fmt: skip
        function(key, values, domain=DOMAIN, kind="actor")  # imports
        started = time.process_time()
        for _ in range(100):
            function(key, values, domain=DOMAIN, kind="actor")
        seconds = time.process_time() - started
        print(f"  one process, {name}: {100 * BATCH / seconds / 1e6:.2f}M rows/s of CPU")


def compare(df: DataFrame, rows: int) -> None:
    """Time each way in every round; the first round warms up and does not count."""
    key = F.lit(Key().open().hex()[:32])
    ways: dict[str, Callable[[], DataFrame]] = {
        "scan": lambda: df.select("id"),
        "insecure sha2": lambda: df.select(F.sha2(F.concat(key, "id"), 256)),
        "to Python and back": lambda: df.select(F.arrow_udf(_same, "string")("id")),  # type: ignore[attr-defined]
        "pseudonyms": lambda: df.select(pseudonym_function(Key(), DOMAIN, "actor")("id")),
        "tokenize": lambda: df.select(token_function(Key(), DOMAIN, "actor")("id")),
        "reveal": lambda: df.select(token_function(Key(), DOMAIN, "actor", back=True)("token")),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, way in ways.items():
            before, started = cpu_seconds(os.getpid()), time.monotonic()
            way().write.format("noop").mode("overwrite").save()
            taken[name].append((time.monotonic() - started, cpu_seconds(os.getpid()) - before))
        said = ", ".join(f"{name} {each[-1][0]:.1f}" for name, each in taken.items())
        print(f"  {f'round {number}' if number else 'warm-up'}, seconds: {said}", flush=True)
    report({name: each[1:] for name, each in taken.items()}, rows)


def report(taken: Mapping[str, Sequence[tuple[float, float]]], rows: int) -> None:
    """Print each way's rate by time and by CPU, of its seconds of both in each round, and whether goals are met."""
    median = {name: statistics.median(seconds for seconds, _ in each) for name, each in taken.items()}
    cpu = {name: statistics.median(spent for _, spent in each) for name, each in taken.items()}
    for name, seconds in median.items():
        print(f"  {name}: {rows / seconds / 1e6:.2f}M rows/s; {cpu[name] / rows * 1e6:.2f} µs of CPU a row")
    base, ours = "insecure sha2", "pseudonyms"
    rounds = [f"{one[0] / other[0]:.2f}" for one, other in zip(taken[base], taken[ours], strict=True)]
    ratio = median[base] / median[ours]
    print(
        f"  {ours} to {base}: {ratio:.2f} of medians ({', '.join(rounds)}), {cpu[base] / cpu[ours]:.2f} by CPU; ",
        end="",
    )
    print(f"goal {GOAL:.2f} {_met(ratio >= GOAL)}")
    slower = rows / max(median["tokenize"], median["reveal"]) / 1e6
    print(f"  tokens: goal {TOKENS_GOAL:.1f}M rows/s each way {_met(slower >= TOKENS_GOAL)}")


def _same(values: pa.Array) -> pa.Array:
    return values


def _met(met: bool) -> str:
    return "met" if met else "NOT met"


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000_000)
