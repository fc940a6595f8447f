"""The append-only audit table: runs, policy decisions and reads. Who did what and when; never a value."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any, Literal, get_args

from jobs.audit_witness import (
    WITNESSED,
    advance,
    alone,
    audit_path,
    contradiction,
    entry_files,
    forget,
    looking,
    read_head,
)
from jobs.catalog import now
from jobs.home import Home
from jobs.landing.file_name import told
from jobs.manifest import log_versions
from quality.contracts.errors import UsageError

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


def audit(home: Home, kind: Kind, subject: str, outcome: str, *, region: str = "", **detail: Any) -> None:
    """Append one entry. ``subject`` is a table or a purpose; ``detail`` holds counts and names only."""
    audit_many(home, [(kind, subject, outcome, region, detail)])


def audit_many(home: Home, entries: list[Entry]) -> None:
    """Append entries (kind, subject, outcome, region, detail) in one commit, on the disk when this returns."""
    from deltalake import CommitProperties, write_deltalake

    if not entries:
        return
    path = audit_path(home)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(home):
        write_deltalake(
            path, _rows(home, entries), mode="append", name="audit.events", configuration=_PROPERTIES,
            commit_properties=CommitProperties(custom_metadata={WITNESSED: "true"}),
        )  # fmt: skip
        advance(home)


def audit_once(home: Home, entries: list[Entry]) -> None:
    """Append those of the entries that are not there yet: whoever ends what was interrupted cannot know.

    It reads the whole log; an entry is told apart by what it says, not by when it was written.
    """
    if not entries:
        return
    told = {_said(e["kind"], e["subject"], e["outcome"], e["region"], e["detail"]) for e in read_audit(home)}
    audit_many(home, [entry for entry in entries if _said(*entry) not in told])


def accept_audit(home: Home, why: str) -> None:
    """Begin a new witness of a log that is not what was written, and say in it what was wrong and why that is taken.

    Can be killed and done again. Raises ``UsageError`` if nothing is wrong, ``ValueError`` if the log cannot be read.
    """
    with looking(home):
        wrong, head, left = contradiction(home), read_head(home), len(read_audit(home))
    if not wrong:
        raise UsageError("The audit log is what was written.", mend="There is nothing to accept.")
    forget(home)
    had = head.version + 1 if head else None
    audit(
        home,
        "config",
        "audit log",
        "accepted as it is",
        found=wrong,
        commits_before=had,
        entries_left=left,
        why=told(why),
    )


def _said(*entry: object) -> str:
    return json.dumps(entry, sort_keys=True)


def _rows(home: Home, entries: list[Entry]) -> Table:
    """Return the entries as a table, by arro3: pyarrow would import pandas, which costs a query a second."""
    from arro3.core import Array, DataType, Table

    at, who, policy = int(now().timestamp() * 1_000_000), told(getpass.getuser()), home.policy.version[:16]
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
    return [{**entry, "at": entry["at"].isoformat(), "detail": json.loads(entry["detail"])} for entry in entries]
