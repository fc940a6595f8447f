from __future__ import annotations

import csv
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from jobs.budget.charged_files import ChargedElsewhere
from jobs.budget.noisy_epochs import DrawnBefore
from jobs.release.build_file import NotReleased
from jobs.release.report_published import NotThatFile
from quality.contracts.errors import ConfigError, UsageError

EPOCH = datetime(2026, 1, 10, tzinfo=UTC)
UNATTACKED = {"home_work": None, "linkage": None, "trajectory_linking": None, "recovery": None}
"""Six people are too few to be attacked, so no attack is tried unless a test says so."""
DECLARED = {
    "kind": "places", "name": "walks", "description": "Who walked where.", "purpose": "analytics", "reads": "walks.csv",
    "subject": "who", "latitude": "lat", "longitude": "lon", "time": "at", "k": 3,
    "tiles": {"finest": 8, "coarsest": 6, "least": 3}, "epoch": {"start": "2026-01-10", "end": "2026-01-20"},
    "gates": UNATTACKED,
}  # fmt: skip
HERE, AWAY = (52.52, 13.405), (48.85, 2.35)
NEAR, MIDDLE = (52.60, 13.405), (52.56, 13.405)


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


def test_attacks_are_tried_unless_the_release_states_that_they_are_not(walks):
    done, rows = walks(gates={})

    checks = {
        one["check"]: one["measured"]["outcome"] for one in done.document["verdicts"] if "outcome" in one["measured"]
    }
    assert rows is None
    assert isinstance(done.exception, NotReleased)
    assert checks["attack_home_work"] == "blind"  # all are in one place: not even raw rows tell them apart
    assert checks["attack_unicity"] == checks["attack_epoch_linkage"] == "not_applicable"


def test_what_is_withheld_is_not_kept(walks):
    nights, noon = fixes(range(5), HERE, 1, hours=(2, 23)), fixes(range(5), NEAR, 1, hours=(12,))

    done, _ = walks([*nights, *noon], "--dry-run", tiled=fixes(range(5), HERE, -3), home_and_work={"radius_m": 300})

    assert done.document["withheld"]["near home or work"] == 10
    assert (done.document["told"], done.document["kept"]) == (5, pytest.approx(1 / 3))


LINKED = {"pseudonym": "trip", "trips": {"gap_minutes": 90}, "sequences": {"m": 2}}


def commutes(day):
    return [fix for hour, place in ((8, HERE), (9, NEAR)) for fix in fixes(range(6), place, day, hours=(hour,))]


def test_trips_that_are_told_from_end_to_end_keep_all_commuters(walks):
    rows = [*commutes(-3), *commutes(1)]

    done, _ = walks(rows, "--dry-run", **LINKED, gates={**UNATTACKED, "common_commuters": 0.9})

    (found,) = [one for one in done.document["verdicts"] if one["check"] == "common_commuters"]
    assert (found["passed"], found["measured"]["share"]) == (True, 1.0)


def test_trips_whose_ends_are_trimmed_are_useless_to_who_counts_commuters(walks):
    rows = [*commutes(-3), *commutes(1), *fixes(range(6), MIDDLE, 1, hours=(8.5,)), *fixes(range(6), MIDDLE, -3)]
    trimmed = {**LINKED, "trips": {"gap_minutes": 90, "trim_m": 1_000}}

    done, out = walks(rows, **trimmed, gates={**UNATTACKED, "visits_kept": 0, "common_commuters": 0.5})

    assert out is None
    assert "common_commuters" in str(done.exception)


NOISY = {"noise": {"epsilon_per_km": 20}}


def test_noise_is_told_with_what_it_adds_up_to(walks, geoward):
    assert not geoward("budget", "make").exception
    rows = [*CROWD, *fixes(range(2), NEAR, 1, hours=(12, 13))]

    done, _ = walks(rows, "--dry-run", noise={"epsilon_per_km": 20, "max_epsilon_per_km": 30})
    unlimited, _ = walks(rows, "--dry-run", **NOISY)

    assert done.document["noise"] == {"epsilon_per_km": 20, "median": 20, "worst": 40}
    budgets = [
        [one for one in each.document["verdicts"] if one["check"] == "noise_budget"][0] for each in (done, unlimited)
    ]
    assert isinstance(done.exception, NotReleased) and "noise_budget" in str(done.exception)
    assert [one["measured"]["worst"] for one in budgets] == [40, 40]
    assert budgets[1]["measured"]["outcome"] == "not_tried"
    assert "no limit is stated" in budgets[1]["description"]
    assert "A shorter epoch mends nothing: losses of epochs add up" in budgets[0]["mend"]


