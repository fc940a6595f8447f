"""What audit log and catalog say was published: kept apart from a table, they show if it was taken back in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST = 1
"""The version of a table's first publication; version 0 makes the empty table."""


@dataclass
class Witness:
    """What is said of one table: its ``newest`` version, SHA-256 of manifests, versions that were named ``twice``.

    ``rows`` are those that a version published of a date, as the catalog counts them.

    A table that was set aside and made again begins anew: what was said of it before counts no more.
    """

    newest: int = -1
    sums: dict[int, str] = field(default_factory=dict)
    twice: set[int] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    rows: dict[tuple[int, str], int] = field(default_factory=dict)

    def hear(self, version: int, run_id: str, digest: str = "") -> None:
        """Take one publication, in the order in which they were."""
        if version == FIRST and self.newest >= FIRST and run_id not in self.runs:
            self.newest, self.sums, self.twice, self.runs, self.rows = -1, {}, set(), set(), {}
        self.newest = max(self.newest, version)
        self.runs.add(run_id)
        if digest and self.sums.get(version, digest) != digest:
            self.twice.add(version)
        if digest:
            self.sums[version] = digest

    def join(self, other: Witness) -> Witness:
        """Return what this and another witness say together."""
        return Witness(
            max(self.newest, other.newest), {**other.sums, **self.sums}, self.twice | other.twice,
            self.runs | other.runs, {**other.rows, **self.rows},
        )  # fmt: skip


def audited(entries: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Witness]:
    """Return what the audit log's entries, oldest first, say of publications and withdrawals."""
    found: dict[tuple[str, str], Witness] = defaultdict(Witness)
    for entry in entries:
        detail, place = entry["detail"], (entry["region"], entry["subject"])
        version = {"published": "version", "withdrawn": "new_version"}.get(entry["outcome"], "")
        if entry["kind"] == "run" and isinstance(detail.get(version), int):
            found[place].hear(detail[version], str(detail.get("run_id", "")), str(detail.get("manifest", "")))
    return dict(found)
