"""What auditors were told of a home, apart from keys: the first job that needs one makes it."""

from __future__ import annotations

from jobs.audit_log import read_audit


def audited(home):
    return [entry for entry in read_audit(home) if entry["kind"] != "key"]
