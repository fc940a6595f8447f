"""All commands of ``jobs``: importing this module adds them to the app."""

from __future__ import annotations

from jobs.cli import audit, ingest, quarantine, query, reference, sample, tables

__all__ = ["audit", "ingest", "quarantine", "query", "reference", "sample", "tables"]
