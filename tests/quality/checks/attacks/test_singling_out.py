import numpy as np
import pyarrow.csv as pv
import pytest

from quality.checks.attacks.read_released import domains_of, read_people
from quality.checks.attacks.released_columns import Intervals, Sets, published_exactly, some
from quality.checks.attacks.singling_out import attack_singling_out, attack_singling_out_in, single_out
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


def by_decade(alone=0):
    """The members by decade, which is ten questions; ``alone`` of them are the only ones of their age, by the table."""
    members = {"age": MEMBERS["age"].copy(), "zone": MEMBERS["zone"]}
    members["age"][:alone] = np.arange(200, 200 + alone)
    codes = (members["age"] // 10).astype(int)
    codes[:alone] = 10 + np.arange(alone)
    lows = np.concatenate([np.arange(0.0, 100, 10), np.arange(200.0, 200 + alone)])
    highs = np.concatenate([np.arange(9.0, 100, 10), np.arange(200.0, 200 + alone)])
    anywhere = Intervals(np.zeros(len(codes), dtype=np.int64), np.array([-np.inf]), np.array([np.inf]))
    return {"age": Intervals(codes, lows, highs), "zone": anywhere}, members


def test_all_questions_of_few_classes_that_fit_several_each_are_counted_and_no_sample():
    released, members = by_decade()

    finding = attack_singling_out(released, members, OTHERS, **GATE)

    assert finding.outcome == "passed"
    assert (finding.reached.attempts, finding.reached.successes, finding.reached.high) == (10, 0, 0)
    assert finding.raw.low > 0.9


@pytest.mark.parametrize(("alone", "outcome"), [(0, "passed"), (1, "failed"), (3, "failed")])
def test_one_person_alone_in_one_of_few_classes_fails_it(alone, outcome):
    released, members = by_decade(alone)

    finding = attack_singling_out(released, members, OTHERS, **GATE)

    assert (finding.outcome, finding.reached.successes) == (outcome, alone)


def test_one_person_alone_in_one_of_thirty_classes_leaves_it_open():
    released, members = by_decade(1)
    halves = (MEMBERS["zone"] // 340).astype(int)  # three zones
    released["zone"] = Intervals(halves, np.array([0.0, 340, 680]), np.array([339.0, 679, 1_000]))

    finding = attack_singling_out(released, members, OTHERS, **GATE)

    assert finding.reached.attempts == 31
    assert finding.outcome == "too_small"


def test_questions_that_fit_nobody_are_no_proof_that_nobody_is_alone():
    released, members = by_decade()
    ages = released["age"]
    untrue = Intervals(ages.codes, ages.low + 0.5, ages.low + 0.5)  # a number that nobody has

    assert attack_singling_out({**released, "age": untrue}, members, OTHERS, **GATE).outcome == "too_small"


def test_people_who_are_alone_in_the_release_hide_in_the_population():
    single = {name: values[::40] for name, values in MEMBERS.items()}  # 30 people, each alone in a decade and job
    decades = np.arange(0.0, 100, 10)
    released = {
        "age": Intervals((single["age"] // 10).astype(int), decades, decades + 9),
        "job": Sets(single["job"].astype(np.int64), np.eye(6, dtype=bool)),
    }
    mine, theirs = ({name: group[name] for name in ("age", "job", "zone")} for group in (single, OTHERS))
    released["zone"] = Intervals(np.zeros(30, dtype=np.int64), np.array([-np.inf]), np.array([np.inf]))
    everybody = {name: np.concatenate([mine[name], theirs[name]]) for name in mine}

    inside = attack_singling_out(released, mine, some(theirs, slice(30)), **GATE)
    among = attack_singling_out_in(released, mine, everybody, **GATE)

    assert inside.outcome == "failed"
    assert (among.outcome, among.reached.successes, among.reached.high) == ("passed", 0, 0)
    assert among.raw.successes == 30


@pytest.mark.parametrize(
    ("released", "population", "guesses", "outcome"),
    [
        pytest.param(published_exactly(MEMBERS, CATEGORIES), MEMBERS, 500, "failed", id="true-rows"),
        pytest.param(in_blocks(MEMBERS), MEMBERS, 500, "passed", id="blocks"),
        pytest.param(in_blocks(MEMBERS), MEMBERS, 20, "too_small", id="few-questions-of-many"),
        pytest.param(in_blocks(MEMBERS), alike(), 500, "blind", id="everybody-alike"),
        pytest.param(
            published_exactly(some(MEMBERS, slice(0)), CATEGORIES), MEMBERS, 500, "too_small", id="empty-release"
        ),
    ],
)
def test_what_is_found_in_a_population(released, population, guesses, outcome):
    assert attack_singling_out_in(released, MEMBERS, population, guesses=guesses, **GATE).outcome == outcome


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
