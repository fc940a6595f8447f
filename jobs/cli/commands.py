"""All commands of ``jobs``: importing this module adds them to the app."""

from __future__ import annotations

from jobs.cli import audit, check, doctor, ingest, quarantine, query, reference, sample, source, tables

__all__ = ["audit", "check", "doctor", "ingest", "quarantine", "query", "reference", "sample", "source", "tables"]
