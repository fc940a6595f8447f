from __future__ import annotations

from dataclasses import replace

import pytest

from quality.releases.places import Trips
from tests.transforms.location.declared import fixes_of, north
from transforms.location.cut_trips import cut_trips, trim_ends


def test_a_long_gap_and_another_subject_start_a_trip():
    fixes = fixes_of(("a", 40.7, -74, 0), ("a", 40.7, -74, 600), ("a", 40.7, -74, 1201), ("b", 40.7, -74, 1300))

    assert cut_trips(fixes, gap_minutes=10).tolist() == [0, 0, 1, 2]
    assert cut_trips(fixes_of(), gap_minutes=10).tolist() == []


PATH = [("a", north(meters), -74.0, minute * 60) for minute, meters in enumerate((0, 90, 500, 50, 900, 1350, 1400))]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        pytest.param(Trips(trim_m=100), [500, 900], id="near-either-end-and-where-it-comes-by-again"),
        pytest.param(Trips(trim_minutes=1.5), [500, 50, 900], id="soon-after-the-start-or-before-the-end"),
        pytest.param(Trips(trim_m=100, trim_minutes=2.5), [], id="both"),
        pytest.param(Trips(trim_m=3000), [], id="a-trip-that-never-leaves"),
        pytest.param(Trips(), [0, 90, 500, 50, 900, 1350, 1400], id="none"),
    ],
)
def test_both_ends_of_a_trip_are_trimmed(rules, kept):
    fixes = fixes_of(*PATH)

    found = trim_ends(replace(fixes, trips=cut_trips(fixes, gap_minutes=20)), rules)

    assert fixes.latitudes[found].tolist() == [north(meters) for meters in kept]
