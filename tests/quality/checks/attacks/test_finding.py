import pytest

from quality.checks.attacks.finding import Attack, as_verdict, judge, limit_over_chance
from quality.checks.attacks.intervals import counted, wilson

ATTACK = Attack("planted", "Nothing is found.", "Coarsen the cells; it costs place.")
RAW_FALLS = wilson(90, 100)


@pytest.mark.parametrize(
    ("reached", "raw", "outcome"),
    [
        pytest.param(wilson(0, 500), RAW_FALLS, "passed", id="whole-interval-within"),
        pytest.param(wilson(90, 500), RAW_FALLS, "failed", id="over-the-limit"),
        pytest.param(wilson(2, 10), RAW_FALLS, "failed", id="over-the-limit-with-a-wide-interval"),
        pytest.param(wilson(0, 10), RAW_FALLS, "too_small", id="interval-reaches-over-the-limit"),
        pytest.param(wilson(0, 0), RAW_FALLS, "too_small", id="an-empty-release"),
        pytest.param(counted(0, 0), RAW_FALLS, "too_small", id="nothing-to-count"),
        pytest.param(wilson(0, 500), wilson(0, 500), "blind", id="raw-rows-do-not-fall"),
        pytest.param(wilson(0, 500), wilson(1, 3), "blind", id="too-few-attempts-on-raw-rows"),
        pytest.param(wilson(0, 500), wilson(0, 0), "blind", id="raw-rows-not-attacked"),
        pytest.param(wilson(90, 500), wilson(0, 500), "failed", id="a-success-counts-even-where-raw-does-not-fall"),
    ],
)
def test_a_release_passes_only_within_a_limit_that_its_raw_rows_break(reached, raw, outcome):
    assert judge(ATTACK, reached, raw, limit=0.1).outcome == outcome


def test_a_limit_that_nothing_can_break_is_blind():
    assert judge(ATTACK, wilson(500, 500), wilson(500, 500), limit=1.0).outcome == "blind"


@pytest.mark.parametrize(("reached", "raw"), [(wilson(90, 500), RAW_FALLS), (wilson(0, 500), wilson(0, 500))])
def test_nothing_makes_a_failed_or_a_blind_attack_acceptable(reached, raw):
    finding = judge(ATTACK, reached, raw, limit=0.1)

    assert as_verdict(finding, accept_too_small=True).stops
    assert finding.mend


def test_an_undecided_attack_stops_a_publish_unless_the_policy_accepts_it():
    finding = judge(ATTACK, wilson(0, 10), RAW_FALLS, limit=0.1)

    assert as_verdict(finding).stops
    assert not as_verdict(finding, accept_too_small=True).stops
    assert not as_verdict(finding, accept_too_small=True).passed


def test_the_verdict_of_a_failed_attack_names_the_knob_and_the_counts():
    verdict = as_verdict(judge(ATTACK, wilson(90, 500), RAW_FALLS, limit=0.1, baseline=0.01))

    assert (verdict.check, verdict.passed, verdict.mend) == ("attack_planted", False, ATTACK.mend)
    assert (verdict.measured["successes"], verdict.measured["attempts"], verdict.measured["limit"]) == (90, 500, 0.1)
    assert verdict.measured["outcome"] == "failed"


@pytest.mark.parametrize(
    ("baseline", "k", "limit"),
    [
        pytest.param(0.02, None, 0.03, id="chance-and-a-hundredth"),
        pytest.param(0.02, 10, 0.1, id="what-a-crowd-allows"),
        pytest.param(0.5, 10, 0.51, id="chance-is-more-than-a-crowd-allows"),
    ],
)
def test_the_limit_over_chance_is_never_less_than_what_a_crowd_allows(baseline, k, limit):
    assert limit_over_chance(baseline, k=k) == pytest.approx(limit)


def test_a_limit_that_is_no_share_is_refused():
    with pytest.raises(ValueError, match="share"):
        judge(ATTACK, wilson(0, 1), RAW_FALLS, limit=5)
