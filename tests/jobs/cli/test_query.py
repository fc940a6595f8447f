from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from quality.contracts.errors import PolicyBreach, UsageError

SQL = "SELECT region, place, persons, event_date FROM curated.mobility ORDER BY place"


@pytest.fixture
def ask(geoward, publish):
    publish("eu", "curated.mobility", [("Turin", 12), ("[bold]Lyon", 20)])

    def ask(*arguments, sql=SQL, purpose="analytics"):
        return geoward("query", "--purpose", purpose, *arguments, sql)

    return ask


def test_rows_are_printed_as_a_table_as_they_are(ask):
    shown = ask().stdout

    assert "Turin" in shown
    assert "[bold]Lyon" in shown
    assert "2026-06-01" in shown


def test_rows_can_be_had_as_json(ask, fits):
    document = ask("--format", "json").document

    assert fits(document, "query")
    assert document["tables"] == ["curated.mobility"]
    assert document["rows"][0] == {"region": "eu", "place": "Turin", "persons": 12, "event_date": "2026-06-01"}


def test_a_number_that_json_lacks_is_null(ask):
    shown = ask("--format", "json", sql="SELECT 'nan'::DOUBLE AS x FROM curated.mobility LIMIT 1").stdout

    assert "NaN" not in shown
    assert '"x": null' in shown


def test_rows_can_be_had_as_csv(ask):
    lines = ask("--format", "csv").stdout.splitlines()

    assert lines[0] == "region,place,persons,event_date"
    assert sorted(lines[1:]) == ["eu,Turin,12,2026-06-01", "eu,[bold]Lyon,20,2026-06-01"]


def test_rows_can_be_written_to_a_parquet_file(ask, tmp_path):
    done = ask("--format", "parquet", "--output", tmp_path / "rows.parquet")

    assert done.exit_code == 0
    assert pq.read_table(tmp_path / "rows.parquet").num_rows == 2
    assert "2 rows" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_rows_can_be_written_to_a_text_file(ask, tmp_path, form):
    assert ask("--format", form, "--output", tmp_path / "rows").stdout == ""
    assert "Turin" in (tmp_path / "rows").read_text()


def test_parquet_needs_a_file(ask):
    assert isinstance(ask("--format", "parquet").exception, UsageError)


def test_a_missing_folder_is_told_before_the_query_runs(ask, tmp_path):
    assert isinstance(ask("--output", tmp_path / "no" / "rows.csv").exception, UsageError)


def test_a_refusal_prints_nothing_and_has_its_exit_code(ask):
    refused = ask(sql="FROM raw.pings")

    assert isinstance(refused.exception, PolicyBreach)
    assert refused.exception.exit_code == 3
    assert refused.stdout == ""


def test_a_region_can_be_chosen(ask):
    assert isinstance(ask("--region", "us").exception, UsageError)
    assert ask("--region", "eu").exit_code == 0


def test_a_query_needs_neither_spark_nor_dagster(home, publish):
    publish("eu", "curated.mobility", [("Turin", 12)])
    code = (
        "import sys; from jobs.query import query; query('FROM curated.mobility', purpose='analytics');"
        "print([name for name in ('pyspark', 'dagster', 'great_expectations', 'h3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_without_a_purpose_the_known_ones_are_told(geoward):
    done = geoward("query", "SELECT 1")

    assert done.exception.exit_code == 2
    assert "Say --purpose; the policy knows analytics, risk." in str(done.exception)


@pytest.mark.parametrize("typed", ["curated.mobilty", "mobility"])
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(geoward, typed):
    done = geoward("query", "--purpose", "analytics", f"FROM {typed}")

    assert "Did you mean curated.mobility?" in str(done.exception)
    assert done.exception.exit_code == 3


def limited(home, kind, size, sql="SELECT place, persons FROM curated.mobility"):
    """Ask in a process of which the system limits the memory."""
    command = [Path(sys.executable).with_name("geoward"), "query", "-p", "analytics", "-f", "csv", sql]
    return subprocess.run(
        command, env={**os.environ, "GEOWARD_HOME": str(home.path), "COLUMNS": "400"}, capture_output=True, text=True,
        check=False, preexec_fn=lambda: resource.setrlimit(kind, (size, size)),
    )  # fmt: skip


JUST_ENOUGH = 1562 << 20


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        pytest.param(resource.RLIMIT_AS, 300 << 20, id="nearly-nothing"),
        pytest.param(resource.RLIMIT_AS, 1200 << 20, id="a-library-does-not-load"),
        pytest.param(resource.RLIMIT_AS, JUST_ENOUGH, id="a-library-gives-up"),
        pytest.param(resource.RLIMIT_DATA, 200 << 20, id="no-data"),
    ],
)
def test_too_little_memory_is_told_in_one_sentence(home, publish, kind, size):
    publish("eu", "curated.mobility", [("x", 12)])

    done = limited(home, kind, size)

    if size == JUST_ENOUGH and done.returncode == 0:  # as this machine's libraries are loaded, it was
        assert done.stdout == "place,persons\nx,12\n"
        return
    lines = done.stderr.splitlines()
    assert (done.returncode, [line.partition(":")[0] for line in lines]) == (4, ["Error", "Mend"]), done.stderr
    assert lines[0].endswith(f"a process may have {size >> 20:,} MiB here.")


def test_under_a_limit_that_is_wide_enough_it_answers_and_refuses_as_ever(home, publish):
    publish("eu", "curated.mobility", [("x", 12)])

    done = limited(home, resource.RLIMIT_AS, 16 << 30)
    refused = limited(home, resource.RLIMIT_AS, 16 << 30, "SELECT 1 FROM raw.pings")

    assert (done.returncode, done.stdout) == (0, "place,persons\nx,12\n"), done.stderr
    assert (refused.returncode, "open to jobs only" in refused.stderr) == (3, True)
