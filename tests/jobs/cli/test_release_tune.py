from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from quality.contracts.errors import UsageError


def test_risk_and_loss_of_each_k_are_measured_and_nothing_is_published(geoward, fits, declared, tmp_path):
    path, picture = declared(), tmp_path / "frontier.svg"
    before = {one.name for one in tmp_path.iterdir()}

    done = geoward("release", "tune", path, "--k", "2,5", "--k", "50", "--output", picture, "--json")

    told = done.document
    assert fits(told, "release-tune")
    two, five, fifty = told["points"]
    assert two["risk_highest"] <= 1 / 2
    assert five["risk_highest"] <= 1 / 5
    assert two["information_loss"] <= five["information_loss"]
    assert (fifty["information_loss"], told["proposed"]) == (None, 5)
    assert fifty["why"]
    assert {one.name for one in tmp_path.iterdir()} - before == {"frontier.svg"}
    assert picture.read_text().startswith("<svg")
    assert "k = 5: Reading people.csv" in done.stderr


def test_the_declared_floor_limits_what_is_proposed(geoward, declared):
    path = declared(gates={"max_information_loss": 0.01})

    done = geoward("release", "tune", path, "--k", "5,20", "--json")

    assert (done.exit_code, done.document["proposed"]) == (1, None)
    assert [one["why"] for one in done.document["points"]] == ["information_loss", "information_loss"]


def test_a_k_whose_release_does_not_withstand_the_attacks_is_not_proposed(geoward, declared):
    path = declared(gates={"linkability": 0.05})

    attacked, looked = (
        geoward("release", "tune", path, "--k", "5", *how, "--json").document for how in ([], ["--no-attacks"])
    )

    assert (attacked["attacked"], attacked["proposed"]) == (True, None)
    assert attacked["points"][0]["why"] == "attack_linkability"
    assert (looked["attacked"], looked["proposed"]) == (False, 5)


def test_people_are_told_the_rule(geoward, declared):
    shown = geoward("release", "tune", declared(), "--k", "5").stdout

    assert "Proposed: k = 5, the largest k within the gates, declared or usual" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--k", "1"], "Every k is 2 or more", id="k-of-one"),
        pytest.param(["--k", "many"], "takes whole numbers", id="no-number"),
        pytest.param(["--output", "frontier.png"], "Name it *.svg", id="no-svg"),
    ],
)
def test_wrong_use_is_told_with_the_mend(geoward, declared, arguments, told):
    done = geoward("release", "tune", declared(), *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


EPOCH = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def places(tmp_path):
    """Write a release of places, and rows of twelve people at two places of one town, before the epoch and in it."""

    def places(**declared):
        stated = {
            "kind": "places", "name": "walks", "description": "Walks.", "purpose": "analytics", "reads": "walks.csv",
            "subject": "who", "latitude": "lat", "longitude": "lon", "time": "at", "k": 3,
            "tiles": {"finest": 8, "coarsest": 6, "least": 3}, "epoch": {"start": "2026-01-10", "end": "2026-01-20"},
            **declared,
        }  # fmt: skip
        path = tmp_path / "walks.yaml"
        path.write_text(json.dumps(stated))
        for name, day in (("walks", 1), ("before", -3)):
            at = int((EPOCH + timedelta(days=day, hours=8)).timestamp())
            rows = [(f"p{one}", 52.52 + 0.02 * (one % 3 == 0), 13.405, at) for one in range(12)]
            with (tmp_path / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("who", "lat", "lon", "at"), *rows])
        return path

    return places


def test_places_are_tuned_over_k_and_resolution_and_nothing_is_published(geoward, fits, places, tmp_path):
    path, picture = places(), tmp_path / "frontier.svg"
    before = {one.name for one in tmp_path.iterdir()}
    words = ("--k", "2,8", "--finest", "7,8", "--historic", tmp_path / "before.csv", "--no-attacks")

    done = geoward("release", "tune", path, *words, "--output", picture, "--json")

    told = done.document
    assert fits(told, "release-tune-places")
    points = {(one["finest"], one["k"]): one for one in told["points"]}
    assert list(points) == [(7, 2), (7, 8), (8, 2), (8, 8)]
    assert points[8, 2]["risk_highest"] == 1 / 4  # four people and eight, each in a cell of their own
    assert points[8, 8]["risk_highest"] == 1 / 8
    assert (points[8, 2]["kept"], points[8, 8]["kept"]) == (1.0, pytest.approx(8 / 12))
    assert points[7, 2]["displacement_m"][0] > points[8, 2]["displacement_m"][0]
    assert sum(one["proposed"] for one in told["points"]) == 1
    assert not told["attacked"]
    assert {one.name for one in tmp_path.iterdir()} - before == {"frontier.svg"}
    assert picture.read_text().startswith("<svg")


