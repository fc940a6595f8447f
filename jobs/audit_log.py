"""The append-only audit table: runs, policy decisions and reads. Who did what and when; never a value."""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from jobs.audit_chain import WITNESSED, entry_files
from jobs.audit_witness import (
    advance,
    alone,
    audit_path,
    begin,
    put_next,
    set_checkpoints_aside,
)
from jobs.catalog import now
from jobs.explain_failure import explain_failure
from jobs.home import Home
from jobs.landing.file_name import told
from jobs.manifest import log_versions

if TYPE_CHECKING:
    import pyarrow as pa
    from arro3.core import Table

Kind = Literal["run", "decision", "read", "ingest", "config", "alert", "key", "reveal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Entry = tuple[Kind, str, str, str, dict[str, Any]]
"""Kind, subject, outcome, region and detail."""

FIELDS = ("at", "kind", "who", "subject", "region", "outcome", "policy", "detail")

_PROPERTIES = {
    "delta.appendOnly": "true",
    "delta.checkpointInterval": "10",  # each entry is a commit: a writer reads those since the last checkpoint
    "delta.enableExpiredLogCleanup": "false",
}


def audit(home: Home, kind: Kind, subject: str, outcome: str, *, region: str = "", **detail: Any) -> None:
    """Append one entry. ``subject`` is a table or a purpose; ``detail`` holds counts and names only."""
    audit_many(home, [(kind, subject, outcome, region, detail)])


def audit_many(home: Home, entries: list[Entry]) -> None:
    """Append entries (kind, subject, outcome, region, detail) in one commit, on the disk when this returns."""
    if not entries:
        return
    path = audit_path(home)
    with alone(home):
        put_next(home)
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        begin(home)
        rows = rows_of(home, entries)
        try:
            write_entries(path, rows)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Delta's library is no Exception
            if explain_failure(error) or not set_checkpoints_aside(home):
                raise
            write_entries(path, rows)
        advance(home)


def write_entries(path: Path, rows: Table | pa.Table, **facts: str) -> None:
    """Commit rows to the log in the folder ``path``, with ``facts`` in the commit; whoever calls this is alone."""
    from deltalake import CommitProperties, write_deltalake

    write_deltalake(
        path, rows, mode="append", name="audit.events", configuration=_PROPERTIES,
        commit_properties=CommitProperties(custom_metadata={WITNESSED: "true", **facts}),
    )  # fmt: skip


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


def _who() -> str:
    """Return who runs this; in a container the number may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid-{os.geteuid()}"


def rows_of(home: Home, entries: list[Entry]) -> Table:
    """Return the entries as a table, by arro3: pyarrow would import pandas, which costs a query a second."""
    from arro3.core import Array, DataType, Table

    at, who, policy = int(now().timestamp() * 1_000_000), told(_who()), home.policy.version[:16]
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
    """Return all entries in the order in which they were written, whatever the clock said; none before the first.

    Raises ``ValueError`` if a commit of the log is gone or garbled.
    """
    import pyarrow.dataset as ds

    path = audit_path(home)
    versions = log_versions(path)
    if versions != list(range(len(versions))):
        raise ValueError("a commit of the audit log is gone")
    files = [str(file) for version in versions for file in entry_files(path, version)]
    entries = ds.dataset(files, format="parquet").to_table().to_pylist() if files else []
    try:
        return [as_said(entry) for entry in entries]
    except (KeyError, TypeError, AttributeError):  # a column's name was garbled: its values are absent
        raise ValueError("an entry of the audit log lacks a column") from None


def as_said(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as plain data."""
    return {**entry, "at": entry["at"].isoformat(), "detail": json.loads(entry["detail"])}
