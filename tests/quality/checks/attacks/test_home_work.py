import numpy as np
import pytest

from quality.checks.attacks.home_work import Visits, attack_home_work, reidentify
from tests.quality.checks.attacks.real_points import real_points

DAY, HOUR = 86_400, 3_600
MONDAY = 4 * DAY


def commuters(count=60, days=5, places=None):
    """Each sleeps in a place and works in another of their own, and all have lunch in place 0."""
    who = np.arange(count)
    rows = [(p, place, MONDAY + day * DAY + hour * HOUR) for p in who for day in range(days)
            for place, hour in ((1 + p, 2), (1 + p, 23), (1000 + p, 10), (1000 + p, 15), (0, 12))]  # fmt: skip
    owners, cells, seconds = np.array(rows, dtype=np.int64).T
    return Visits(owners, owners, cells, seconds)


def with_places(visits, places, ids=None):
    return Visits(visits.ids if ids is None else ids, visits.owners, places, visits.seconds)


RAW = commuters()
COARSE = with_places(RAW, RAW.places * 0)
PSEUDONYMS = (RAW.owners * 37) % 61


def test_pseudonyms_do_not_hide_who_lives_and_works_where():
    finding = attack_home_work(with_places(RAW, RAW.places, PSEUDONYMS), RAW, RAW, k=10, seed=1)

    assert (finding.outcome, finding.reached.value, finding.reached.attempts) == ("failed", 1.0, 60)
    assert finding.baseline == pytest.approx(1 / 60)


def test_a_release_whose_cells_hold_all_homes_passes():
    finding = attack_home_work(with_places(COARSE, COARSE.places, PSEUDONYMS), COARSE, RAW, k=5, seed=1)

    assert (finding.outcome, finding.limit) == ("passed", 0.2)


def test_classes_of_k_people_pass_where_their_pseudonyms_fail():
    groups = RAW.owners // 20
    grouped = Visits(groups, RAW.owners, groups, RAW.seconds)
    singles = Visits(RAW.owners, RAW.owners, RAW.places, RAW.seconds)
    known = with_places(RAW, groups)

    assert attack_home_work(grouped, known, RAW, k=5, seed=1).outcome == "passed"
    assert attack_home_work(singles, RAW, RAW, k=5, seed=1).outcome == "failed"


def test_the_attack_is_blind_where_raw_rows_link_nobody():
    assert attack_home_work(COARSE, COARSE, COARSE, k=5, seed=1).outcome == "blind"


def test_few_people_do_not_decide():
    few = commuters(count=8)
    coarse = with_places(few, few.places * 0)

    finding = attack_home_work(coarse, coarse, few, k=4, seed=1)

    assert finding.reached.attempts == 8
    assert finding.outcome == "too_small"


def test_nobody_in_the_release_is_too_few():
    nobody = Visits(*(np.array([], dtype=np.int64),) * 4)

    assert attack_home_work(nobody, RAW, RAW, k=10, seed=1).outcome == "too_small"


def test_rows_without_a_time_of_day_are_linked_too():
    timeless = Visits(PSEUDONYMS, RAW.owners, RAW.places, RAW.seconds // (7 * DAY) * 7 * DAY + 7 * HOUR)

    assert reidentify(timeless, RAW, utc_offset=0, targets=100, seed=1)[0].value == 1.0


def test_hours_are_local_ones():
    # At home at 2:00 and all in one office at 12:00, eight hours east of UTC, where that is 18:00 and 4:00.
    who, days = np.divmod(np.arange(60 * 5), 5)
    owners, seconds = np.tile(who, 2), np.concatenate([days * DAY + 18 * HOUR, days * DAY + 4 * HOUR]) + MONDAY
    rows = Visits(owners, owners, np.concatenate([1 + who, who * 0]), seconds)

    assert reidentify(rows, rows, utc_offset=8, targets=100, seed=1)[0].value == 1.0
    assert reidentify(rows, rows, utc_offset=0, targets=100, seed=1)[0].value < 0.1


@pytest.mark.realdata
def test_home_and_work_link_most_people_of_geolife(shared_data):
    rows = real_points(shared_data, "geolife", degrees=0.001)
    who = rows.subjects.astype(np.int64)
    raw = Visits(who, who, rows.cells, rows.seconds)

    reached, chance = reidentify(raw, raw, utc_offset=8, targets=2_000, seed=1)

    assert reached.attempts == 137
    assert reached.low > 0.5 and chance < 0.01
