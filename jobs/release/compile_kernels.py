"""Compile what releases of tables run, once at set-up: the first release of a user does not wait for it.

Small releases of every method are built and attacked, and values of two versions compared, of rows that nobody is
behind. What was compiled lies beside the sources, for this processor.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quality.contracts.compiled import source_stamp
from quality.releases.declaration import TableRelease

ROOT = Path(__file__).parents[2]
READY = ROOT / "transforms" / "anonymity" / "__pycache__" / "kernels.ready"
"""What was compiled, told by the sources, versions and processor that it was compiled for."""

KMAP = {"model": "k_map", "k": 4, "population": "in.csv"}
DIVERSE = {"model": "l_diversity", "column": "ill", "l": 2}
CLOSE = {"model": "t_closeness", "column": "ill", "t": 0.9}
K = {"model": "k_anonymity", "k": 3}
NAMED = {"name": "compiled", "description": "d", "purpose": "p", "reads": "in"}
GATES = {"membership": 1, "max_information_loss": 1, "max_suppressed": 1, "accept_too_small": True}


def compile_kernels(ready: Path = READY) -> bool:
    """Compile, unless it was done for these sources, versions and this processor; return whether there was need to."""
    stamp = _stamp()
    if ready.exists() and ready.read_text() == stamp:
        return False
    print("Compiling what releases run (a minute; once)", file=sys.stderr)  # noqa: T201  (a step of set-up)
    with tempfile.TemporaryDirectory(prefix="geoward-") as folder:
        _build_all(Path(folder))
    try:
        ready.parent.mkdir(exist_ok=True)
        part = ready.with_suffix(f".{os.getpid()}")
        part.write_text(stamp)
        part.replace(ready)
    except OSError:
        print(  # noqa: T201
            "Geoward's folder is not writable, so what was compiled is kept for this user only: others wait at their"
            " first release. Set up as the folder's owner to spare them that.",
            file=sys.stderr,
        )
    return True


def _stamp() -> str:
    import llvmlite.binding  # type: ignore[import-untyped]
    import numba

    of = (source_stamp("transforms"), source_stamp("quality"), numba.__version__, sys.version)
    return hashlib.sha256("\0".join([*of, llvmlite.binding.get_host_cpu_name()]).encode()).hexdigest()


def _build_all(folder: Path) -> None:
    """Build each release of a CSV file, whose rows are in a population too, and of the same rows as Parquet."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv

    from jobs.release.build_file import build_file
    from quality.checks.anonymity.overlapping_values import ValuePairs
    from transforms.anonymity.partition_bounds import Unreachable
    from transforms.anonymity.search_lattice import NoGeneralizationHolds
    from transforms.anonymity.split_tree import boxes_of

    rng, n = np.random.default_rng(0), 240
    texts = {name: rng.choice(list("abcd"), n) for name in ("job", "city", "ill")}
    who = np.arange(n) // 2
    rows = pa.table(
        {"who": who, "device": who // 2, "age": rng.integers(18, 80, n), "on": rng.integers(0, 9, n), **texts}
    )
    csv.write_csv(rows, folder / "in.csv")
    pq.write_table(rows.set_column(3, "on", pa.array([None, *rows["on"].to_pylist()[1:]])), folder / "in.parquet")
    (folder / "city.csv").write_text("a;x;*\nb;x;*\nc;y;*\nd;y;*\n")
    for release in _releases():
        for file in ("in.csv", "in.parquet") if release.method != "microaggregation" else ("in.csv",):
            try:
                build_file(release, folder / "in.yaml", folder / file, None, lambda step: None)
            except (Unreachable, NoGeneralizationHolds):
                continue
    ValuePairs(["a"], ["b"], {}, plain=True).of(slice(0, 1))
    boxes_of(np.array([-1], np.int32), np.zeros(1), np.zeros(1, np.int32), np.zeros((1, 1)))


def _releases() -> Iterator[TableRelease]:
    numbers: dict[str, Any] = {"age": {"kind": "numeric"}, "on": {"kind": "numeric"}}
    leveled = {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 5, "levels": 3}}
    ordered = {"kind": "ordered", "hierarchy": {"build": "order"}}
    city = {"kind": "hierarchical", "hierarchy": "city.csv"}
    local = {**numbers, "job": {"kind": "categorical"}, "city": city}
    full = {"age": leveled, "on": leveled, "job": ordered, "city": city}
    spread = [
        *({**DIVERSE, **more} for more in ({}, {"variant": "entropy"}, {"variant": "recursive", "c": 3.0})),
        *({**CLOSE, "distance": distance} for distance in ("equal", "ordered", "hierarchical")),
    ]  # fmt: skip
    made: list[dict[str, Any]] = [
        {"quasi_ids": numbers, "method": "microaggregation", "models": [K]},
        {"quasi_ids": local, "models": [K]},
        {"quasi_ids": local, "models": [K, KMAP, *spread], "suppression": 0.1, "hierarchies": {"ill": "city.csv"}},
        {"quasi_ids": full, "models": [K], "method": "full_domain", "suppression": 0.1},
        {"quasi_ids": full, "models": [K, KMAP, *spread], "method": "full_domain", "suppression": 0.5,
         "hierarchies": {"ill": "city.csv"}},
    ]  # fmt: skip
    for one in made:
        for who in ({"subject": "who", "links": ["device"]}, {}):
            yield TableRelease.model_validate({**NAMED, "gates": GATES, **one, **who})


if __name__ == "__main__":
    compile_kernels()