LINKED = {"pseudonym": "trip", "trips": {"gap_minutes": 90}, "sequences": {"m": 2}, "gates": {"unicity": {2: 0.5}}}


def test_what_attacks_reach_is_told_of_each_point_and_a_blind_one_stops_it(geoward, places, tmp_path):
    words = ("--k", "2", "--finest", "8", "--historic", tmp_path / "before.csv")

    (tried,) = geoward("release", "tune", places(**LINKED), *words, "--json").document["points"]
    (looked,) = geoward("release", "tune", places(**LINKED), *words, "--no-attacks", "--json").document["points"]

    assert tried["attacks"]["attack_unicity"] == 0.0
    assert "attack_unicity (blind)" in tried["why"]  # all walk alike: not even raw rows tell them apart
    assert looked["attacks"] == {}
    assert "attack" not in looked["why"]


def test_nothing_of_places_is_proposed_that_no_gate_lets_through(geoward, places, tmp_path):
    words = ("--k", "8", "--finest", "8", "--historic", tmp_path / "before.csv", "--no-attacks")

    done = geoward("release", "tune", places(gates={"visits_kept": 0.9}), *words)

    assert done.exit_code == 1
    assert "fails: visits_kept" in done.stdout
    assert "Nothing is proposed." in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([], "tiles of its own", id="no-historic-rows"),
        pytest.param(["--finest", "5", "--historic", "x.csv"], "No cell of this release", id="coarser-than-coarsest"),
        pytest.param(["--finest", "12", "--historic", "x.csv"], "No cell of this release", id="too-fine"),
        pytest.param(["--finest", "fine"], "takes whole numbers", id="no-number"),
        pytest.param(["--k", "1", "--historic", "x.csv"], "Every k is 2 or more", id="k-of-one"),
    ],
)
def test_wrong_use_of_places_is_told_with_the_mend(geoward, places, words, told):
    done = geoward("release", "tune", places(), *words)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_tiles_are_not_tuned_to_the_rows_of_the_epoch(geoward, places, tmp_path):
    done = geoward("release", "tune", places(), "--historic", tmp_path / "walks.csv")

    assert "no rows from before the epoch" in str(done.exception)


@pytest.fixture
def noisy(tmp_path):
    """Write a noisy release; its rows would be an error to read."""

    def noisy(**declared):
        stated = {
            "kind": "noisy", "name": "visits_by_place", "description": "Visits.", "purpose": "statistics",
            "reads": "visits.csv", "unit": {"per": "user", "user": "who"},
            "keys": {"place": {"by": "column", "column": "place"}},
            "partitions": {"product": {"place": ["park", "pool", "museum"]}},
            "measures": {"visits": {"measure": "count"}},
            "bounds": {"l0": 1, "chosen_from": "public", "because": "one visit each"},
            "loss": {"accounting": "approximate", "epsilon": 1}, "lifetime": {"units": 1}, **declared,
        }  # fmt: skip
        path = tmp_path / "visits.yaml"
        path.write_text(json.dumps(stated))
        (tmp_path / "visits.csv").write_bytes(b"no table")
        return path

    return noisy


def test_noise_is_tuned_from_its_scale_and_stated_sizes_without_a_ledger_or_a_row(geoward, fits, noisy, tmp_path):
    picture = tmp_path / "error.svg"
    words = ("--loss", "0.01,0.1,1", "--size", "100", "-o", picture, "--json")

    done = geoward("release", "tune", noisy(), *words)

    told = done.document
    assert fits(told, "release-tune-noisy")
    assert [one["scale"] for one in told["points"]] == pytest.approx([100, 10, 1], rel=1e-6)
    assert [one["relative_error"] for one in told["points"]] == pytest.approx([0.6931, 0.0693, 0.0069], rel=1e-2)
    assert (told["proposed"], told["accounting"]) == (0.1, "epsilon")
    assert picture.read_text().startswith("<svg")


