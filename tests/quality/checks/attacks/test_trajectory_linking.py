import numpy as np
import pytest

from quality.checks.attacks.traces import Traces
from quality.checks.attacks.trajectory_linking import attack_trajectories, link_trajectories
from tests.quality.checks.attacks.real_points import codes, real_points

USERS, TRIPS, STOPS = 50, 20, 6


def trips(own_share, seed):
    """50 users with 20 trips of 6 stops: at one of three places of their own, or anywhere."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(USERS), TRIPS * STOPS)
    own = rng.random(len(users)) < own_share
    places = np.where(own, 100 + users * 3 + rng.integers(3, size=len(users)), rng.integers(40, size=len(users)))
    return Traces(np.repeat(np.arange(USERS * TRIPS), STOPS), users, (places, rng.integers(24, size=len(users))))


def labelled(trace):
    return Traces(trace.owners, trace.owners, trace.features)


PAST, PRESENT = labelled(trips(0.7, 1)), trips(0.7, 2)
NOWHERE, NOWHERE_PAST = trips(0.0, 3), labelled(trips(0.0, 4))


def test_trips_to_places_of_their_own_betray_their_user():
    finding = attack_trajectories([(PRESENT, PAST)], (PRESENT, PAST), seed=1)

    assert (finding.outcome, finding.reached.attempts) == ("failed", USERS * TRIPS)
    assert finding.reached.value > 0.95
    assert (finding.baseline, finding.limit) == pytest.approx((0.02, 0.03))


def test_trips_that_tell_nothing_pass_within_what_a_crowd_allows():
    assert attack_trajectories([(NOWHERE, NOWHERE_PAST)], (PRESENT, PAST), k=20, seed=1).outcome == "passed"


def test_attempts_at_several_times_count_together():
    once, twice = (attack_trajectories([(PRESENT, PAST)] * n, (PRESENT, PAST), seed=1) for n in (1, 2))

    assert (twice.reached.attempts, twice.baseline) == (2 * once.reached.attempts, pytest.approx(once.baseline))
    assert twice.reached.low > once.reached.low


def test_chance_itself_is_within_chance_and_a_hundredth_or_undecided():
    """A hundredth over chance takes thousands of trips to tell."""
    assert attack_trajectories([(NOWHERE, NOWHERE_PAST)], (PRESENT, PAST), seed=1).outcome == "too_small"


def test_the_attack_is_blind_where_raw_trips_tell_nothing():
    assert attack_trajectories([(NOWHERE, NOWHERE_PAST)], (NOWHERE, NOWHERE_PAST), k=20, seed=1).outcome == "blind"


def test_a_release_of_unknown_users_only_is_no_attempt():
    strangers = Traces(PRESENT.ids, PRESENT.owners + 1_000, PRESENT.features)

    assert attack_trajectories([(strangers, PAST)], (PRESENT, PAST), seed=1).outcome == "too_small"


def test_a_user_with_much_data_is_not_the_likelier_one():
    # User 0 was at place 7 in 5 of 1,000 visits, user 1 in 3 of 3.
    places = np.concatenate([np.full(5, 7), np.arange(995) % 50 + 100, np.full(3, 7)])
    users = np.repeat([0, 1], [1_000, 3])
    trip = Traces(np.zeros(1, dtype=int), np.ones(1, dtype=int), (np.array([7]),))
    known = Traces(users, users, (places,))
    shown = Traces(np.arange(51), np.append([1], np.zeros(50, dtype=int)), (np.append([7], np.arange(50) + 100),))

    assert link_trajectories(trip, known, targets=1, seed=1)[0].attempts == 1
    assert link_trajectories(shown, known, targets=60, seed=1)[0].value == 1.0


def test_values_that_the_release_shares_with_no_past_leave_chance():
    coarse = Traces(PRESENT.ids, PRESENT.owners, tuple(f * 0 - 1 for f in PRESENT.features))

    reached, chance = link_trajectories(coarse, PAST, targets=4_000, seed=1)

    assert reached.low < chance < reached.high


# ACC@1 of MARC (Petry et al., IJGIS 2020, table 4): .986, .943, .969 with sequences; ours needs none.
@pytest.mark.realdata
@pytest.mark.parametrize(("name", "least"), [("nyc", 0.96), ("gowalla", 0.93), ("brightkite", 0.93)])
def test_raw_check_ins_are_linked_to_their_users(shared_data, name, least):
    rows = real_points(shared_data, name)
    test = np.array(rows.table["marc_split"].to_pylist()) == "test"
    features = [rows.cells, codes(rows.table["poi"])] if name != "brightkite" else [rows.cells]
    trips_of = codes(rows.table["tid"])
    released, known = (
        Traces(ids[some], rows.subjects[some], tuple(f[some] for f in features))
        for ids, some in ((trips_of, test), (rows.subjects, ~test))
    )

    reached, _ = link_trajectories(released, known, targets=4_000, seed=1)

    assert reached.value > least
