"""What is submitted, and what must not be seen of it: the cluster's secret is in one closed file."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from jobs import submit as submit_module
from jobs.__main__ import app
from jobs.home import open_home
from jobs.run_lock import give_run_lock, lock_path, writer_lock_path
from jobs.submit import date_on_cluster, submit_command, submit_environment
from jobs.take_over import take_over
from quality.contracts.errors import ConfigError, EnvironmentFault

SECRET = "planted-5eed"
MASTER = "spark://cluster.example:7077"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation that names a cluster."""
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / "home"))
    path = open_home().path
    (path / "geoward.yaml").write_text(
        "regions: {eu: {root: warehouse/eu, jurisdiction: eu}}\nspark: {properties: spark.conf}\n"
    )
    (path / "spark.conf").touch(mode=0o600)
    (path / "spark.conf").write_text(f"spark.master {MASTER}\nspark.authenticate.secret {SECRET}\n")
    home = open_home()
    yield home
    give_run_lock(home)


def test_no_setting_is_on_the_command_line_or_in_the_environment(home):
    command = submit_command(home, "run", "--region", "eu")
    told = " ".join([*command, *submit_environment(home).values()])

    assert command[-3:] == ["run", "--region", "eu"]
    assert command[command.index("--properties-file") + 1] == str(home.path / "spark.conf")
    assert SECRET not in told and MASTER not in told and "--conf" not in command


def test_javas_log_of_the_driver_is_silent_and_what_the_user_set_for_it_stays(home, monkeypatch):
    monkeypatch.setenv("SPARK_SUBMIT_OPTS", "-Dmine=1")

    options = submit_environment(home)["SPARK_SUBMIT_OPTS"]

    assert options.startswith("-Dmine=1 ") and "log4j2.configurationFile=" in options


def test_the_command_can_be_looked_at(home):
    shown = CliRunner().invoke(app, ["submit", "--show", "run", "--region", "eu"])

    assert shown.exit_code == 0 and shown.stdout.rstrip().endswith("run --region eu")
    assert SECRET not in shown.output


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620], ids=oct)
def test_settings_that_others_can_read_or_write_are_refused(home, mode):
    home.spark_properties.chmod(mode)

    with pytest.raises(EnvironmentFault, match=rf"mode {mode:04o}.*chmod 600"):
        submit_command(home, "run")


def test_settings_that_are_not_there_are_named(home):
    home.spark_properties.unlink()

    with pytest.raises(ConfigError, match=r"no file of Spark settings at .*spark\.conf"):
        submit_command(home, "run")


def test_an_installation_without_a_cluster_submits_nothing(home):
    (home.path / "geoward.yaml").write_text("regions: {eu: {root: warehouse/eu, jurisdiction: eu}}\n")

    assert not open_home().on_cluster
    with pytest.raises(ConfigError, match=r"names no Spark settings"):
        submit_command(open_home(), "run")


def test_files_are_dated_by_a_process_that_may_write_while_the_run_keeps_its_place(home, monkeypatch, tmp_path):
    words = tmp_path / "words"
    code = f"""
import sys, pathlib
from jobs.home import open_home
from jobs.run_lock import run_is_alive
from jobs.take_over import join
join(open_home())
pathlib.Path({str(words)!r}).write_text(" ".join(sys.argv[1:]))
"""
    monkeypatch.setattr(submit_module, "submit_command", lambda home, *words: [sys.executable, "-c", code, *words])
    take_over(home)

    date_on_cluster(home, ["eu", "us"])

    assert words.read_text() == "date --region eu --region us"
    assert lock_path(home).read_text() != writer_lock_path(home).read_text(), "another process held the writer's"


def test_a_submission_that_fails_says_so_with_the_mend(home, monkeypatch):
    monkeypatch.setattr(
        submit_module, "submit_command", lambda home, *words: [sys.executable, "-c", "raise SystemExit(7)"]
    )
    take_over(home)

    with pytest.raises(EnvironmentFault, match=r"spark-submit ended with code 7\. Look at") as told:
        date_on_cluster(home, ["eu"])

    assert told.value.exit_code == 4
