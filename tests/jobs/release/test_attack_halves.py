"""Every attack is failed by what it opens, held by a crowd, blind where raw rows tell nothing, undecided of a few."""

import pytest

from jobs.release.attack_halves import Halves, attack_halves
from quality.checks.attacks.released_columns import published_exactly, some
from quality.releases.declaration import Gates
from tests.quality.checks.attacks.people import CATEGORIES, alike, in_blocks, people

ATTACKS = ("singling_out", "linkability", "inference", "membership")
MEMBERS, OTHERS = people(1, 4_000), people(2, 4_000)
MEMBERS["zone"] = MEMBERS["zone"] + (MEMBERS["age"] * 0 + range(4_000)) / 4_000  # everybody's own
RAW, CROWDS = published_exactly(MEMBERS, CATEGORIES), in_blocks(MEMBERS, 400)
FEW = slice(7, None, 100)


def outcome(attack, released, members, others, limit=0.05):
    halves = Halves(released, members, others, CATEGORIES)
    gates = Gates(**{**dict.fromkeys(ATTACKS), attack: limit})
    (verdict,) = attack_halves(halves, ("age", "zone", "job"), ("secret",), gates, lambda _: None)
    assert verdict.check == f"attack_{attack}"
    assert verdict.stops == (verdict.measured["outcome"] != "passed")
    assert bool(verdict.mend) == verdict.stops
    return verdict.measured["outcome"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_that_raw_rows_fail_is_held_by_crowds(attack):
    assert outcome(attack, RAW, MEMBERS, OTHERS) == "failed"
    assert outcome(attack, CROWDS, MEMBERS, OTHERS) == "passed"


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_blind_where_all_people_are_alike(attack):
    assert outcome(attack, CROWDS, alike(4_000), alike(4_000)) == "blind"


@pytest.mark.parametrize(("attack", "limit"), [("linkability", 0.1), ("inference", 0.05), ("membership", 0.1)])
def test_an_attack_on_few_people_is_undecided(attack, limit):
    members, others = some(MEMBERS, FEW), some(OTHERS, FEW)

    assert outcome(attack, in_blocks(members), members, others, limit) == "too_small"


def test_singling_out_is_undecided_if_nothing_was_published():
    assert (
        outcome("singling_out", published_exactly(some(MEMBERS, slice(0)), CATEGORIES), MEMBERS, OTHERS) == "too_small"
    )
