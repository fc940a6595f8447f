"""The append-only audit table: runs, policy decisions and reads. Who did what and when; never a value."""

from __future__ import annotations

import getpass
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from jobs.catalog import now
from jobs.home import Home

if TYPE_CHECKING:
    from arro3.core import Table

Kind = Literal["run", "decision", "read", "ingest", "config", "alert"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Entry = tuple[Kind, str, str, str, dict[str, Any]]
"""Kind, subject, outcome, region and detail."""

FIELDS = ("at", "kind", "who", "subject", "region", "outcome", "policy", "detail")


_PROPERTIES = {
    "delta.appendOnly": "true",
    "delta.checkpointInterval": "10",  # each entry is a commit: a writer reads those since the last checkpoint
    "delta.enableExpiredLogCleanup": "false",
}

_ONE_AT_A_TIME = threading.Lock()


def audit_path(home: Home) -> Path:
    """Return the audit table's folder."""
    return home.path / "audit"


def audit(home: Home, kind: Kind, subject: str, outcome: str, *, region: str = "", **detail: Any) -> None:
    """Append one entry. ``subject`` is a table or a purpose; ``detail`` holds counts and names only."""
    audit_many(home, [(kind, subject, outcome, region, detail)])


def audit_many(home: Home, entries: list[Entry]) -> None:
    """Append entries (kind, subject, outcome, region, detail) in one commit."""
    from deltalake import write_deltalake

    if not entries:
        return
    path = audit_path(home)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _ONE_AT_A_TIME:  # two threads that both make the table would collide
        write_deltalake(path, _rows(home, entries), mode="append", name="audit.events", configuration=_PROPERTIES)


def audit_once(home: Home, entries: list[Entry]) -> None:
    """Append those of the entries that are not there yet: whoever ends what was interrupted cannot know.

    It reads the whole log; an entry is told apart by what it says, not by when it was written.
    """
    if not entries:
        return
    told = {_said(e["kind"], e["subject"], e["outcome"], e["region"], e["detail"]) for e in read_audit(home)}
    audit_many(home, [entry for entry in entries if _said(*entry) not in told])


def _said(*entry: object) -> str:
    return json.dumps(entry, sort_keys=True)


def _rows(home: Home, entries: list[Entry]) -> Table:
    """Return the entries as a table, by arro3: pyarrow would import pandas, which costs a query a second."""
    from arro3.core import Array, DataType, Table

    at, who, policy = int(now().timestamp() * 1_000_000), getpass.getuser(), home.policy.version[:16]
    texts = [
        (kind, who, subject, region, outcome, policy, json.dumps(detail, sort_keys=True))
        for kind, subject, outcome, region, detail in entries
    ]
    columns = {
        name: Array(list(values), DataType.utf8())
        for name, values in zip(FIELDS[1:], zip(*texts, strict=True), strict=True)
    }
    moments = Array([at] * len(entries), DataType.int64()).cast(DataType.timestamp("us", tz="UTC"))
    return Table.from_pydict({FIELDS[0]: moments, **columns})


def read_audit(home: Home) -> list[dict[str, Any]]:
    """Return all entries, oldest first; none before the first."""
    import pyarrow as pa
    from deltalake import DeltaTable

    path = audit_path(home)
    if not (path / "_delta_log").is_dir():
        return []
    entries = pa.table(DeltaTable(path).to_pyarrow_table()).sort_by("at").to_pylist()
    return [{**entry, "at": entry["at"].isoformat(), "detail": json.loads(entry["detail"])} for entry in entries]
