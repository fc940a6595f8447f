"""Go on with an audit log of which entries are lost for good: the damaged folder is set aside, a new log begun.

The new log holds what can still be read of the old one, and an entry that says what is lost. It is made whole beside
the old one, and the old witness is forgotten last: whenever this is killed, it can be done again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.audit_chain import ACCEPTED, entry_files
from jobs.audit_log import FIELDS, KINDS, Kind, as_said, read_audit, rows_of, write_entries
from jobs.audit_witness import (
    alone,
    audit_path,
    contradiction,
    looking,
    next_log,
    ours,
    put_next,
    read_head,
    takes_its_place,
    witness_anew,
)
from jobs.catalog import now
from jobs.damage import ASIDE
from jobs.durable import sync, sync_all
from jobs.home import Home
from jobs.manifest import log_versions
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


UNREADABLE = "it cannot be read"
ACCEPTANCE: tuple[Kind, str, str] = ("config", "audit log", "accepted as it is")
"""Kind, subject and outcome of the entry with which a log goes on that lost some."""


class Readable(NamedTuple):
    """What can be read of the log: its ``entries``, and how many of its ``commits`` were read whole."""

    entries: list[dict[str, Any]]
    commits: int


def accept_audit(home: Home, why: str) -> None:
    """Begin a new log of what is left, and say in it what was wrong, how many commits are lost and why that is taken.

    The damaged folder is kept beside it. Raises ``UsageError`` if nothing is wrong.
    """
    import pyarrow as pa

    with alone(home):
        put_next(home)
        if takes_its_place(home):
            witness_anew(home)
            return
        left, wrong, head = readable(home), contradiction(home), read_head(home)
        there = log_versions(audit_path(home))
        before = max(there[-1] + 1 if there else 0, head.version + 1 if head else 0)
        wrong = wrong or ("" if left.commits == before else UNREADABLE)
        if not wrong:
            raise UsageError("The audit log is what was written.", mend="There is nothing to accept.")
        aside = _aside(home)
        said = {
            "found": wrong, "commits_before": head.version + 1 if head else None,
            "commits_lost": before - left.commits, "entries_left": len(left.entries), "aside": aside.name, "why": why,
        }  # fmt: skip
        entry = pa.table(rows_of(home, [(*ACCEPTANCE, "", said)]))
        _begin_anew(home, pa.concat_tables([_table(left.entries, entry.schema), entry]).combine_chunks(), aside)


def read_left(home: Home) -> tuple[list[dict[str, Any]], str]:
    """Return the log's entries, as ``read_audit`` does or what is left of them, and how it is damaged, if it is."""
    with looking(home):
        wrong = contradiction(home)
        try:
            return read_audit(home), wrong
        except (ValueError, FileNotFoundError):
            return [as_said(entry) for entry in readable(home).entries], wrong or UNREADABLE


def readable(home: Home) -> Readable:
    """Return what can be read of the log, oldest first, leaving out what another program wrote."""
    found, commits = list[dict[str, Any]](), 0
    for version in ours(home):
        with suppress(ValueError, OSError):
            for file in entry_files(audit_path(home), version):
                found += _entries(file)
            commits += 1
    return Readable(found, commits)


def _entries(file: Path) -> list[dict[str, Any]]:
    """Return a file's entries; raise ``ValueError`` or ``OSError`` if one of them cannot be read."""
    import pyarrow.parquet as pq

    found = [{name: row.get(name) for name in FIELDS} for row in pq.read_table(file).to_pylist()]
    if not all(_is_entry(row) for row in found):
        raise ValueError("not entries of the audit log")
    return found


def _is_entry(row: Mapping[str, Any]) -> bool:
    texts = all(isinstance(row[name], str) for name in FIELDS[1:])
    known = hasattr(row["at"], "timestamp") and row["kind"] in KINDS
    return texts and known and isinstance(json.loads(row["detail"]), dict)


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema)


def _aside(home: Home) -> Path:
    """Return where the damaged folder is kept: no name that is there already."""
    stamp, path = now().strftime("%Y%m%dT%H%M%S%f"), audit_path(home)
    return path.with_name(f"{path.name}{ASIDE}-{stamp}")


def _begin_anew(home: Home, entries: pa.Table, aside: Path) -> None:
    """Make the new log, put it in the old one's place, and forget the old witness, in this order."""
    path, new = audit_path(home), next_log(aside)
    for unfinished in home.path.glob(next_log(path.with_name(f"{path.name}{ASIDE}-*")).name):
        shutil.rmtree(unfinished)
    new.mkdir(mode=0o700)
    write_entries(new, entries, **({ACCEPTED: head.chain} if (head := read_head(home)) and head.chain else {}))
    sync_all((file for file in new.rglob("*") if file.is_file()), new)
    if os.path.lexists(path):
        path.rename(aside)
    else:
        aside.mkdir(mode=0o700)
    put_next(home)
    sync(home.path)
    witness_anew(home)
