"""Nothing per row happens in the driver: each place that brings results there is listed, with what bounds them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BRINGS = {"collect", "toPandas", "toArrow", "toLocalIterator", "foreach", "rdd"}
"""What brings a frame's rows to the driver, or away from the plan that Spark optimizes."""

BOUNDED = {
    ("jobs/build_curated_privacy_spends.py", "build_curated_privacy_spends"): "a line for each release and date",
    ("jobs/allowed_rows.py", "count_by_reason"): "a line for each date and reason",
    ("jobs/build_table_release.py", "_days"): "a line for each date",
    ("jobs/release/release_days.py", "proofs"): "a line for each date",
    ("jobs/date_files.py", "_count"): "a line for each file, table and date",
    ("jobs/read_ours.py", "read_ours"): "a line for each file of ours, one for each codec",
    ("jobs/release/build_large.py", "_plan"): "two lines: how values are coded and spread, and where boxes end",
    ("jobs/release/build_large.py", "_stage"): "a line for each box: its files and their rows",
    ("jobs/release/lake_figures.py", "_make"): "noisy figures, which are published: a line for each partition of a day",
    ("jobs/release/build_large.py", "_united"): "one line: how many accounts are one with others",
    ("jobs/run_job.py", "_run_rows"): "a line for each date and reason",
    ("jobs/run_job.py", "_run_aggregate"): "a line for each date and reason",
    ("jobs/try_source.py", "_tried"): "a line for each reason, of one file that a person tries",
    ("transforms/noise/pair_rows.py", "_grouped"): "no frame of Spark: Polars, in the memory of one worker",
    ("transforms/noise/pair_rows.py", "_periods"): "no frame of Spark: Polars, in the memory of one worker",
    ("quality/checks/check_consent.py", "check_consent"): "two lines",
    ("quality/checks/check_crowds.py", "recount_crowds"): "one line, and one for each shape of published groups",
    ("quality/checks/check_precision.py", "check_precision"): "one line",
    ("quality/checks/row_check.py", "judge_together"): "one line",
    ("quality/checks/sample_texts.py", "sample_texts"): "at most `limit` distinct texts of a column",
}


def brought(path: Path) -> set[str]:
    """Return the functions of a file that bring rows to the driver."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in BRINGS
    }


def test_rows_reach_the_driver_only_where_something_bounds_them():
    files = [path for package in ("quality", "transforms", "jobs") for path in (ROOT / package).rglob("*.py")]

    found = {(path.relative_to(ROOT).as_posix(), name) for path in files for name in brought(path)}

    assert found == BOUNDED.keys()


@pytest.mark.parametrize("action", sorted(BRINGS))
def test_each_way_to_the_driver_is_found(tmp_path, action):
    (tmp_path / "planted.py").write_text(f"def build(df):\n    return [row for row in df.{action}()]\n")

    assert brought(tmp_path / "planted.py") == {"build"}
