from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from quality.policies.measures import Length, circle_m2

LENGTH = TypeAdapter(Length)


@pytest.mark.parametrize(
    ("written", "meters"),
    [
        pytest.param("1850 ft", 563.88, id="feet"),
        pytest.param("1,850 ft", 563.88, id="with-a-comma"),
        pytest.param("0.5 mi", 804.672, id="miles"),
        pytest.param("2 km", 2_000, id="kilometers"),
        pytest.param(1_000, 1_000, id="plain-meters"),
    ],
)
def test_lengths_are_read_as_laws_write_them(written, meters):
    assert LENGTH.validate_python(written) == pytest.approx(meters)


@pytest.mark.parametrize("written", ["1850", "1850 feet", "ft", "-3 m", "inf m", "nan m"])
def test_what_is_no_length_is_refused(written):
    with pytest.raises(ValidationError):
        LENGTH.validate_python(written)


def test_the_circle_of_1850_feet_is_just_under_a_square_kilometer():
    assert circle_m2(563.88) == pytest.approx(998_903, abs=1)
