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
    keys_of_subjects,
    landed,
    pseudonymize,
    quarantine,
    query,
    redact,
    reference,
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
    "keys_of_subjects",
    "landed",
    "pseudonymize",
    "quarantine",
    "query",
    "redact",
    "reference",
    "sample",
    "source",
    "status",
    "tables",
    "withdraw",
]
