from __future__ import annotations

from jobs.storage_problems import MEMORY


def test_a_problem_of_no_region_is_told_of_the_whole_installation(geoward, home):
    (home.path / MEMORY).write_text("[{")

    shown = geoward("status").stdout

    assert "storage this installation: what `geoward fsck` found last cannot be read" in shown
