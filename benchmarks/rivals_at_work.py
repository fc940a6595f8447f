"""Make Adult k-anonymous with one other tool, in that tool's own environment; prints JSON: seconds and tight NCP.

Run by `benchmarks.anonymity_rivals`, which tells what is compared. Nothing of Geoward is imported here.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

Groups = Sequence[Any]


def tight_loss(frame: pd.DataFrame, groups: Groups) -> float:
    """Return the normalized certainty penalty of classes of ``frame``'s rows; a row in no class is lost whole."""
    columns, lost, kept = list(frame.columns), 0.0, 0
    spans = {name: _span(frame[name]) for name in columns}
    for group in groups:
        rows = frame.loc[group]
        kept += len(rows)
        lost += len(rows) * sum(_span(rows[name]) / (spans[name] or 1) for name in columns) / len(columns)
    return float((lost + len(frame) - kept) / len(frame))


def _span(column: pd.Series[Any]) -> float:
    if pd.api.types.is_numeric_dtype(column):
        return float(column.max() - column.min())
    return float(column.nunique() - 1)


def of_anonypy(frame: pd.DataFrame, k: int, hierarchies: Path) -> tuple[float, Groups]:
    """Mondrian of anonypy."""
    from anonypy import Preserver

    work = Preserver(frame.assign(nothing=0), list(frame.columns), "nothing")
    parts = _watched(work.modrian, "partition")
    return _timed(lambda: work.anonymize_k_anonymity(k)), parts[0]


def of_anonypyx(frame: pd.DataFrame, k: int, hierarchies: Path) -> tuple[float, Groups]:
    """Mondrian of anonypyx."""
    from anonypyx import Anonymiser

    work = Anonymiser(frame, k=k, algorithm="Mondrian", feature_columns=list(frame.columns))
    parts = _watched(work.algorithm, "partition")
    return _timed(work.anonymise), parts[0]


def of_anjana(frame: pd.DataFrame, k: int, hierarchies: Path) -> tuple[float, Groups]:
    """Full-domain generalization of anjana, without suppression."""
    from anjana.anonymity import k_anonymity

    given = {}
    for name in frame.columns:
        file = next(hierarchies.glob(f"*hierarchy_{name}.csv"))
        levels = pd.read_csv(file, sep=";", header=None, dtype=str)
        first = levels[0].astype(int) if name == "age" else levels[0]
        given[name] = {0: first.to_numpy(), **{at: levels[at].to_numpy() for at in range(1, levels.shape[1])}}
    made: list[pd.DataFrame] = []
    plain = frame.astype({name: object for name in frame.columns if name != "age"})
    seconds = _timed(lambda: made.append(k_anonymity(plain, [], list(frame.columns), k, 0, given)))
    return seconds, list(made[0].groupby(list(frame.columns), observed=True).groups.values())


def _watched(tool: Any, method: str) -> list[Groups]:
    """Keep what ``method`` returns: the classes, of which tools tell only the published values."""
    found: list[Groups] = []
    inner = getattr(tool, method)

    def kept(*values: Any) -> Groups:
        found.append(inner(*values))
        return found[-1]

    setattr(tool, method, kept)
    return found


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


TOOLS = {"anonypy": of_anonypy, "anonypyx": of_anonypyx, "anjana": of_anjana}


def main() -> None:
    """Print the figures of the tool that is named."""
    name, table, hierarchies, k = sys.argv[1:]
    frame = pd.read_csv(table, sep=";")
    frame = frame.astype({column: "category" for column in frame.columns if column != "age"})
    seconds, groups = TOOLS[name](frame, int(k), Path(hierarchies))
    sizes = [len(group) for group in groups]
    loss = tight_loss(frame, groups)
    print(json.dumps({"seconds": seconds, "loss": loss, "least": min(sizes), "classes": len(sizes)}))


if __name__ == "__main__":
    main()
