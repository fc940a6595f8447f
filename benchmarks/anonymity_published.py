"""Full-domain searches of ARX's own tables, beside what its authors published of them.

    python -m benchmarks.anonymity_published

Reads the shared data beside the checkout or at `$GEOWARD_SHARED`. Adult: nodes checked for the proven optimum (of the
geometric mean), beside those of anonbench's algorithms on the same task (eight quasi-identifiers, occupation sensitive,
no suppression; its loss was non-uniform entropy). MACH-2019: loss and seconds at k = 5, all rows may be suppressed
(arithmetic mean), beside the best of each of ARX's searches.
"""

from __future__ import annotations

import csv
import gzip
import time

from benchmarks.machine import machine
from benchmarks.real_sets import SHARED
from quality.releases.privacy_models import KAnonymity, LDiversity, PrivacyModel, TCloseness
from tests.transforms.anonymity import arx_sets
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.full_domain_loss import Loss
from transforms.anonymity.search_lattice import search_lattice

K = KAnonymity(model="k_anonymity", k=5)
L = LDiversity(model="l_diversity", column="occupation", l=3, variant="recursive", c=4)
T = TCloseness(model="t_closeness", column="occupation", t=0.2, distance="hierarchical")
MODELS: dict[str, tuple[PrivacyModel, ...]] = {"k": (K,), "l": (L,), "t": (T,), "k, l": (K, L), "k, t": (K, T)}
"""The models of anonbench, by the names that it has for them."""


def main() -> None:
    """Print checks of Adult and losses of MACH-2019."""
    print(machine())
    table = arx_sets.adult(SHARED)
    search_lattice(table, models=MODELS["k"], suppression=1.0)  # kernels are loaded
    for share in (0.0, 0.02, 0.04):
        print(f"Adult, 9 quasi-identifiers, k, at most {share:.0%} suppressed: {_searched(table, 'k', share)}")
    table = arx_sets.anonbench(SHARED)
    for asked in ("k", "l", "t", "k, l", "k, t"):
        print(f"Adult as in anonbench, {asked}, none suppressed: {_searched(table, asked, 0.0)}")
        print("  published checks:", ", ".join(f"{name} {checks:.0f}" for name, checks in _checks(asked).items()))
    table = arx_sets.mach(SHARED)
    started = time.monotonic()
    found = search_lattice(table, models=MODELS["k"], suppression=1.0, loss=Loss(mean="arithmetic"))
    print(f"MACH-2019: loss {found.loss:.6f}, {found.checked} checks, {time.monotonic() - started:.1f} s")
    for name, (loss, milliseconds) in sorted(_best().items()):
        print(f"  ARX {name}: loss {loss:.6f} after {milliseconds / 1000:.1f} s of 100")


def _searched(table: CodedTable, asked: str, share: float) -> str:
    started = time.monotonic()
    found = search_lattice(table, models=MODELS[asked], suppression=share)
    return (
        f"loss {found.loss:.5f}, proven {found.optimal}, {found.checked} of {found.nodes} nodes checked "
        f"({found.rolled_up} rolled up), {time.monotonic() - started:.2f} s"
    )


def _checks(asked: str) -> dict[str, float]:
    with (SHARED / "k_anon_adult_arx/anonbench_results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row[1:3] == ["Adult", f"[{asked}]"]]
    return {row[0]: float(row[5]) for row in rows}


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
