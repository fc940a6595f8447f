from datetime import datetime

import h3
import pytest

from quality.checks.check_precision import check_precision, circumradius_m
from quality.policies import Precision

CALIFORNIA = Precision(min_area_m2=998_900, min_radius_m=563.9, time_minutes=60, citation="Cal. Civ. Code 1798.140(w)")
KILOMETER = Precision(min_area_m2=998_900, min_radius_m=1_000, time_minutes=5, citation="test")
SAN_FRANCISCO = (37.7749, -122.4194)
HOUR = datetime(2026, 3, 1, 12)


def _cells(spark, *cells):
    return spark.createDataFrame([(cell,) for cell in cells], "cell string")


def _center(resolution, place=SAN_FRANCISCO):
    return h3.latlng_to_cell(*place, resolution)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("resolution", "passed", "too_small"),
    [
        pytest.param(9, False, 1, id="a-block"),
        pytest.param(8, False, 1, id="r8-is-precise-in-california"),
        pytest.param(7, True, 0, id="r7-is-not"),
        pytest.param(6, True, 0, id="r6-is-not"),
    ],
)
def test_a_cell_must_exceed_the_area_of_the_law(spark, resolution, passed, too_small):
    verdict = check_precision(_cells(spark, _center(resolution)), CALIFORNIA)

    assert (verdict.check, verdict.passed) == ("precision_ceiling", passed)
    assert verdict.measured["too_small"] == too_small


@pytest.mark.spark
def test_a_cell_large_enough_but_too_narrow_fails(spark):
    narrow = CALIFORNIA.model_copy(update={"min_radius_m": 2_000})

    measured = check_precision(_cells(spark, _center(7)), narrow).measured

    assert (measured["too_small"], measured["too_narrow"]) == (0, 1)


@pytest.mark.spark
def test_one_fine_cell_among_many_is_found(spark):
    coarse = [h3.latlng_to_cell(lat, lng, 6) for lat in range(-80, 81, 20) for lng in range(-179, 180, 30)]

    verdict = check_precision(_cells(spark, *coarse, _center(8)), KILOMETER)

    assert (verdict.passed, verdict.measured["too_small"]) == (False, 1)
    assert _center(8) not in repr(verdict)


@pytest.mark.spark
@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(h3.latlng_to_cell(89.99, 0, 7), id="north-pole"),
        pytest.param(h3.latlng_to_cell(-89.99, 10, 7), id="south-pole"),
        pytest.param(h3.latlng_to_cell(-17.0, 179.9999, 7), id="antimeridian"),
    ],
)
def test_odd_cells_of_resolution_7_pass(spark, cell):
    verdict = check_precision(_cells(spark, cell), KILOMETER)

    assert verdict.passed
    assert 2.5e6 < verdict.measured["least_area_m2"] < 6.3e6
    assert 1_000 < verdict.measured["least_radius_m"] < 1_600


@pytest.mark.spark
def test_a_pentagon_of_resolution_7_is_large_enough_but_narrower_than_a_kilometer(spark):
    pentagons = _cells(spark, *h3.get_pentagons(7))

    assert check_precision(pentagons, CALIFORNIA).passed
    assert check_precision(pentagons, KILOMETER).measured["too_narrow"] == 12


@pytest.mark.parametrize(
    ("resolution", "low", "high"),
    [
        pytest.param(8, 400, 600, id="r8"),
        pytest.param(7, 1_050, 1_560, id="r7"),
        pytest.param(6, 2_900, 4_110, id="r6"),
    ],
)
def test_circumradius_agrees_with_published_measurements(resolution, low, high):
    places = [(lat, lng) for lat in (-60, 0, 37.8, 51.5, 75) for lng in (-179.9, -122.4, 0, 116.3)]

    assert all(low < circumradius_m(_center(resolution, place)) < high for place in places)


@pytest.mark.spark
@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("872830828fffff0", id="not-a-cell"),
        pytest.param("planted", id="no-hex"),
        pytest.param(None, id="null"),
    ],
)
def test_what_is_no_cell_fails_and_is_not_quoted(spark, cell):
    verdict = check_precision(_cells(spark, _center(7), cell), CALIFORNIA)

    assert (verdict.passed, verdict.measured["invalid_cells"]) == (False, 1)
    assert str(cell) not in repr(verdict)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("minute", "second", "fine"),
    [
        pytest.param(0, 0, 0, id="on-the-hour"),
        pytest.param(0, 1, 1, id="a-second-past"),
        pytest.param(5, 0, 1, id="five-minutes-past"),
    ],
)
def test_times_must_be_floored_to_the_step(spark, minute, second, fine):
    rows = [(_center(7), HOUR), (_center(7), HOUR.replace(minute=minute, second=second)), (_center(7), None)]
    df = spark.createDataFrame(rows, "cell string, event_time timestamp")

    verdict = check_precision(df, CALIFORNIA, time="event_time")

    assert (verdict.passed, verdict.measured["times_too_fine"]) == (not fine, fine)
    assert check_precision(df, CALIFORNIA).passed


@pytest.mark.spark
@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        pytest.param(1_200_000.0, "", id="residual-tile-large-enough"),
        pytest.param(900_000.0, "stated_too_small", id="residual-tile-too-small"),
        pytest.param(float("nan"), "stated_too_small", id="no-number"),
        pytest.param(60_000_000.0, "overstated", id="larger-than-its-cell"),
    ],
)
def test_a_stated_area_must_exceed_the_limit_and_not_its_cell(spark, stated, fault):
    rows = [(_center(7), h3.cell_area(_center(7), unit="m^2")), (_center(7), stated)]
    df = spark.createDataFrame(rows, "cell string, cell_area_m2 double")

    verdict = check_precision(df, CALIFORNIA)

    assert verdict.passed is (not fault)
    assert not fault or verdict.measured[fault] == 1


@pytest.mark.spark
def test_no_rows_pass(spark):
    assert check_precision(_cells(spark), CALIFORNIA).passed
