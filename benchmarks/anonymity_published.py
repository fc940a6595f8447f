"""Full-domain searches of ARX's own tables, beside what its authors published of them.

    python -m benchmarks.anonymity_published

Reads the shared data beside the checkout or at `$GEOWARD_SHARED`. Adult: nodes that were checked for the proven
optimum (k = 5, geometric mean of losses), beside those of Flash and OLA in anonbench, whose loss and limit differ.
MACH-2019: loss and seconds at k = 5, all rows may be suppressed (arithmetic mean), beside each of ARX's searches.
"""

from __future__ import annotations

import csv
import gzip
import time
from collections.abc import Iterable

from benchmarks.machine import machine
from benchmarks.real_sets import SHARED
from quality.releases.privacy_models import KAnonymity
from tests.transforms.anonymity import arx_sets
from transforms.anonymity.full_domain_loss import Loss
from transforms.anonymity.search_lattice import search_lattice

K5 = (KAnonymity(model="k_anonymity", k=5),)


def main() -> None:
    """Print checks of Adult and losses of MACH-2019."""
    print(machine())
    table = arx_sets.adult(SHARED)
    search_lattice(table, models=K5, suppression=1.0)  # kernels are loaded
    for share in (0.0, 0.02, 0.04):
        started = time.monotonic()
        found = search_lattice(table, models=K5, suppression=share)
        seconds = time.monotonic() - started
        print(
            f"Adult, {share:.0%} may be suppressed: loss {found.loss:.5f}, proven {found.optimal}, {found.checked} of "
            f"{found.nodes} nodes checked ({found.rolled_up} rolled up), {seconds:.2f} s"
        )
    for name, _, model, nanoseconds, _, checks, rolled_up in _rows("k_anon_adult_arx/anonbench_results.csv", "[k]"):
        print(f"  anonbench: {name} {model}: {checks} checks, {rolled_up} rolled up, {float(nanoseconds) / 1e6:.0f} ms")
    table = arx_sets.mach(SHARED)
    started = time.monotonic()
    found = search_lattice(table, models=K5, suppression=1.0, loss=Loss(mean="arithmetic"))
    print(f"MACH-2019: loss {found.loss:.6f}, {found.checked} checks, {time.monotonic() - started:.1f} s")
    for name, (loss, milliseconds) in sorted(_best().items()):
        print(f"  ARX {name}: loss {loss:.6f} after {milliseconds / 1000:.1f} s of 100")


def _rows(path: str, model: str) -> Iterable[list[str]]:
    with (SHARED / path).open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row[1:3] == ["Adult", model]]
    return {row[0]: row for row in rows}.values()


def _best() -> dict[str, tuple[float, int]]:
    best: dict[str, tuple[float, int]] = {}
    with gzip.open(SHARED / "k_anon_arx_genetic/results/Experiment2_kAnon.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["dataset"] == "MACH2019":
                here = float(row["internalUtility"]), int(row["time"])
                best[row["algorithm"]] = min(best.get(row["algorithm"], here), here)
    return best


if __name__ == "__main__":
    main()
