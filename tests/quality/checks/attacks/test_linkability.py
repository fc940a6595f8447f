from quality.checks.attacks.linkability import attack_linkability, link
from quality.checks.attacks.released_columns import published_exactly, some
from tests.quality.checks.attacks.people import CATEGORIES, alike, in_blocks, people

MEMBERS, OTHERS = people(1), people(2)
MEMBERS["zone"] = MEMBERS["zone"] + (MEMBERS["age"] * 0 + range(1_200)) / 1_200  # everybody's own
GATE = {"parts": (("age", "zone"), ("zone", "job")), "categories": CATEGORIES, "limit": 0.05, "seed": 1}


def test_true_rows_join_what_two_parts_know():
    finding = attack_linkability(published_exactly(MEMBERS, CATEGORIES), MEMBERS, OTHERS, **GATE)

    assert finding.outcome == "failed"
    assert finding.reached.attempts == 1_200


def test_large_classes_join_nothing():
    finding = attack_linkability(in_blocks(MEMBERS), MEMBERS, OTHERS, **GATE)

    assert finding.outcome == "passed"
    assert finding.raw.low > 0.05


def test_the_attack_is_blind_where_raw_rows_are_all_alike():
    assert attack_linkability(in_blocks(MEMBERS), alike(), alike(), **GATE).outcome == "blind"


def test_few_targets_do_not_decide():
    assert attack_linkability(in_blocks(MEMBERS), MEMBERS, OTHERS, targets=30, **GATE).outcome == "too_small"


def test_more_neighbors_meet_more_often():
    one, ten = (
        link(in_blocks(MEMBERS), MEMBERS, OTHERS, parts=(("age",), ("age", "job")), neighbors=n, targets=500, seed=1)
        for n in (1, 10)
    )

    assert one.main.value < 0.1 < ten.main.value


def test_an_empty_release_is_no_private_one():
    nothing = published_exactly(some(MEMBERS, slice(0)), CATEGORIES)

    assert attack_linkability(nothing, MEMBERS, OTHERS, **GATE).outcome == "too_small"
