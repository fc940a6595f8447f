import numpy as np
import pytest

from quality.checks.attacks.inference import attack_inference, infer
from quality.checks.attacks.released_columns import Sets, published_exactly, some
from tests.quality.checks.attacks.people import BLOCK, CATEGORIES, alike, in_blocks, people

MEMBERS, OTHERS = people(1, 4_000), people(2, 4_000)
SAME_IN_A_BLOCK = {**MEMBERS, "secret": np.random.default_rng(5).permutation(100)[np.arange(4_000) // BLOCK] % 4}
GATE = {"secret": "secret", "categories": CATEGORIES, "limit": 0.05, "seed": 1}


def test_true_rows_tell_the_secrets_of_their_people():
    assert attack_inference(published_exactly(MEMBERS, CATEGORIES), MEMBERS, OTHERS, **GATE).outcome == "failed"


@pytest.mark.parametrize("guess", ["row", "commonest"])
def test_a_class_whose_people_share_a_secret_tells_it_however_many_they_are(guess):
    finding = attack_inference(in_blocks(SAME_IN_A_BLOCK), SAME_IN_A_BLOCK, OTHERS, guess=guess, **GATE)

    assert finding.outcome == "failed"
    assert "l_diversity" in finding.mend


def test_large_diverse_classes_tell_no_secret():
    finding = attack_inference(in_blocks(MEMBERS, 400), MEMBERS, OTHERS, **GATE)

    assert finding.outcome == "passed"


def test_a_statistic_that_holds_for_everybody_is_no_leak():
    rule = [{**group, "secret": (group["age"] >= 50).astype(int)} for group in (MEMBERS, OTHERS)]

    trial = infer(in_blocks(rule[0]), *rule, secret="secret", targets=2_000, seed=1)

    assert trial.main.value > 0.95 and trial.baseline.value < 0.6
    assert trial.gain.high < 0.05


def test_the_attack_is_blind_where_raw_rows_are_all_alike():
    assert attack_inference(in_blocks(MEMBERS), alike(), alike(), **GATE).outcome == "blind"


def test_few_targets_do_not_decide():
    assert attack_inference(in_blocks(MEMBERS, 400), MEMBERS, OTHERS, targets=40, **GATE).outcome in ("too_small",)


def test_a_secret_published_as_a_set_is_guessed_by_one_of_its_members():
    halves = Sets(MEMBERS["secret"] // 2, np.array([[True, True, False, False], [False, False, True, True]]))
    released = {**published_exactly(MEMBERS, CATEGORIES), "secret": halves}

    trial = infer(released, MEMBERS, OTHERS, secret="secret", targets=2_000, seed=1)

    assert trial.main.value == pytest.approx(0.5, abs=0.05)


def test_a_number_is_guessed_within_a_twentieth():
    ages = np.arange(5.0)
    released = published_exactly({"age": ages, "zone": np.full(5, 100.0)}, {})
    truth = {"age": ages, "zone": np.array([100.0, 104, 106, 96, 94])}

    assert infer(released, truth, truth, secret="zone", targets=5, seed=1).main.successes == 3


def test_an_empty_release_is_no_private_one():
    nothing = published_exactly(some(MEMBERS, slice(0)), CATEGORIES)

    assert attack_inference(nothing, MEMBERS, OTHERS, **GATE).outcome == "too_small"
