from math import comb

import pytest

from quality.checks.attacks.intervals import clopper_pearson, counted, difference, wilson

# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
PUBLISHED = [
    pytest.param(81, 263, (0.2553, 0.3662), (0.2527, 0.3676), id="81/263"),
    pytest.param(15, 148, (0.0624, 0.1605), (0.0578, 0.1617), id="15/148"),
    pytest.param(0, 20, (0.0, 0.1611), (0.0, 0.1684), id="0/20"),
    pytest.param(1, 29, (0.0061, 0.1718), (0.0009, 0.1776), id="1/29"),
]


@pytest.mark.parametrize(("successes", "attempts", "score", "exact"), PUBLISHED)
def test_the_intervals_of_a_share_are_the_published_ones(successes, attempts, score, exact):
    near, sure = wilson(successes, attempts), clopper_pearson(successes, attempts)

    assert (near.low, near.high) == pytest.approx(score, abs=6e-5)
    assert (sure.low, sure.high) == pytest.approx(exact, abs=6e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),  # Newcombe, "Interval estimation for the difference", the same volume, method 10
    [
        pytest.param((56, 70), (48, 80), (0.0524, 0.3339), id="a"),
        pytest.param((9, 10), (3, 10), (0.1705, 0.8090), id="b"),
        pytest.param((5, 56), (0, 29), (-0.0381, 0.1926), id="e"),
        pytest.param((10, 10), (0, 10), (0.6075, 1.0), id="h"),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(first, second, expected):
    found = difference(wilson(*first), wilson(*second))

    assert (found.low, found.high) == pytest.approx(expected, abs=6e-5)
    assert (found.successes, found.attempts) == first


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5])
def test_the_exact_interval_holds_the_share_in_at_least_95_of_100_experiments(share):
    n = 40
    held = [clopper_pearson(x, n).low <= share <= clopper_pearson(x, n).high for x in range(n + 1)]
    chances = [comb(n, x) * share**x * (1 - share) ** (n - x) for x in range(n + 1)]

    assert sum(chance for chance, inside in zip(chances, held, strict=True) if inside) >= 0.95


def test_no_success_has_no_least_share_and_no_failure_no_greatest_not_even_by_rounding():
    assert {wilson(0, n).low for n in range(1, 3_000)} == {0.0}
    assert {wilson(n, n).high for n in range(1, 3_000)} == {1.0}


@pytest.mark.parametrize("interval", [wilson, clopper_pearson, counted])
def test_without_attempts_anything_may_be(interval):
    found = interval(0, 0)

    assert (found.low, found.high) == (0.0, 1.0)


def test_what_was_counted_over_all_there_is_has_no_width():
    assert (counted(1, 4).low, counted(1, 4).high) == (0.25, 0.25)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson, counted])
@pytest.mark.parametrize(("successes", "attempts"), [(2, 1), (-1, 3)])
def test_more_successes_than_attempts_are_refused(interval, successes, attempts):
    with pytest.raises(ValueError, match="attempts"):
        interval(successes, attempts)
