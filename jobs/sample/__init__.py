"""The seeded synthetic sample: invented people, with abuse and dirt whose truth is known."""

from __future__ import annotations

from datetime import date
from typing import Final, TypedDict


class SampleArguments(TypedDict):
    """The arguments of ``write_sample`` that decide its bytes; ``actors`` is for each region."""

    actors: int
    days: int
    seed: int
    hardness: float
    start: date
    regions: tuple[str, ...]


DEFAULT_SAMPLE: Final[SampleArguments] = {
    "actors": 420,
    "days": 5,
    "seed": 20260601,
    "hardness": 0.0,
    "start": date(2026, 6, 1),
    "regions": ("eu", "us"),
}
"""What made ``data/sample``; a test writes it again and compares."""
