from __future__ import annotations

from typer.testing import CliRunner

from jobs.__main__ import app


def test_with_nothing_landed_nothing_runs_and_it_succeeds(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path))

    done = CliRunner().invoke(app, ["run", "--region", "eu", "--from", "2026-06-01"])

    assert (done.exit_code, done.exception) == (0, None)


def test_an_unknown_region_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path))

    done = CliRunner().invoke(app, ["run", "--region", "atlantis"])

    assert "atlantis" in str(done.exception)
