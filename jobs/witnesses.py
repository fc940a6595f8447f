"""What audit log and catalog say was published: kept apart from a table, they show if it was taken back in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.publications import FIRST

Counts = tuple[object, ...]


def counts(said: Mapping[str, Any]) -> Counts:
    """Return what an audit line, or a report in the catalog, says of a partition's rows, and who made them."""
    return tuple(said.get(name) for name in ("run_id", "rows_in", "rows_out", "quarantined"))


@dataclass
class Witness:
    """What is said of one table: its ``newest`` version, SHA-256 of manifests, versions that were named ``twice``.

    ``rows`` are those that a version published of a date, as the catalog counts them.

    ``counts`` are what is said of the rows of a version and date, ``differ`` names those of which another witness says
    otherwise, and ``marks`` says of each line of the catalog whether it is marked as withdrawn.

    A table that was set aside and made again begins anew: what was said of it before counts no more. It is told apart
    by the run that made its ``first`` version, never by a clock.
    """

    newest: int = -1
    sums: dict[int, str] = field(default_factory=dict)
    twice: set[int] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    rows: dict[tuple[int, str], int] = field(default_factory=dict)
    first: str = ""
    counts: dict[tuple[int, str], Counts] = field(default_factory=dict)
    marks: dict[tuple[int, str], bool] = field(default_factory=dict)
    differ: set[tuple[int, str]] = field(default_factory=set)

    def hear(self, version: int, run_id: str, digest: str = "") -> None:
        """Take one publication, in the order in which they were."""
        if version == FIRST and self.newest >= FIRST and run_id not in self.runs:
            self.counts = {}
            self.newest, self.sums, self.twice, self.runs, self.rows = -1, {}, set(), set(), {}
        self.newest = max(self.newest, version)
        if version == FIRST:
            self.first = run_id
        self.runs.add(run_id)
        if digest and self.sums.get(version, digest) != digest:
            self.twice.add(version)
        if digest:
            self.sums[version] = digest

    def join(self, other: Witness) -> Witness:
        """Return what this and another witness say together, or this one alone if they speak of different beginnings.

        This one is the audit log, which is written before the catalog: where they differ, a run was killed in between.
        """
        if self.first and other.first and self.first != other.first:
            return self
        return Witness(
            max(self.newest, other.newest), {**other.sums, **self.sums}, self.twice | other.twice,
            self.runs | other.runs, {**other.rows, **self.rows}, self.first or other.first,
            {**other.counts, **self.counts}, {**other.marks, **self.marks},
            {each for each, said in self.counts.items() if other.counts.get(each, said) != said},
        )  # fmt: skip


def audited(entries: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Witness]:
    """Return what the audit log's entries, oldest first, say of publications and withdrawals."""
    found: dict[tuple[str, str], Witness] = defaultdict(Witness)
    for entry in entries:
        detail, place = entry["detail"], (entry["region"], entry["subject"])
        version = {"published": "version", "withdrawn": "new_version"}.get(entry["outcome"], "")
        if entry["kind"] == "run" and isinstance(detail.get(version), int):
            found[place].hear(detail[version], str(detail.get("run_id", "")), str(detail.get("manifest", "")))
            if "date" in detail:
                found[place].counts[detail[version], str(detail["date"])] = counts(detail)
    return dict(found)
