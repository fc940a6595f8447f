"""One commit to a table's log: some dates become some files, with a transaction id for each date and a manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs import manifest
from jobs.durable import sync_all
from jobs.unfinished import finish
from quality.contracts import DATE, Contract
from quality.contracts.at_rest import at_rest
from quality.contracts.errors import EnvironmentFault

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction

ARROW_TYPES = {
    "string": pa.string(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "double": pa.float64(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
    "array<string>": pa.list_(pa.string()),
}

Claims = Mapping[date, int]
"""How often each partition was published."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One Parquet file below the table's folder; ``sha256`` is empty where only the log was read."""

    path: str
    bytes: int
    rows: int
    date: date
    modified_ms: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Change:
    """What a commit does: ``dates`` become ``files``. ``facts`` hold at least the ``run_id``."""

    kind: manifest.Kind
    dates: tuple[date, ...]
    files: tuple[StagedFile, ...]
    facts: Mapping[str, Any]
    claims: Claims = field(default_factory=dict)


def arrow_schema(contract: Contract) -> pa.Schema:
    """Return the columns of the contract's rows at rest as an Arrow schema."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in at_rest(contract)])


def app_id(table: str, day: date) -> str:
    """Return the Delta application id of one partition: each date counts for itself.

    With one id for the table, a backfill of an older date would carry a lower version and be skipped in silence.
    """
    return f"geoward/{table}/{day}"


def commit(path: Path, contract: Contract, change: Change) -> int:
    """Make the change, whole or not at all, and return the table's new version. The caller holds the region's lock.

    Each step is on the disk before the next: files, intention, commit, manifest. Raises ``EnvironmentFault``, and
    changes nothing, if the table's log or newest manifest is damaged or a file is not what was staged.
    """
    from deltalake import CommitProperties, PostCommitHookProperties, Transaction

    refuse_incomplete(path, contract, change.files)
    _refuse_damaged(path, contract)
    sync_all((path / file.path for file in change.files), path)
    run_id = str(change.facts["run_id"])
    days = tuple(day.isoformat() for day in change.dates)
    manifest.intend(path, run_id, change.kind, days, tuple(_entry(file) for file in change.files))
    table = _opened(path, contract)
    table.create_write_transaction(
        [_add(file) for file in change.files], "overwrite", arrow_schema(contract), [DATE], [(DATE, "in", list(days))],
        commit_properties=CommitProperties(
            custom_metadata={name: str(fact) for name, fact in change.facts.items()},
            app_transactions=[Transaction(app_id(contract.name, day), n + 1) for day, n in change.claims.items()],
        ),
        post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
    )  # fmt: skip
    return finish(path)[run_id]


def refuse_incomplete(path: Path, contract: Contract, files: Iterable[StagedFile]) -> None:
    """Raise ``EnvironmentFault`` if a file that is to be committed is gone or not as large as it was written."""
    files = list(files)
    if wrong := sum(_size(path / file.path) != file.bytes for file in files):
        raise EnvironmentFault(
            f"{wrong} of {len(files)} files of {contract.name} are gone or cut since they were written; nothing of it "
            "was published.",
            mend="Look at the disk (`dmesg`) and at who else writes there, then run again.",
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def facts_of(path: Path, version: int) -> dict[str, Any]:
    """Return the facts of a commit, as text, among what Delta says of it; nothing if it says nothing."""
    entries = map(json.loads, manifest.log_file(path, version).read_text(encoding="utf-8").splitlines())
    return next((dict(entry["commitInfo"]) for entry in entries if "commitInfo" in entry), {})


def _refuse_damaged(path: Path, contract: Contract) -> None:
    """Finish what earlier runs left, and read what the new manifest is to be chained to, before anything is changed."""
    try:
        finish(path)
        manifest.newest(path)
    except ValueError:
        raise EnvironmentFault(
            f"The log or the newest manifest of {contract.name} is damaged.",
            mend=f"Run `geoward fsck {contract.name}`.",
        ) from None


def _opened(path: Path, contract: Contract) -> DeltaTable:
    from deltalake import DeltaTable

    if (path / "_delta_log").is_dir():
        return DeltaTable(path)
    return DeltaTable.create(
        path, arrow_schema(contract), partition_by=[DATE], name=contract.name, description=contract.description,
        configuration=contract.delta_properties, raise_if_key_not_exists=False,
    )  # fmt: skip


def _entry(file: StagedFile) -> manifest.FileEntry:
    return manifest.FileEntry(file.path, file.bytes, file.sha256, file.rows, file.date.isoformat())


def _add(file: StagedFile) -> AddAction:
    from deltalake.transaction import AddAction

    stats = json.dumps({"numRecords": file.rows})
    return AddAction(file.path, file.bytes, {DATE: file.date.isoformat()}, file.modified_ms, True, stats)
