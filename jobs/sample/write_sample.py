"""The whole sample: regions, reference and truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.sample import reference, truth
from jobs.sample.cast import make_cast
from jobs.sample.files import write_lines
from jobs.sample.geography import region
from jobs.sample.roles import LEAST_ACTORS
from jobs.sample.write_region import write_region
from quality.contracts.errors import UsageError


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written: paths relative to the folder, rows of each without its header, and bytes of all."""

    files: tuple[str, ...]
    rows: dict[str, int]
    bytes: int


def write_sample(
    out: Path,
    *,
    actors: int,
    days: int,
    seed: int,
    hardness: float = 0.0,
    start: date = date(2026, 6, 1),
    regions: tuple[str, ...] = ("eu", "us"),
    progress: Callable[[str], None] = lambda message: None,
) -> SampleSummary:
    """Write invented logs of ``actors`` accounts in each region below ``out``; the same arguments, the same bytes.

    ``hardness`` from 0 to 1 camouflages the abuse. Raises ``UsageError`` when an argument is out of its range.
    """
    _refuse_nonsense(actors, days, seed, hardness, regions)
    grounds = [region(name) for name in regions]
    rows: dict[str, int] = {}
    for ground in grounds:
        cast = make_cast(ground, actors=actors, start=start, days=days, seed=seed, hardness=hardness)
        rows |= write_region(out, cast, progress)
    shared = {
        "reference/places.csv": (reference.place_lines(grounds), reference.PLACES_HEADER),
        "reference/population.csv": (reference.population_lines(grounds), reference.POPULATION_HEADER),
        "truth/README.md": (truth.README.splitlines(), ""),
    }
    rows |= {path: write_lines(out / path, lines, header) for path, (lines, header) in shared.items()}
    files = tuple(sorted(rows))
    return SampleSummary(files, {file: rows[file] for file in files}, sum((out / f).stat().st_size for f in files))


def _refuse_nonsense(actors: int, days: int, seed: int, hardness: float, regions: tuple[str, ...]) -> None:
    for wrong, problem, mend in (
        (actors < LEAST_ACTORS, "is too small for the planted abuse", f"Use at least {LEAST_ACTORS} actors."),
        (days < 1, "needs at least one day", "Use one day or more."),
        (seed < 0, "needs a seed that is not negative", "Use zero or more."),
        (not 0 <= hardness <= 1, "knows hardness from 0 to 1", "Use a number between 0 and 1."),
        (not regions or len(set(regions)) < len(regions), "needs each region once", "Name one region or more."),
    ):
        if wrong:
            raise UsageError(f"The sample {problem}.", mend=mend)
