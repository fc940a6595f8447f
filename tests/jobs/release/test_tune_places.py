from __future__ import annotations

from jobs.listings.release_tunes import TunedPlacesPoint
from jobs.release.tune_places import COMPROMISE, LARGEST, propose


def point(finest, k, kept, meters, *, able=True, crowd=None):
    return TunedPlacesPoint(
        finest=finest, k=k, why="" if able else "visits_kept", risk_highest=1 / (crowd or k), kept=kept,
        displacement_m=(meters, 2 * meters), cells=9, within_gates=able,
    )  # fmt: skip


def test_a_point_is_on_the_frontier_unless_one_is_as_good_in_risk_fixes_and_displacement():
    tuned = propose([point(7, 5, 0.9, 500), point(8, 5, 0.9, 300), point(8, 10, 0.8, 300)])

    assert [one.frontier for one in tuned.points] == [False, True, True]


def test_a_compromise_is_proposed_not_an_end():
    tuned = propose([point(8, 2, 0.99, 300), point(8, 10, 0.9, 320), point(6, 50, 0.5, 2_000)])

    assert (tuned.proposed.finest, tuned.proposed.k, tuned.rule) == (8, 10, COMPROMISE)


def test_of_few_points_the_largest_k_is_proposed_and_the_most_precise_cells():
    tuned = propose([point(8, 5, 0.9, 300), point(8, 10, 0.8, 400), point(7, 10, 0.8, 700)])

    assert (tuned.proposed.finest, tuned.proposed.k, tuned.rule) == (8, 10, LARGEST)


def test_what_fails_a_gate_or_tells_nothing_is_never_proposed():
    fails, nothing = point(8, 10, 0.2, 300, able=False), TunedPlacesPoint(finest=8, k=50, why="visits_kept")

    tuned = propose([point(8, 5, 0.9, 300), fails, nothing])

    assert tuned.proposed.k == 5
    assert propose([fails, nothing]).proposed is None
    assert not tuned.points[2].frontier
