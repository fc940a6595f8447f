import numpy as np
import pytest

from quality.checks.attacks.trajectory_recovery import Sightings, attack_recovery, recover

PEOPLE, SLOTS = 40, 30


def walks(spread, seed=1):
    """Each of 40 people walks about where it began, ``spread`` degrees from the next one."""
    rng = np.random.default_rng(seed)
    owners, slots = np.divmod(np.arange(PEOPLE * SLOTS), SLOTS)
    return Sightings(
        owners, slots, 50 + owners * spread + rng.normal(0, 1e-4, len(owners)), rng.normal(0, 1e-4, len(owners))
    )


APART, TOGETHER = walks(0.01), walks(0.0)
CROWD = Sightings(APART.owners, APART.slots, np.full(PEOPLE * SLOTS, 50.0), np.zeros(PEOPLE * SLOTS))


def test_people_apart_are_followed_from_slot_to_slot():
    reached, chance = recover(APART, targets=2_000, seed=1)

    assert (reached.value, reached.attempts) == (1.0, PEOPLE * (SLOTS - 1))
    assert chance == pytest.approx(1 / PEOPLE)


def test_a_crowd_in_one_cell_hides_who_is_who():
    finding = attack_recovery(CROWD, APART, k=10, seed=1)

    assert (finding.outcome, finding.limit) == ("passed", 0.1)
    assert finding.reached.low <= finding.baseline <= finding.reached.high


def test_rows_that_lead_on_fail_and_raw_rows_that_do_not_are_blind():
    assert attack_recovery(APART, APART, k=10, seed=1).outcome == "failed"
    assert attack_recovery(CROWD, TOGETHER, k=10, seed=1).outcome == "blind"


def test_a_slot_without_a_next_one_leads_nowhere():
    apart = Sightings(APART.owners, APART.slots * 2, APART.latitudes, APART.longitudes)

    assert recover(apart, targets=100, seed=1)[0].attempts == 0
    assert attack_recovery(apart, APART, k=10, seed=1).outcome == "too_small"


def test_distances_are_shorter_where_meridians_meet_and_over_the_date_line():
    # In the north the far longitude is the nearer one; the other pair meets across the date line.
    rows = Sightings(
        np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.array([80.0, 80.4, 80.0, 80.4]),
        np.array([179.9, 0.0, -179.0, 1.0]),
    )  # fmt: skip

    assert recover(rows, targets=10, seed=1)[0].value == 1.0