def test_a_rerun_in_the_same_home_tells_the_same_places_and_another_epoch_others(walks, geoward, tmp_path):
    geoward("budget", "make")
    around = [(HERE[0] + up / 250, HERE[1] + right / 150) for up in range(-8, 9) for right in range(-8, 9)]
    tiled = [fix for place in around for fix in fixes(range(3), place, -3)]
    noisy = {"noise": {"epsilon_per_km": 2}, "k": 2, "gates": {**UNATTACKED, "visits_kept": 0}}

    def cells(day=1, **epoch):
        for name in ("out.csv", "tiles.json"):
            (tmp_path / name).unlink(missing_ok=True)
        done, rows = walks(fixes(range(60), HERE, day), tiled=tiled, **noisy, **epoch)
        assert rows, done.exception
        return sorted(row["cell"] for row in rows)

    first, again = cells(), cells()
    other = cells(12, epoch={"start": "2026-01-21", "end": "2026-01-31"})

    assert first == again
    assert len(set(first)) > 5, "noise of a kilometer, in cells of half a one"
    assert first != other


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"noise": {"epsilon_per_km": 3}}, id="epsilon"),
        pytest.param({"tiles": {"finest": 9, "coarsest": 6, "least": 3}}, id="finest"),
        pytest.param({"epoch": {"start": "2026-01-09", "end": "2026-01-20"}}, id="epoch"),
        pytest.param({"slots": {"utc_offset": 14}}, id="days-of-another-zone"),
        pytest.param({"subject": "lat"}, id="subject"),
        pytest.param({"reads": "renamed.csv"}, id="dataset"),
    ],
)
def test_the_same_people_are_not_told_by_other_noise_in_the_same_epoch(walks, geoward, tmp_path, changed):
    geoward("budget", "make")
    noisy = {"noise": {"epsilon_per_km": 2}, "k": 2, "gates": {**UNATTACKED, "visits_kept": 0}}
    around = [fix for up in range(-8, 9) for fix in fixes(range(3), (HERE[0] + up / 250, HERE[1]), -3)]
    people = [fix for one in range(60) for fix in fixes([one], (HERE[0] + one / 1e6, HERE[1]), 1)]
    first, rows = walks(people, tiled=around, **noisy)
    assert rows, first.exception
    for name in ("out.csv", "tiles.json"):
        (tmp_path / name).unlink()
    (tmp_path / "renamed.csv").write_bytes((tmp_path / "walks.csv").read_bytes())

    done, again = walks(people, tiled=around, **{**noisy, **changed})

    assert again is None
    assert isinstance(done.exception, ChargedElsewhere if "reads" in changed else DrawnBefore), done.exception
    assert not walks(people, "--dry-run", tiled=around, **{**noisy, **changed})[0].exception


def test_a_map_or_a_report_of_what_is_not_written_tells_of_the_noise_too(walks, geoward, tmp_path):
    geoward("budget", "make")
    near = {"k": 2, "gates": {**UNATTACKED, "visits_kept": 0}}
    rows, tiles = fixes(range(60), HERE, 1), fixes(range(9), HERE, -3)
    one = {**near, "noise": {"epsilon_per_km": 20}}
    walks(rows, "--dry-run", "--map", tmp_path / "map.svg", tiled=tiles, **one)

    done, out = walks(rows, tiled=tiles, **{**one, "noise": {"epsilon_per_km": 30}})
    page = ("-o", tmp_path / "page.html", "--tiling", tmp_path / "tiles.json")
    report = geoward("release", "report", tmp_path / "walks.yaml", *page)
    allowed, same = walks(rows, tiled=tiles, **one)

    assert (tmp_path / "map.svg").exists()
    assert isinstance(done.exception, DrawnBefore) and out is None
    assert isinstance(report.exception, DrawnBefore) and not (tmp_path / "page.html").exists()
    assert not allowed.exception and same


