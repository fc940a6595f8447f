"""Adult at k = 10 by other tools of Python and by Geoward, table to table in one run: seconds and tight NCP of each.

Loss is computed alike for all, from the classes that a tool makes: range by range of numbers, (distinct - 1) by
(domain - 1) of other columns. Local recoding is beside local recoding, full-domain beside full-domain. Each runs in a
process of its own; seconds are those of the work, without imports and reading. Other tools come from
benchmarks/rivals.lock
by `make rivals`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.machine import ROOT, machine
from benchmarks.rivals_at_work import TOOLS, tight_loss

ADULT = "data/k_anon_adult_arx"
OWN = {"local recoding": "mondrian", "full-domain": "full_domain"}
RIVALS = ROOT / ".venv-rivals" / "bin" / "python"


def own(method: str, table: Path, hierarchies: Path, k: int) -> dict[str, Any]:
    """Publish the table; a first small one loads what was compiled, which `make setup` did."""
    import pyarrow as pa

    from quality.releases.declaration import TableRelease
    from transforms.anonymity.domains import survey_table
    from transforms.anonymity.publish_rows import publish_rows

    frame = pd.read_csv(table, sep=";")
    full = method == "full_domain"
    files = {name: next(hierarchies.glob(f"*hierarchy_{name}.csv")) for name in frame.columns} if full else {}
    kinds = {name: "numeric" if name == "age" and not full else "categorical" for name in frame.columns}
    release = TableRelease.model_validate({
        "name": "adult", "description": "d", "purpose": "p", "reads": "adult.csv", "method": method,
        "quasi_ids": {n: {"kind": kind, **({"hierarchy": files[n].name} if full else {})} for n, kind in kinds.items()},
        "models": [{"model": "k_anonymity", "k": k}],
    })  # fmt: skip
    texts = {name: file.read_text() for name, file in files.items()}
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    for part in (rows.slice(0, 500), rows):
        start = time.perf_counter()
        made = publish_rows(part, release, survey_table(part, release.coded, texts))
        seconds = time.perf_counter() - start
    shown = made.table.to_pandas()
    groups = [made.rows[places] for places in shown.groupby(list(shown.columns), dropna=False).indices.values()]
    sizes = [len(group) for group in groups]
    loss = tight_loss(frame.astype({n: "category" for n in frame.columns if n != "age"}), groups)
    return {"seconds": seconds, "loss": loss, "least": min(sizes), "classes": len(sizes)}


def told(name: str, command: list[str], limit: int) -> float:
    """Run a process and print its figures; return the seconds of its work, infinite if it does not finish."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired:
        print(f"{name:26} not finished in {limit} s")
        return float("inf")
    except subprocess.CalledProcessError as error:
        print(f"{name:26} failed: {error.stderr.strip().splitlines()[-1:]}")
        return float("inf")
    found = json.loads(done.stdout)
    print(f"{name:26} {found['seconds']:8.2f} s, tight NCP {found['loss']:.4f}, "
          f"{found['classes']:,} classes, least {found['least']}")  # fmt: skip
    return float(found["seconds"])


def main() -> None:
    """Print a line for each tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--limit", type=int, default=600, help="Seconds that a tool may take.")
    parser.add_argument("--own", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.own:
        print(json.dumps(own(given.own[0], Path(given.own[1]), Path(given.own[2]), given.k)))
        return
    if not RIVALS.exists():
        sys.exit("Run `make rivals` first.")
    print(machine())
    shared = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared")) / ADULT
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "adult.csv"
        pd.read_csv(shared / "adult.csv.gz", sep=";").to_csv(table, sep=";", index=False)
        paths = [str(table), str(shared / "hierarchies")]
        script = str(ROOT / "benchmarks" / "rivals_at_work.py")
        for name in TOOLS:
            told(name, [str(RIVALS), script, name, *paths, str(given.k)], given.limit)
        for name, method in OWN.items():
            arguments = ["--k", str(given.k), "--own", method, *paths]
            told(f"Geoward, {name}", [sys.executable, "-m", "benchmarks.anonymity_rivals", *arguments], given.limit)


if __name__ == "__main__":
    main()
