"""A noisy release that tests build, and days of it."""

from __future__ import annotations

DECLARED = {
    "kind": "noisy", "name": "visits_by_place", "description": "Visits.", "purpose": "statistics", "reads": "visits",
    "unit": {"per": "user_day", "user": "who", "time": "at"},
    "keys": {"place": {"by": "column", "column": "place"}},
    "partitions": {"are": "public", "product": {"place": ["park", "pool", "museum"]}},
    "measures": {"visits": {"measure": "count"}},
    "bounds": {"l0": 2, "linf": 1, "chosen_from": "public", "because": "two visits a day"},
    "loss": {"accounting": "zcdp", "rho": 0.2}, "lifetime": {"units": 10},
}  # fmt: skip
DAYS = ("--from", "2026-05-01", "--to", "2026-05-01")
