"""Names and values of a table are shown as they are, whatever a terminal's markup would make of them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from jobs.cli import app
from quality.contracts.errors import GeowardError


def people(tmp_path, value, column="ill"):
    path = tmp_path / "t.csv"
    lines = [f'"{value}",{20 + at},x' for at in range(3) for _ in range(2)]
    path.write_text("\n".join([f'town,age,"{column}"', *lines]) + "\n")
    return path


@pytest.mark.parametrize("value", ["[/b]", "[apple, pear]", "[bold]x", "C:\\[/b]"])
def test_a_value_is_shown_as_it_is(geoward, tmp_path, value):
    path = people(tmp_path, value)

    done = geoward("release", "verify", path, "-q", "town,age")

    assert done.exit_code == 0
    assert f"town={value}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("verify", "t.csv", "-q", "age", "-s", "ill[/b]", "--l", "1"), id="verify"),
        pytest.param(("suggest", "t.csv"), id="suggest"),
        pytest.param(("compare", "t.csv", "t.csv", "-q", "ill[/b]", "--source"), id="compare"),
    ],
)
def test_a_columns_name_breaks_no_command(geoward, tmp_path, monkeypatch, arguments):
    people(tmp_path, "Ayr", "ill[/b]")
    monkeypatch.chdir(tmp_path)

    done = geoward("release", *arguments)

    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "ill[/b]" in done.stdout or "rows" in done.stdout


def test_a_release_that_is_written_is_told_whatever_its_columns_are_called(geoward, declared, tmp_path):
    models = [{"model": "k_anonymity", "k": 5}, {"model": "l_diversity", "column": "ill[/b]", "l": 2}]
    path = declared(models=models)
    source = tmp_path / "people.csv"
    source.write_text(source.read_text().replace("who,age,town,ill", "who,age,town,ill[/b]", 1))

    done = geoward("release", "build", path, "-o", tmp_path / "out.csv")

    assert (done.exception, done.exit_code) == (None, 0)
    assert "ill[/b]" in done.stdout


@pytest.mark.parametrize("text", ["no column [/b]", "C:\\[/b] is absent", "[red]"])
def test_an_error_is_told_as_it_is(monkeypatch, text):
    heard = Console(file=io.StringIO(), width=200)
    monkeypatch.setattr(app, "err", heard)

    app.fail(GeowardError(text, mend=text))

    assert heard.file.getvalue().count(text) == 2
