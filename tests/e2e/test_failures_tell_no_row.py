"""A run that fails over rows says so in a sentence: no row is in what it prints, logs or keeps, whatever Spark said."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.home import open_home
from jobs.sample.land_sample import land_sample
from jobs.sample.write_sample import write_sample
from tests.e2e.run_that_fails import FAULTS
from tests.secrets import Search, found_in

pytestmark = [pytest.mark.e2e, pytest.mark.spark, pytest.mark.long]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def actors(tmp_path):
    """An installation in which the sample has landed; return all who are in it."""
    write_sample(tmp_path / "sample", actors=80, days=1, seed=11, regions=("us",))
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    land_sample(open_home(tmp_path / "home"), tmp_path / "sample")
    with next((tmp_path / "sample").rglob("actors*.csv")).open() as rows:
        found = {value for row in csv.DictReader(rows) for value in row.values() if value.startswith("us-a")}
    assert len(found) == 80
    return [actor.encode() for actor in found]


@pytest.mark.parametrize("how", FAULTS)
def test_no_row_is_told_by_a_run_that_fails_but_by_the_one_that_is_made_to(tmp_path, actors, how):
    environment = {**os.environ, "GEOWARD_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.e2e.run_that_fails", how]
    with (tmp_path / "shown").open("wb") as shown:
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=shown, stderr=subprocess.STDOUT, check=False)

    said = (tmp_path / "shown").read_bytes()
    assert ended.returncode != 0 and b"raw.pings" in said, said.decode()
    assert b"Traceback" not in said
    assert (tmp_path / "home" / "dagster").is_dir() and (tmp_path / "home" / "scratch").is_dir()
    leaks = found_in(tmp_path / "home", actors) | ({"shown"} if Search(actors).finds(said) else set())
    assert bool(leaks) is (how == "told"), leaks
