from __future__ import annotations

import pytest
from pydantic import ValidationError

from quality.policies.read_yaml import read_yaml
from quality.releases.load_release import FOLDER
from quality.releases.places import PlacesRelease
from tests.transforms.location.declared import declared

SHIPPED = ("cabspotting_hours", "geolife_weeks", "checkins_week", "sample_places")
SENSITIVE = {"reads": "x", "classes": ["hospital"]}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_release_of_places_is_valid_and_asks_for_ten_subjects(name):
    release = PlacesRelease.model_validate(read_yaml(FOLDER / f"{name}.yaml", what="release"))

    assert (release.name, release.k >= 10) == (name, True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"longitude": None}, "latitude and longitude, or cell", id="half-a-position"),
        pytest.param({"cell": "c"}, "latitude and longitude, or cell", id="position-and-cell"),
        pytest.param({"pseudonym": "trip"}, "need trips and sequences", id="linked-without-sequences"),
        pytest.param({"sequences": {"m": 2}}, "there are none", id="sequences-of-no-pseudonym"),
        pytest.param({"tiles": {"finest": 5, "coarsest": 6, "least": 2}}, "coarsest", id="coarsest-is-finer"),
        pytest.param({"slots": {"hours": [6, 1]}}, "rise", id="slots-fall"),
        pytest.param({"slots": {"hours": [4, 6]}}, "whole slots", id="slots-overlap"),
        pytest.param({"slots": {"hours": [48]}}, "divide", id="slots-longer-than-a-day"),
        pytest.param({"epoch": {"start": "2008-06-01", "end": "2008-05-01"}}, "after end", id="epoch-ends-before"),
        pytest.param({"hour": "h"}, "hour_of_week", id="a-weekday-has-no-date"),
        pytest.param(
            {"tiles": {"finest": 6, "coarsest": 6, "least": 2}, "sensitive_places": SENSITIVE},
            "coarser",
            id="no-region",
        ),
        pytest.param(
            {"latitude": None, "longitude": None, "cell": "c", "stay_points": {}}, "latitude", id="stays-of-cells"
        ),
        pytest.param({"gates": {"common_commuters": 0.5}}, "needs pseudonym: trip", id="flows-of-no-trips"),
        pytest.param({"gates": {"home_work": 2}}, "less than or equal to 1", id="a-share-above-one"),
        pytest.param({"sequences": {"m": 5}}, "less than or equal to 4", id="m-too-large"),
        pytest.param({"k": 1}, "greater than or equal to 2", id="k-of-one"),
        pytest.param({"gates": {"unicity": {7: 0.1}}}, "less than or equal to 6", id="unicity-beyond-six"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(changes, problem):
    with pytest.raises(ValidationError, match=problem):
        declared(**changes)


def test_an_attack_may_be_left_out_by_null():
    gates = declared(gates={"unicity": {4: None}, "home_work": None, "linkage": None, "recovery": None}).gates

    assert (gates.home_work, gates.linkage, gates.recovery, gates.unicity[4]) == (None, None, None, None)
    assert gates.trajectory_linking == 0.01


def test_slots_of_a_week_may_be_as_long_as_it():
    assert declared(slots={"time": "hour_of_week", "hours": [1, 24, 168]}).slots.hours == (1, 24, 168)
