"""Full-domain k-anonymity of a table that fits in memory, file to file, in a fresh Python process without Spark.

    python -m benchmarks.anonymity_lattice [--rows 1000000] [--k 10] [--suppression 0.05] [--runs 3]

Makes a synthetic CSV of one city's pings (place at .01 degree, hour, age, device), and times whole processes that read
it, search the lattice of five hierarchies exactly, and write the anonymous CSV. The loss searched for is the NCP; the
tight NCP is recomputed here from the original values of each class of the written file's rows, a suppressed row as 1.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from benchmarks.machine import ROOT, machine

DEVICES = {
    "Pixel 7": "Pixel;Google;Android",
    "Pixel 8": "Pixel;Google;Android",
    "Galaxy S22": "Galaxy S;Samsung;Android",
    "Galaxy S23": "Galaxy S;Samsung;Android",
    "Galaxy A14": "Galaxy A;Samsung;Android",
    "Redmi 12": "Redmi;Xiaomi;Android",
    "Redmi 13": "Redmi;Xiaomi;Android",
    "iPhone 13": "iPhone;Apple;iOS",
    "iPhone 14": "iPhone;Apple;iOS",
    "iPhone 15": "iPhone;Apple;iOS",
    "iPad Air": "iPad;Apple;iOS",
    "iPad Pro": "iPad;Apple;iOS",
}
NUMERIC = {"lat": (0.02, 4), "lon": (0.02, 4), "hour": (2, 3), "age": (5, 4)}
"""The width of the narrowest interval and the number of levels that double it."""


def main() -> None:
    """Print seconds, loss, rows suppressed and checks of each run."""
    options = _options()
    if options.anonymize:
        print(json.dumps(anonymize(*options.anonymize, k=options.k, suppression=options.suppression)))
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "pings.csv"), Path(folder, "anonymous.csv")
        csv.write_csv(synthetic(options.rows), source)
        for number in range(options.runs):
            seconds, cpu, told = _timed(source, target, options)
            print(f"run {number + 1}: {seconds:.2f} s file to file ({cpu:.2f} s of CPU); {told}")
        smallest, tight = verify(source, target, told)
        print(f"verified on the file: smallest class {smallest}, tight NCP {tight:.4f}")


def synthetic(rows: int) -> pa.Table:
    """Return pings of one city: most near three centers, at hours and ages of a city's day."""
    random = np.random.default_rng(1)
    center = random.choice(3, rows, p=[0.6, 0.25, 0.15])
    spread = np.array([0.05, 0.03, 0.12])[center]
    lat = np.array([37.78, 37.87, 37.6])[center] + random.normal(0, 1, rows) * spread
    lon = np.array([-122.42, -122.27, -122.3])[center] + random.normal(0, 1, rows) * spread
    hour = np.where(random.random(rows) < 0.5, random.normal(14, 4, rows).clip(0, 23), random.integers(0, 24, rows))
    age = np.where(random.random(rows) < 0.5, 18 + random.gamma(3, 8, rows), random.integers(18, 91, rows))
    names = list(DEVICES)
    columns = {
        "lat": np.round(lat, 2),
        "lon": np.round(lon, 2),
        "hour": hour.astype(int),
        "age": age.clip(18, 90).astype(int),
        "device": pa.array(names).take(pa.array((random.geometric(0.2, rows) - 1) % len(names))),
    }
    return pa.table(columns)


