import numpy as np
import pytest

from quality.checks.attacks.differencing import Counts, attack_differencing, differences

CELLS = np.array([[1, 8], [1, 9], [2, 8]])  # cell, hour


def counts(persons, keys=CELLS, parents=()):
    return Counts(np.asarray(keys), np.asarray(persons), tuple(np.asarray(p) for p in parents))


RAW = counts([40, 35, 12]), counts([40, 36, 12])


@pytest.mark.parametrize(
    ("persons", "outcome"),
    [
        pytest.param([40, 36, 12], "failed", id="one-late-person"),
        pytest.param([40, 26, 12], "failed", id="nine-people-erased"),
        pytest.param([40, 35, 12], "passed", id="unchanged"),
        pytest.param([40, 45, 12], "passed", id="a-crowd-more"),
    ],
)
def test_a_new_version_may_not_differ_by_fewer_than_k_people(persons, outcome):
    assert attack_differencing((counts([40, 35, 12]), counts(persons)), RAW, k=10).outcome == outcome


def test_groups_are_compared_by_key_in_any_order():
    shuffled = counts([12, 40, 35], CELLS[[2, 0, 1]])

    found = differences(counts([40, 35, 12]), shuffled, k=10)

    assert (found.successes, found.attempts) == (0, 3)


def test_the_attack_is_blind_where_raw_counts_do_not_differ():
    same = counts([40, 35, 12])

    assert attack_differencing((same, same), (same, same), k=10).outcome == "blind"


def test_nothing_in_common_decides_nothing():
    later = counts([40], [[1, 999]])

    assert attack_differencing((counts([40, 35, 12]), later), RAW, k=10).outcome == "too_small"


# A city (cell 100) and its parts 1, 2, 3; part 3 is suppressed.
NESTED = [[100], [1], [2]]
TO_CITY = [[100], [100], [100]]


@pytest.mark.parametrize(
    ("city", "successes"),
    [
        pytest.param(84, 1, id="four-suppressed-people-are-the-rest"),
        pytest.param(80, 0, id="nothing-is-left"),
        pytest.param(95, 0, id="a-crowd-is-left"),
    ],
)
def test_a_total_less_its_published_parts_is_the_suppressed_one(city, successes):
    table = counts([city, 40, 40], NESTED, [TO_CITY])
    parts_unchanged = counts([city, 40, 40], NESTED)

    assert differences(table, parts_unchanged, k=10).successes == successes * 2  # as a total of either version


def test_a_total_of_one_version_and_parts_of_the_other_are_subtracted_too():
    old = counts([84], [[100]])
    new = counts([40, 40], [[1], [2]], [[[100], [100]]])

    assert differences(old, new, k=10).successes == 1
