"""How fast sealed landed files are read, beside plain files that Spark's own readers read: rows a second, in one run."""

from __future__ import annotations

from datetime import UTC, datetime

ROUNDS = 3
MOMENT = datetime(2024, 5, 1, tzinfo=UTC)
