"""Whom the audit log says were destroyed in a region's vault: by their indexes, which are keyed hashes."""

from __future__ import annotations

from jobs.audit_log import read_audit
from jobs.home import Home, Region

DESTROYING = "subjects are being destroyed"
"""What the audit log says before it is done."""


def named_destroyed(home: Home, region: Region) -> list[bytes]:
    """Return who was, or was about to be, destroyed; raise ``ValueError`` if the log is not whole."""
    told = [one["detail"] for one in read_audit(home) if (one["kind"], one["outcome"]) == ("key", DESTROYING)
            and one["region"] == region.name]  # fmt: skip
    return list(dict.fromkeys(bytes.fromhex(index) for detail in told for index in detail["indexes"]))