def anonymize(source: str, target: str, *, k: int, suppression: float) -> dict[str, float]:
    """Read, encode, search and write; return what was found and the seconds of each step."""
    from quality.releases.privacy_models import KAnonymity
    from transforms.anonymity.coded_table import CodedTable
    from transforms.anonymity.full_domain_loss import Loss
    from transforms.anonymity.search_lattice import search_lattice

    at = [time.monotonic()]
    table = csv.read_csv(source)
    at.append(time.monotonic())
    coded = CodedTable(table.num_rows, tuple(encode(name, table[name]) for name in table.column_names))
    at.append(time.monotonic())
    loss = Loss(measure="ncp", mean="arithmetic")
    found = search_lattice(coded, models=[KAnonymity(model="k_anonymity", k=k)], suppression=suppression, loss=loss)
    at.append(time.monotonic())
    kept = np.flatnonzero(found.classes >= 0)
    released = {}
    for column, level in zip(coded.quasi_ids, found.levels, strict=True):
        nodes, labels = column.hierarchy.nodes[level], column.hierarchy.labels[level]
        released[column.name] = pa.array(labels).take(pa.array(nodes[column.codes[kept]]))
    csv.write_csv(pa.table(released), target)
    at.append(time.monotonic())
    steps = dict(zip(("read", "encode", "search", "write"), np.diff(at).round(2).tolist(), strict=True))
    return {
        "loss": found.loss,
        "suppressed": found.suppressed / table.num_rows,
        "levels": found.levels,
        "nodes": found.nodes,
        "checked": found.checked,
        "rolled_up": found.rolled_up,
        "optimal": found.optimal,
        "seconds": steps,
    }


def encode(name: str, column: pa.ChunkedArray):
    """Return a column as codes in the order of its values, with its hierarchy."""
    from quality.releases.attributes import Intervals
    from transforms.anonymity.build_hierarchy import build_hierarchy
    from transforms.anonymity.coded_table import QuasiId
    from transforms.anonymity.parse_hierarchy import parse_hierarchy

    coded = column.combine_chunks().dictionary_encode()
    order = pc.sort_indices(coded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order))
    values = coded.dictionary.take(order)
    codes = rank[coded.indices.to_numpy()]
    if name not in NUMERIC:
        text = "".join(f"{device};{above};*\n" for device, above in DEVICES.items())
        hierarchy = parse_hierarchy(text, values.to_pylist(), column=name)
        return QuasiId(name, "categorical", codes, np.arange(len(order), dtype=np.float64), hierarchy=hierarchy)
    width, levels = NUMERIC[name]
    build = Intervals(build="intervals", width=width, levels=levels)
    hierarchy = build_hierarchy(build, values.to_pylist(), column=name)
    return QuasiId(name, "numeric", codes, values.to_numpy().astype(np.float64), hierarchy=hierarchy)


def verify(source: Path, target: Path, told: dict) -> tuple[int, float]:
    """Return the smallest class of the written file, and the tight NCP by the original values of its classes."""
    released = csv.read_csv(target)
    smallest = pc.min(released.group_by(released.column_names).aggregate([([], "count_all")])["count_all"]).as_py()
    table = csv.read_csv(source)
    coded = [encode(name, table[name]) for name in table.column_names]
    labels = {f"_{one.name}": one.hierarchy.nodes[at][one.codes] for one, at in zip(coded, told["levels"], strict=True)}
    table = table.append_column("device_code", pa.array(coded[-1].codes))
    for name, nodes in labels.items():
        table = table.append_column(name, pa.array(nodes))
    asked = [
        ([], "count_all"),
        *[(name, fun) for name in NUMERIC for fun in ("min", "max")],
        ("device", "count_distinct"),
    ]
    classes = table.group_by(list(labels)).aggregate(asked)
    rows = classes["count_all"].to_numpy()
    ncp = (classes["device_count_distinct"].to_numpy() - 1) / (len(DEVICES) - 1)
    for name in NUMERIC:
        extent = pc.max(table[name]).as_py() - pc.min(table[name]).as_py()
        ncp = ncp + (classes[f"{name}_max"].to_numpy() - classes[f"{name}_min"].to_numpy()) / extent
    kept = rows >= smallest
    return smallest, float((np.where(kept, ncp / 5, 1.0) * rows).sum() / rows.sum())


def _timed(source: Path, target: Path, options: argparse.Namespace) -> tuple[float, float, dict]:
    command = [sys.executable, "-m", "benchmarks.anonymity_lattice", "--anonymize", str(source), str(target)]
    command += ["--k", str(options.k), "--suppression", str(options.suppression)]
    started, before = time.monotonic(), _cpu()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return time.monotonic() - started, _cpu() - before, json.loads(done.stdout)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--suppression", type=float, default=0.05)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--anonymize", nargs=2, metavar=("FROM", "TO"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
