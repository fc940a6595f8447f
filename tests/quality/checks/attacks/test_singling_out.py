import numpy as np
import pyarrow.csv as pv
import pytest

from quality.checks.attacks.read_released import domains_of, read_people
from quality.checks.attacks.released_columns import Intervals, published_exactly, some
from quality.checks.attacks.singling_out import attack_singling_out, single_out
from tests.quality.checks.attacks.people import CATEGORIES, alike, in_blocks, people

MEMBERS, OTHERS = people(1), people(2)
GATE = {"categories": CATEGORIES, "limit": 0.05, "seed": 1}


def test_a_release_of_true_rows_singles_its_people_out():
    finding = attack_singling_out(published_exactly(MEMBERS, CATEGORIES), MEMBERS, OTHERS, **GATE)

    assert finding.outcome == "failed"
    assert finding.reached.value > 0.9


def test_classes_of_many_people_single_nobody_out():
    finding = attack_singling_out(in_blocks(MEMBERS), MEMBERS, OTHERS, **GATE)

    assert finding.outcome == "passed"
    assert finding.raw.low > 0.9
    assert single_out(in_blocks(MEMBERS), MEMBERS, OTHERS, guesses=500, seed=1).main.value < 0.05


def test_a_column_published_as_it_is_opens_large_classes():
    opened = {**in_blocks(MEMBERS), "zone": published_exactly(MEMBERS, CATEGORIES)["zone"]}

    assert attack_singling_out(opened, MEMBERS, OTHERS, **GATE).outcome == "failed"


def test_what_fits_others_as_well_is_no_gain():
    trial = single_out(published_exactly(OTHERS, CATEGORIES), OTHERS, OTHERS, guesses=500, seed=1)

    assert trial.main.value > 0.9
    assert trial.gain.low < 0 < trial.gain.high


def test_the_attack_is_blind_where_raw_rows_are_all_alike():
    assert attack_singling_out(in_blocks(MEMBERS), alike(), alike(), **GATE).outcome == "blind"


def test_few_guesses_do_not_decide():
    assert attack_singling_out(in_blocks(MEMBERS), MEMBERS, OTHERS, guesses=20, **GATE).outcome == "too_small"


def test_an_empty_release_is_no_private_one():
    nothing = published_exactly(some(MEMBERS, slice(0)), CATEGORIES)

    assert attack_singling_out(nothing, MEMBERS, OTHERS, **GATE).outcome == "too_small"


def test_without_a_control_group_the_attack_says_nothing():
    assert attack_singling_out(in_blocks(MEMBERS), MEMBERS, some(OTHERS, slice(0)), **GATE).outcome == "blind"


def test_groups_of_unequal_size_are_asked_in_the_smaller_size():
    trial = single_out(published_exactly(MEMBERS, CATEGORIES), MEMBERS, some(OTHERS, slice(600)), guesses=900, seed=1)

    assert trial.main.value == pytest.approx(0.5, abs=0.06)  # half of the questions are of people who were not drawn


def test_univariate_questions_ask_for_the_value_that_one_row_has():
    zones = {"zone": MEMBERS["zone"] * 0}
    zones["zone"][7] = 5.0

    trial = single_out(published_exactly(zones, {}), zones, {"zone": OTHERS["zone"] * 0}, columns=1, guesses=9, seed=1)

    assert (trial.main.successes, trial.main.attempts, trial.control.successes) == (1, 2, 0)


def test_some_people_in_the_open_are_not_lost_among_a_crowd_in_classes():
    members = {name: values.copy() for name, values in people(1, 12_000).items()}
    members["age"][:9] = np.arange(200, 209)  # nine of 12,000 are in a class of one
    released = in_blocks(members)
    ages = released["age"]
    codes = np.append(len(ages.low) + np.arange(9), ages.codes[9:])
    opened = Intervals(codes, *(np.append(ends, members["age"][:9]) for ends in (ages.low, ages.high)))
    opened.low[0], opened.high[0] = members["age"][9:40].min(), members["age"][9:40].max()

    finding = attack_singling_out({**released, "age": opened}, members, people(2, 12_000), **GATE)

    assert finding.outcome == "failed"
    assert finding.reached.attempts == 100 and finding.reached.successes >= 9
    nine = single_out({**released, "age": opened}, members, people(2, 12_000), guesses=9, seed=1)
    assert nine.main.successes == 9  # the attacker asks the rarest first


def test_at_most_fifty_sets_of_columns_make_questions():
    wide = {f"c{i}": MEMBERS["zone"] for i in range(12)}

    trial = single_out(published_exactly(wide, {}), wide, wide, columns=6, guesses=200, seed=1)

    assert trial.main.attempts == 200


@pytest.mark.realdata
def test_the_true_rows_of_adult_single_half_of_its_people_out(shared_data):
    table = pv.read_csv(shared_data / "k_anon_adult_arx" / "adult.csv.gz", parse_options=pv.ParseOptions(delimiter=";"))
    domains = domains_of(table, table.column_names)
    adults = read_people(table, table.column_names, domains)
    members, others = some(adults, slice(0, None, 2)), some(adults, slice(1, None, 2))

    trial = single_out(
        published_exactly(members, {n: len(d) for n, d in domains.items()}), members, others, guesses=1_000, seed=1
    )

    assert trial.gain.low > 0.35
    assert trial.control.value > 0.1  # what a check without a control group would count as a leak
