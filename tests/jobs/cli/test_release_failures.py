"""Each way in which `geoward release build` refuses: what a terminal shows, and that its mend, followed, publishes."""

from __future__ import annotations

import csv
from typing import Any

import pytest
import yaml

from jobs.cli.app import app, main
from tests.jobs.cli import test_budget, test_release_build, test_release_places
from tests.jobs.cli.release_failures import FOUR, NOISY, PLACES, TABLES, Failure, forged
from tests.jobs.cli.test_release_places import CROWD


@pytest.fixture
def terminal(home, capsys):
    """Run a command as a shell does; return its exit code and what it showed on stderr, on one line."""
    import jobs.cli.commands

    assert jobs.cli.commands

    def terminal(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(lambda: app([str(one) for one in arguments]))
        return int(ended.value.code or 0), " ".join(capsys.readouterr().err.split())

    return terminal


@pytest.fixture
def table(terminal, tmp_path):
    """Build a release of a table that is stated as ``DECLARED`` but for what is given."""

    def build(rows=FOUR, **stated):
        (tmp_path / "visits.csv").write_text(rows)
        (tmp_path / "visits.yaml").write_text(yaml.safe_dump({**test_release_build.DECLARED, **stated}))
        return terminal("release", "build", tmp_path / "visits.yaml", "-o", tmp_path / "out.csv")

    return build


@pytest.fixture
def places(terminal, tmp_path):
    """Make tiles (``under`` other rules than the release states, or ``forge`` them) and build a release of places."""

    def build(rows=CROWD, earlier=None, under=None, forge=None, **stated):
        for name, what in {"walks": rows, "earlier": earlier or rows}.items():
            with (tmp_path / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("who", "lat", "lon", "at"), *what])
        path, tiles = tmp_path / "walks.yaml", tmp_path / f"tiles{len(list(tmp_path.glob('tiles*')))}.json"
        declared = {**test_release_places.DECLARED, **stated}
        path.write_text(yaml.safe_dump({**declared, **({"tiles": under} if under else {})}))
        assert terminal("release", "tile", path, "--historic", tmp_path / "earlier.csv", "-o", tiles)[0] == 0
        tiles.write_text(forged(tiles.read_text(), forge or {}))
        path.write_text(yaml.safe_dump(declared))
        return terminal("release", "build", path, "--tiling", tiles, "-o", tmp_path / "out.csv")

    return build


@pytest.fixture
def noisy(terminal, tmp_path):
    """Build noisy figures of some people's visits on a day of May."""

    def build(people=3, day=1, **stated):
        rows = [(f"p{one}", "park", f"2026-05-0{at}T10:00:00Z") for one in range(people) for at in (1, 2, 3)]
        with (tmp_path / "visits.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("who", "place", "at"), *rows])
        path = tmp_path / "noisy.yaml"
        path.write_text(yaml.safe_dump({**test_budget.DECLARED, **stated}))
        days = ("--from", f"2026-05-0{day}", "--to", f"2026-05-0{day}")
        return terminal(
            "release", "build", path, "-i", tmp_path / "visits.csv", "-o", tmp_path / "out.csv", "--consumer", "city",
            *days,
        )  # fmt: skip

    return build


def each_mend(failures: dict[str, Failure]) -> list[Any]:
    return [pytest.param(one, words, id=f"{name}: {words}") for name, one in failures.items() for words in one.mends]


@pytest.fixture
def refuses_then_publishes(terminal, tmp_path):
    """Build what fails, and see it told and nothing written; then do what the mend's ``words`` say, and see it out."""
    out = tmp_path / "out.csv"

    def see(build, failure, words):
        def run(state):
            state = dict(state)
            for command in state.pop("run", ()):
                assert terminal(*command.split())[0] == 0
            for earlier in state.pop("earlier_versions", ()):
                assert build(**earlier)[0] == 0
            return build(**state)

        code, shown = run(failure.fails)
        error, _, mend = shown.partition("Error: ")[2].partition(" Mend: ")
        assert (code, failure.says in error, words in mend) == (failure.code, True, True), shown
        assert [path.name for path in tmp_path.glob("*out.csv*")] == (["out.csv"] if failure.out_before else [])
        assert not failure.out_before or "late" not in out.read_text()
        before = out.stat().st_mtime_ns if failure.out_before else None

        state = {name: value for name, value in failure.fails.items() if name not in ("run", "earlier_versions")}
        code, shown = run({**state, **failure.mends[words]})

        assert (code, "Error:" in shown) == (0, False), shown
        assert out.stat().st_mtime_ns != before

    return see


@pytest.mark.parametrize(("failure", "words"), each_mend(TABLES))
def test_a_table_that_is_refused_is_published_once_its_mend_is_followed(refuses_then_publishes, table, failure, words):
    refuses_then_publishes(table, failure, words)


@pytest.mark.parametrize(("failure", "words"), each_mend(PLACES))
def test_places_that_are_refused_are_published_once_the_mend_is_followed(
    refuses_then_publishes, places, failure, words
):
    refuses_then_publishes(places, failure, words)


@pytest.mark.parametrize(("failure", "words"), each_mend(NOISY))
def test_figures_that_are_refused_are_published_once_the_mend_is_followed(
    refuses_then_publishes, noisy, failure, words
):
    refuses_then_publishes(noisy, failure, words)


def test_a_column_that_names_people_is_not_said_to_stay_by_a_gate(table):
    code, shown = table(**TABLES["a name that is kept"].fails)

    assert (code, "kept_columns" in shown, "kept_alone" in shown) == (1, True, False)
