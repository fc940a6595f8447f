from __future__ import annotations

import csv
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from jobs.release.build_file import NotReleased
from jobs.release.report_published import NotThatFile
from quality.contracts.errors import ConfigError, UsageError

EPOCH = datetime(2026, 1, 10, tzinfo=UTC)
DECLARED = {
    "kind": "places", "name": "walks", "description": "Who walked where.", "purpose": "analytics", "reads": "walks.csv",
    "subject": "who", "latitude": "lat", "longitude": "lon", "time": "at", "k": 3,
    "tiles": {"finest": 8, "coarsest": 6, "least": 3}, "epoch": {"start": "2026-01-10", "end": "2026-01-20"},
}  # fmt: skip
HERE, AWAY = (52.52, 13.405), (48.85, 2.35)


def fixes(people, place, day, hours=(8,)):
    at = [EPOCH + timedelta(days=day, hours=hour) for hour in hours]
    return [(f"p{one}", *place, int(when.timestamp())) for one in people for when in at]


CROWD = [*fixes(range(5), HERE, -3), *fixes(range(5), HERE, 1), *fixes([9], AWAY, 1)]


@pytest.fixture
def walks(geoward, fits, tmp_path):
    """Write a declaration and rows, make tiles and build; return the result and what was written, None if nothing."""

    def walks(rows=CROWD, *arguments, tiled=None, **declared):
        for name, what in {"walks": rows, "earlier": tiled or rows}.items():
            with (tmp_path / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("who", "lat", "lon", "at"), *what])
        path, tiles, out = tmp_path / "walks.yaml", tmp_path / "tiles.json", tmp_path / "out.csv"
        path.write_text(yaml.safe_dump({**DECLARED, **declared}))
        if not tiles.exists():
            made = geoward("release", "tile", path, "--historic", tmp_path / "earlier.csv", "-o", tiles, "--json")
            if made.exception:
                return made, None
            assert fits(made.document, "release-tile")
        done = geoward("release", "build", path, "--tiling", tiles, "-o", out, *arguments, "--json")
        if done.document:
            assert fits(done.document, "release-build-places")
        return done, list(csv.DictReader(out.open())) if out.exists() else None

    return walks


def test_a_place_is_told_where_k_people_were_and_nobody_else_is(walks):
    done, rows = walks()

    assert len(rows) == 5
    assert {row["cell"] for row in rows} == {rows[0]["cell"]}
    assert "who" not in rows[0]
    told = done.document
    assert (told["rows_in"], told["told"], told["suppressed"]) == (11, 5, 1)
    assert told["withheld"]["outside the epoch"] == 5


def test_a_dry_run_writes_nothing(walks):
    done, rows = walks(CROWD, "--dry-run")

    assert rows is None
    assert (done.document["released"], done.document["told"]) == (False, 5)


@pytest.fixture
def page(walks, tmp_path):
    """Build with a report; return the result and the page, None if there is none."""

    def page(rows=CROWD, *arguments, **declared):
        path = tmp_path / "report.html"
        done, _ = walks(rows, "--report", path, *arguments, **declared)
        return done, path.read_text() if path.exists() else None

    return page


def test_a_report_of_places_is_bound_to_the_file_and_shows_its_cells(page, tmp_path):
    done, told = page()

    assert hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest() in told
    assert hashlib.sha256((tmp_path / "walks.yaml").read_bytes()).hexdigest() in told
    assert done.document["tiling"] in told
    assert "11 = 5 + 1 + 5" in told
    assert told.count("<polygon") == 1  # Berlin's; the one who was in Paris is suppressed, and is not on the map
    assert "at least 3 distinct people" in told
    assert "no statute" in told
    assert "83.33%" in told  # of the fixes are told
    assert "privacy officer" in told


def test_a_report_of_places_that_fail_says_so_and_names_no_file(page, tmp_path):
    (tmp_path / "out.csv").write_text("of another day\n")

    done, told = page([*fixes(range(5), HERE, -3), *fixes([1], AWAY, 1)])

    assert isinstance(done.exception, NotReleased)
    assert "DOES NOT HOLD" in told
    assert "none was written" in told
    assert "No cell is published." in told
    assert (tmp_path / "out.csv").read_text() == "of another day\n"


def test_a_dry_run_is_reported_without_a_file(page):
    _, told = page(CROWD, "--dry-run")

    assert "HOLDS" in told
    assert "none was written" in told


def test_a_map_is_drawn_of_what_is_published_alone(walks, tmp_path):
    picture = tmp_path / "cells.svg"

    walks(CROWD, "--map", picture)

    assert picture.read_text().count("<polygon") == 1
    assert "1 cells with 5 published rows" in picture.read_text()


def test_no_map_is_drawn_of_what_may_not_be_published(walks, tmp_path):
    picture = tmp_path / "cells.svg"

    done, _ = walks(CROWD, "--map", picture, gates={"visits_kept": 0.9})

    assert isinstance(done.exception, NotReleased)
    assert not picture.exists()


