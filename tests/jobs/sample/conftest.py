"""The default sample, written once, and casts of any hardness."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jobs.sample import DEFAULT_SAMPLE
from jobs.sample.cast import Cast, make_cast
from jobs.sample.geography import region
from jobs.sample.write_sample import write_sample


@pytest.fixture(scope="session")
def default_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    write_sample(out, **DEFAULT_SAMPLE)
    return out


@pytest.fixture(scope="session")
def cast_of():
    def make(hardness: float = 0.0, *, name: str = "eu", actors: int = 800, seed: int = 11, days: int = 4) -> Cast:
        return make_cast(region(name), actors=actors, start=date(2026, 6, 1), days=days, seed=seed, hardness=hardness)

    return make
