"""The runner's order of things, seen without Spark."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.job import Job
from jobs.job_inputs import Workplace
from jobs.run_job import Run, run_job
from quality.contracts import contract


class Started(Exception):
    """Spark was asked for."""


def test_the_session_is_there_before_a_build_makes_its_first_column(home):
    def start():
        raise Started

    def build(inputs):
        raise AssertionError("built before the session was there")

    place = Workplace.open(home, home.region("eu"), start)

    with pytest.raises(Started):
        run_job(Job(contract("raw.pings"), (), build, "land"), place, Run("r1", (date(2026, 6, 1),)))
