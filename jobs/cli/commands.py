"""All commands of ``jobs``: importing this module adds them to the app."""

from __future__ import annotations

from jobs.cli import audit, doctor, ingest, quarantine, query, reference, sample, source, tables

__all__ = ["audit", "doctor", "ingest", "quarantine", "query", "reference", "sample", "source", "tables"]