def test_noise_is_tuned_to_the_figures_of_historic_rows(geoward, noisy, tmp_path):
    rows = [("a", "park"), *((f"p{one}", "pool") for one in range(30))]
    (tmp_path / "old.csv").write_text("\n".join(["who,place", *(",".join(row) for row in rows)]))
    path = noisy(threshold={"measure": "visits", "at_least": 10})
    words = ("--historic", tmp_path / "old.csv", "--loss", "1", "--json")

    (point,) = geoward("release", "tune", path, *words).document["points"]

    assert point["relative_error"] == pytest.approx(0.6931 / 30, rel=1e-2)  # only the pool reaches the threshold
    assert point["drop_rate"] < 1e-6
    assert 0 < point["spurious_rate"] < 1e-3  # the museum, where nobody is


def test_a_loss_that_is_not_enough_is_not_proposed(geoward, noisy):
    done = geoward("release", "tune", noisy(), "--loss", "0.01", "--size", "100")

    assert done.exit_code == 1
    assert "None is proposed." in done.stdout


def test_a_copy_of_the_private_rows_is_not_read_for_free(geoward, noisy, tmp_path):
    path = noisy()
    (tmp_path / "copy.csv").write_bytes((tmp_path / "visits.csv").read_bytes())

    done = geoward("release", "tune", path, "--historic", tmp_path / "copy.csv")

    assert isinstance(done.exception, UsageError)
    assert "very rows" in str(done.exception)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([], "not read before a loss is paid", id="no-sizes"),
        pytest.param(["--size", "1", "--historic", "x.csv"], "not read before a loss", id="two-kinds-of-sizes"),
        pytest.param(["--size", "0"], "above 0", id="no-size"),
        pytest.param(["--size", "big"], "takes numbers", id="no-number"),
        pytest.param(["--size", "9", "--loss", "-1"], "A loss is a number above 0", id="negative-loss"),
        pytest.param(["--size", "9", "--loss", "NaN"], "takes numbers", id="not-a-number"),
    ],
)
def test_wrong_use_of_noise_is_told_with_the_mend(geoward, noisy, words, told):
    done = geoward("release", "tune", noisy(), *words)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_a_measure_whose_error_hangs_on_values_is_named_and_not_told(geoward, noisy):
    of = {"column": "size", "minimum": 0, "maximum": 9}
    both = {"visits": {"measure": "count"}, "mean_size": {"measure": "mean", **of}}

    told = geoward("release", "tune", noisy(measures=both), "--size", "100", "--json").document
    alone = geoward("release", "tune", noisy(measures={"mean_size": both["mean_size"]}), "--size", "100")

    assert told["not_told"] == ["mean_size"]
    assert {one["measure"] for one in told["points"]} == {"visits"}
    assert "No measure" in str(alone.exception)


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        pytest.param("table", ("--loss", "1"), id="a-table-has-no-loss"),
        pytest.param("table", ("--size", "100"), id="nor-figures"),
        pytest.param("table", ("--error", "0.1"), id="nor-noise-even-as-usual"),
        pytest.param("table", ("--finest", "7"), id="nor-cells"),
        pytest.param("table", ("--historic", "old.csv"), id="nor-an-epoch"),
        pytest.param("places", ("--loss", "1"), id="places-have-no-loss"),
        pytest.param("noisy", ("--k", "5"), id="noise-has-no-k"),
        pytest.param("noisy", ("--no-attacks",), id="nor-attacks"),
    ],
)
def test_what_is_said_of_another_kind_is_refused_before_anything_is_read(
    geoward, declared, places, noisy, kind, option
):
    path = {"table": declared, "places": places, "noisy": noisy}[kind]()

    done = geoward("release", "tune", path, *option)

    assert isinstance(done.exception, UsageError)
    assert f"kind {kind} takes no {option[0]}" in str(done.exception)
    assert done.stderr == ""