def test_a_map_that_cannot_be_drawn_is_told_before_anything_is_built(walks, geoward, declared, tmp_path):
    done, rows = walks(CROWD, "--map", tmp_path / "cells.png")
    table = geoward("release", "build", declared(), "--dry-run", "--map", tmp_path / "cells.svg")

    assert "Name it *.svg" in str(done.exception)
    assert rows is None
    assert "has no cells to draw" in str(table.exception)


def test_a_declaration_cannot_become_a_part_of_its_page(page):
    bad = "<script>alert(1)</script>"

    _, told = page(description=bad, purpose=bad, tiles={**DECLARED["tiles"], "citation": bad})

    assert told.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "<script" not in told
    assert re.findall(r"(?:src|href|action)=", told) == []


def test_places_that_were_published_before_are_reported_if_they_are_that_file(walks, geoward, fits, tmp_path):
    walks()
    out, page = tmp_path / "out.csv", tmp_path / "again.html"
    words = ("release", "report", tmp_path / "walks.yaml", "--published", out, "-o", page)

    done = geoward(*words, "--tiling", tmp_path / "tiles.json", "--json")

    assert fits(done.document, "release-report")
    assert done.document["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert done.document["sha256"] in page.read_text()
    page.unlink()
    out.write_text(out.read_text() + "x")
    other, without = geoward(*words, "--tiling", tmp_path / "tiles.json"), geoward(*words)
    assert isinstance(other.exception, NotThatFile)
    assert "--tiling" in str(without.exception)
    assert not page.exists()


def test_fake_accounts_on_one_device_make_no_crowd(walks):
    rows = [*fixes(range(5), HERE, -3), *fixes(["v", "f1", "f2"], HERE, 1)]

    done, _ = walks(rows, "--dry-run")
    united, _ = walks(rows, "--dry-run", links=["lon"])  # stands for a device: all of them have the same one

    assert (done.document["told"], done.document["released"]) == (3, False)
    assert (united.document["told"], united.document["suppressed"]) == (0, 3)


def test_an_empty_release_is_useless(walks):
    done, rows = walks([*fixes(range(5), HERE, -3), *fixes([1], AWAY, 1)])

    assert rows is None
    assert isinstance(done.exception, NotReleased)
    assert "visits_kept" in str(done.exception)


def test_tiles_cannot_be_fitted_to_the_epoch(walks):
    done, rows = walks(tiled=fixes(range(5), HERE, 1))

    assert rows is None
    assert isinstance(done.exception, UsageError)
    assert "no rows from before the epoch" in str(done.exception)


def test_the_tiles_of_an_epoch_stay_as_they_are(walks, geoward, tmp_path):
    walks()

    again = geoward(
        "release", "tile", tmp_path / "walks.yaml", "--historic", tmp_path / "walks.csv", "-o", tmp_path / "tiles.json"
    )  # fmt: skip

    assert "There is a tiling of that name" in str(again.exception)


def test_tiles_of_another_declaration_are_refused(walks):
    walks()

    done, _ = walks(tiles={"finest": 7, "coarsest": 6, "least": 3})

    assert isinstance(done.exception, ConfigError)


def test_pseudonyms_of_trips_are_attacked_by_what_is_known_of_them(walks):
    rows = [*fixes(range(6), HERE, -3), *fixes(range(6), HERE, 1, hours=(8, 9, 10))]
    linked = {"pseudonym": "trip", "trips": {"gap_minutes": 90}, "sequences": {"m": 2}, "gates": {"unicity": {2: 0.05}}}

    done, published = walks(rows, **linked)

    checks = {one["check"]: one["measured"] for one in done.document["verdicts"]}
    assert checks["places_pairs"]["least"] == 6
    assert checks["attack_unicity"]["outcome"] == "blind"  # all six walk alike: not even raw rows tell them apart
    assert published is None


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        pytest.param({"pseudonym": "trip"}, "need trips and sequences", id="linked-without-protection"),
        pytest.param({"kind": "map"}, "unknown kind", id="kind"),
        pytest.param({"latitude": None}, "name latitude and longitude, or cell", id="no-position"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(walks, declared, told):
    done, _ = walks(**declared)

    assert isinstance(done.exception, ConfigError)
    assert told in str(done.exception)


def test_a_build_needs_the_tiles_of_its_epoch(geoward, tmp_path):
    path = tmp_path / "walks.yaml"
    path.write_text(yaml.safe_dump(DECLARED))

    without = geoward("release", "build", path, "-o", tmp_path / "x.csv")
    absent = geoward("release", "build", path, "-o", tmp_path / "x.csv", "--tiling", tmp_path / "absent.json")

    assert "--tiling" in str(without.exception)
    assert "There is no tiling" in str(absent.exception)


def test_commands_of_tables_say_so(geoward, tmp_path):
    path = tmp_path / "walks.yaml"
    path.write_text(yaml.safe_dump(DECLARED))

    assert "this command is for tables" in str(geoward("release", "attack", path).exception)
