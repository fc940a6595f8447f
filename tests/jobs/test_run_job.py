"""The runner's order of things, seen without Spark."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.commit import StagedFile
from jobs.job import Job
from jobs.job_inputs import Workplace
from jobs.run_job import Run, refuse_other_dates, run_job
from jobs.staged import Staged
from quality.contracts import contract
from quality.contracts.errors import RowsLost


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


def test_staged_rows_of_a_date_that_was_not_asked_for_are_refused(tmp_path):
    asked, other = date(2026, 6, 1), date(2026, 6, 2)
    files = tuple(StagedFile("f", 1, 4, day, 0) for day in (asked, other))

    refuse_other_dates(Staged(contract("raw.labels"), tmp_path, files), "eu", (asked, other))
    with pytest.raises(RowsLost, match="raw.labels for region eu on 2026-06-02: 0 rows in, 4 accounted for"):
        refuse_other_dates(Staged(contract("raw.labels"), tmp_path, files), "eu", (asked,))
