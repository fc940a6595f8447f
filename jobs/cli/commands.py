"""All commands of ``jobs``: importing this module adds them to the app."""

from __future__ import annotations

from jobs.cli import (
    alerts,
    audit,
    check,
    dismiss,
    doctor,
    fsck,
    ingest,
    keys,
    landed,
    pseudonymize,
    quarantine,
    query,
    redact,
    reference,
    reveal,
    sample,
    source,
    status,
    tables,
    withdraw,
)

__all__ = [
    "alerts",
    "audit",
    "check",
    "dismiss",
    "doctor",
    "fsck",
    "ingest",
    "keys",
    "landed",
    "pseudonymize",
    "quarantine",
    "query",
    "redact",
    "reference",
    "reveal",
    "sample",
    "source",
    "status",
    "tables",
    "withdraw",
]