def test_noisy_places_are_not_entered_under_a_name_of_the_lake(walks, geoward, tmp_path):
    """Else the file would be charged to the lake, and no release of noisy figures could ever read it."""
    geoward("budget", "make")

    done, out = walks(
        fixes(range(60), HERE, 1), "--input", tmp_path / "walks.csv", tiled=fixes(range(9), HERE, -3),
        reads="eu/visits", k=2, **NOISY,
        gates={**UNATTACKED, "visits_kept": 0},
    )  # fmt: skip

    assert out is None
    assert "are the lake's" in str(done.exception)


def test_a_page_of_noisy_places_that_do_not_hold_shows_no_map_of_them(walks, geoward, tmp_path):
    """Nothing is entered of them, so each page under another epsilon would be one more draw."""
    geoward("budget", "make")
    rows = [*CROWD, *fixes(range(2), NEAR, 1, hours=(12, 13))]
    pages = {}
    for name, stated in {
        "noisy": {"noise": {"epsilon_per_km": 20, "max_epsilon_per_km": 30}},
        "exact": {"gates": {**UNATTACKED, "visits_kept": 1}, "k": 6},
    }.items():
        page = tmp_path / f"{name}.html"
        done, out = walks(rows, "--dry-run", "--report", page, **stated)
        assert isinstance(done.exception, NotReleased) and out is None
        pages[name] = page.read_text()

    assert "Map of the cells" not in pages["noisy"] and "<svg" not in pages["noisy"]
    assert "another draw" in pages["noisy"]
    assert "Map of the cells" in pages["exact"]


def test_noise_needs_the_key_of_a_home(walks):
    done, rows = walks(**NOISY)

    assert rows is None
    assert isinstance(done.exception, UsageError)
    assert "has none" in str(done.exception)
    assert "geoward budget make" in done.exception.mend


def weekly(people, place, day, hours=(8,)):
    return [(f"p{one}", *place, day, hour) for one in people for hour in hours]


def test_weekdays_without_dates_are_tiled_by_another_file_than_is_released(geoward, tmp_path):
    stated = {**DECLARED, "time": "day", "hour": "hour", "slots": {"time": "hour_of_week"},
              "epoch": {"start": "1970-01-05", "end": "1970-01-11"}}  # fmt: skip
    (tmp_path / "weeks.yaml").write_text(yaml.safe_dump(stated))
    for name, day in (("now", "Monday"), ("before", "Tuesday")):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("who", "lat", "lon", "day", "hour"), *weekly(range(5), HERE, day)])
    (tmp_path / "again.csv").write_text("\n".join(reversed((tmp_path / "now.csv").read_text().splitlines()[1:])))
    (tmp_path / "again.csv").write_text("who,lat,lon,day,hour\n" + (tmp_path / "again.csv").read_text())
    build = ("release", "build", tmp_path / "weeks.yaml", "--input", tmp_path / "now.csv", "--dry-run", "--json")
    found = {}
    for name in ("now", "before", "again"):
        tiles = tmp_path / f"{name}.json"
        geoward("release", "tile", tmp_path / "weeks.yaml", "--historic", tmp_path / f"{name}.csv", "-o", tiles)
        told = geoward(*build, "--tiling", tiles).document
        found[name] = {one["check"]: one["passed"] for one in told["verdicts"]}

    assert found["before"]["places_tiling"]
    assert not found["now"]["places_tiling"]
    assert not found["again"]["places_tiling"], "the same rows, in another file"


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
    for name, file in {"source file": "walks.csv", "tiling": "tiles.json"}.items():
        digest = hashlib.sha256((tmp_path / file).read_bytes()).hexdigest()
        assert f"SHA-256 of the {name}</th><td><code>{digest}</code>" in told
    assert done.document["tiling"] in told
    assert "11 = 5 + 1 + 5" in told
    assert told.count("<polygon") == 1  # Berlin's; the one who was in Paris is suppressed, and is not on the map
    assert "at least 3 distinct people" in told
    assert "no statute" in told
    assert "83.33%" in told  # of the fixes are told
    assert "privacy officer" in told
    assert "NOT PUBLISHED" not in told and "DRY RUN" not in told


