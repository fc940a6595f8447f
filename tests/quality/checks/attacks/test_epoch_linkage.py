import numpy as np
import pytest

from quality.checks.attacks.epoch_linkage import attack_epochs, link_epochs
from quality.checks.attacks.traces import Traces
from tests.quality.checks.attacks.real_points import real_points

WHO = np.repeat(np.arange(200), 10)
RNG = np.random.default_rng(8)


def epochs(favorites):
    """Two epochs of 200 people; each visits one of their ``favorites`` places of their own or one of all."""

    def epoch(shift):
        own, everywhere = (
            100 + WHO * 10 + RNG.integers(max(favorites, 1), size=len(WHO)),
            RNG.integers(50, size=len(WHO)),
        )
        places = np.where((RNG.random(len(WHO)) < 0.5) & (favorites > 0), own, everywhere)
        return Traces((WHO * 7 + shift) % 200, WHO, (places,))

    return epoch(1), epoch(60)


FAITHFUL, RANDOM = epochs(3), epochs(0)


def test_people_who_keep_their_places_are_found_under_a_new_pseudonym():
    finding = attack_epochs(FAITHFUL, FAITHFUL, seed=1)

    assert finding.outcome == "failed"
    assert finding.reached.value > 0.95 and finding.baseline == pytest.approx(1 / 200)


def test_places_that_tell_nothing_link_no_more_than_chance():
    finding = attack_epochs(RANDOM, FAITHFUL, k=10, seed=1)

    assert (finding.outcome, finding.limit) == ("passed", 0.1)


def test_the_attack_is_blind_where_raw_rows_link_nobody():
    assert attack_epochs(RANDOM, RANDOM, k=10, seed=1).outcome == "blind"


def test_few_people_do_not_decide_against_chance():
    few = tuple(Traces(t.ids[:300], t.owners[:300], (t.features[0][:300] * 0,)) for t in FAITHFUL)

    assert attack_epochs(few, FAITHFUL, k=10, seed=1).outcome == "too_small"
    assert link_epochs(*few, targets=5, seed=1)[0].attempts == 5


def test_classes_of_people_are_linked_but_not_the_people():
    first, second = (Traces(t.owners // 20, t.owners, (t.owners // 20,)) for t in FAITHFUL)

    reached, _ = link_epochs(first, second, targets=2_000, seed=1)

    assert reached.high < 0.1  # each class is found, and a twentieth of its people


def test_no_common_person_is_no_attempt():
    other = Traces(FAITHFUL[1].ids, FAITHFUL[1].owners + 1_000, FAITHFUL[1].features)

    finding = attack_epochs((FAITHFUL[0], other), FAITHFUL, seed=1)

    assert (finding.outcome, finding.reached.attempts) == ("too_small", 0)


@pytest.mark.realdata
def test_people_of_geolife_are_found_in_other_months(shared_data):
    rows = real_points(shared_data, "geolife")
    odd = rows.seconds // (30 * 86_400) % 2 == 1
    hourly = rows.cells * 24 + rows.seconds // 3_600 % 24
    first, second = (Traces(rows.subjects[x], rows.subjects[x], (rows.cells[x], hourly[x])) for x in (odd, ~odd))

    reached, chance = link_epochs(first, second, targets=2_000, seed=1)

    assert reached.low > 0.5 and chance < 0.01