def test_a_report_of_places_that_fail_says_so_and_names_no_file(page, tmp_path):
    (tmp_path / "out.csv").write_text("cell,slot,slot_hours\n")  # of another day

    done, told = page([*fixes(range(5), HERE, -3), *fixes([1], AWAY, 1)])

    assert isinstance(done.exception, NotReleased)
    assert "DOES NOT HOLD" in told
    assert "none was written" in told
    assert "No cell is published." in told
    assert done.exception.mend.partition("\n")[0].partition(": ")[2] in told.partition("What is reported")[0]
    assert "privacy officer" not in told
    assert (tmp_path / "out.csv").read_text() == "cell,slot,slot_hours\n"


def test_a_dry_run_is_reported_without_a_file(page):
    _, told = page(CROWD, "--dry-run")

    assert "WOULD HOLD: the rows as built" in told
    assert "Rows in would be told" in told
    assert "rows as published" not in told
    assert "DRY RUN: nothing was published" in told
    assert "none was written" in told
    assert "Map of the cells as built, not published" in told
    assert "privacy officer" not in told


def test_a_map_of_a_dry_run_says_that_it_is_none_of_published_cells(walks, tmp_path):
    walks(CROWD, "--dry-run", "--map", tmp_path / "cells.svg")

    assert "cells as built, not published" in (tmp_path / "cells.svg").read_text()


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
    assert "kind table takes no --map" in str(table.exception)


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


@pytest.mark.parametrize("offset", [-8, 0, 9])
def test_tiles_of_rows_until_the_last_local_hour_before_the_epoch_are_made_before_it(walks, offset):
    last = fixes(range(5), HERE, 0, hours=[-offset - 1])

    done, _ = walks([*last, *fixes(range(5), HERE, 1)], "--dry-run", tiled=last, slots={"utc_offset": offset})

    assert done.exception is None
    assert {one["passed"] for one in done.document["verdicts"] if one["check"] == "places_tiling"} == {True}


def test_a_first_version_is_told_to_be_compared_with_none(walks):
    (verdict,) = [one for one in walks()[0].document["verdicts"] if one["check"] == "late_days"]

    assert (verdict["measured"]["outcome"], verdict["severity"]) == ("not_tried", "warn")


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
    linked = {"pseudonym": "trip", "trips": {"gap_minutes": 90}, "sequences": {"m": 2}}
    linked["gates"] = {**UNATTACKED, "unicity": {2: 0.05}}

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


def test_the_command_explains_a_release_of_places(geoward, fits):
    done = geoward("release", "explain", "checkins_week", "--json")

    assert fits(done.document, "release-explain")
    assert {one["attack"] for one in done.document["attacks"] if one["tried"] == "does not apply"} == {
        "unicity", "linkage",
    }  # fmt: skip
    assert "does not apply" in geoward("release", "explain", "checkins_week").stdout


LATE = [*CROWD, *fixes([5], HERE, 1)]


def test_a_late_person_is_not_told_by_a_second_version(walks):
    _, first = walks()

    done, rows = walks(LATE)

    assert isinstance(done.exception, NotReleased)
    assert "late_days" in str(done.exception)
    assert rows == first


def test_the_same_rows_once_more_are_no_second_version(walks):
    walks()

    done, rows = walks()

    assert (done.exception, len(rows)) == (None, 5)


def test_a_version_elsewhere_counts_if_it_is_named(walks, tmp_path):
    walks()
    (tmp_path / "out.csv").rename(tmp_path / "mailed.csv")

    assert isinstance(walks(LATE, "--out-already", tmp_path / "mailed.csv")[0].exception, NotReleased)
    told, rows = walks(LATE)
    assert len(rows) == 6


def test_a_version_that_is_named_and_not_there_is_told(walks, tmp_path):
    done, rows = walks(CROWD, "--out-already", tmp_path / "gone.csv")

    assert isinstance(done.exception, UsageError)
    assert rows is None


def test_a_release_that_allows_late_days_is_warned_of_them(walks):
    walks()

    done, rows = walks(LATE, late_days="allow")

    assert len(rows) == 6
    [verdict] = [one for one in done.document["verdicts"] if one["check"] == "late_days"]
    assert (verdict["passed"], verdict["measured"]["by_fewer_than_k"]) == (False, 2)


def test_a_file_that_is_no_version_is_not_replaced(walks, tmp_path):
    (tmp_path / "out.csv").write_text("my,notes\n")

    done, _ = walks()

    assert isinstance(done.exception, UsageError)
    assert (tmp_path / "out.csv").read_text() == "my,notes\n"
