from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pytest

from quality.checks.attacks.read_released import UnreadableRelease
from quality.contracts.errors import UsageError

PEOPLE = 400


@pytest.fixture
def files(tmp_path):
    """A table of people, of others, and the first one published: as it is, and with nothing left of ages."""
    rng = np.random.default_rng(2)
    whole = pa.table(
        {
            "age": rng.permutation(2 * PEOPLE) / 10,
            "pay": rng.permutation(2 * PEOPLE),
            "town": [f"t{at}" for at in rng.integers(0, 5, 2 * PEOPLE)],
            "ill": [f"i{at}" for at in rng.integers(0, 30, 2 * PEOPLE)],
        }
    )
    ours = whole.slice(0, PEOPLE)
    hidden = ours.set_column(0, "age", pa.array(["*"] * PEOPLE)).set_column(1, "pay", pa.array(["*"] * PEOPLE))
    for name, table in {"ours": ours, "others": whole.slice(PEOPLE), "raw": ours, "safe": hidden}.items():
        pv.write_csv(table, tmp_path / f"{name}.csv")
    return tmp_path


@pytest.fixture
def attacked(geoward, fits, files):
    def attacked(name, *arguments):
        done = geoward(
            "release", "attack", files / f"{name}.csv", "--original", files / "ours.csv", "--control",
            files / "others.csv", "-q", "age,pay,town", *arguments, "--json",
        )  # fmt: skip
        assert fits(done.document, "release-attack")
        return done.exit_code, {one["check"]: one["measured"] for one in done.document["attacks"]}

    return attacked


def test_raw_rows_that_were_published_single_people_out_link_them_and_tell_their_secrets(attacked):
    code, found = attacked("raw", "-s", "ill")

    assert code == 1
    assert {name: one["outcome"] for name, one in found.items()} == dict.fromkeys(
        ("attack_singling_out", "attack_linkability", "attack_inference"), "failed"
    )
    assert found["attack_inference"]["column"] == "ill"


def test_a_table_that_tells_nothing_of_anybody_gains_nothing(attacked):
    _, found = attacked("safe")  # five towns are five questions, and all that there are

    assert found["attack_singling_out"]["outcome"] == "passed"
    assert found["attack_singling_out"]["successes"] == 0


def test_a_file_cannot_be_attacked_without_what_it_was_made_of(geoward, files):
    done = geoward("release", "attack", files / "raw.csv", "-q", "age")

    assert isinstance(done.exception, UsageError)
    assert "--original" in str(done.exception)


def test_people_are_shown_the_interval_and_the_mend(geoward, files):
    shown = geoward(
        "release", "attack", files / "raw.csv", "--original", files / "ours.csv", "--control", files / "others.csv",
        "-q", "age,pay",
    ).stdout  # fmt: skip

    assert "failed" in shown
    assert " to " in shown


def write(folder, name, rows, head):
    (folder / f"{name}.csv").write_text("\n".join([head, *(";".join(row) for row in rows)]) + "\n")
    return folder / f"{name}.csv"


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def week(tmp_path):
    """Days of 140 people and of 140 others, published as mon to wed and thu to sun."""
    rows = [(WEEK[at % 7], str(at)) for at in range(280)]
    halves = [("[mon, wed]" if at % 7 < 3 else "[thu, sun]", "*") for at in range(140)]
    for name, told in {"ours": rows[:140], "others": rows[140:], "told": halves}.items():
        write(tmp_path, name, told, "day;pay")
    return tmp_path


def of_week(geoward, week, *arguments):
    return geoward(
        "release", "attack", week / "told.csv", "--original", week / "ours.csv", "--control", week / "others.csv",
        "-q", "day,pay", *arguments, "--json",
    )  # fmt: skip


def single(done):
    return next(one["measured"] for one in done.document["attacks"] if one["check"] == "attack_singling_out")


def test_a_range_of_texts_is_one_in_the_order_that_is_said(geoward, week):
    said = single(of_week(geoward, week, "--order", f"day={','.join(WEEK)}"))
    unsaid = of_week(geoward, week)  # by the alphabet nothing lies between thu and sun

    assert (said["outcome"], said["attempts"], said["high"]) == ("passed", 2, 0)
    assert isinstance(unsaid.exception, UnreadableRelease)
    assert "order of its values" in str(unsaid.exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("--order", "day=mon,tue"), "5 values of day are not in its --order", id="an-order-that-lacks-days"
        ),
        pytest.param(("--order", "town=a,b"), "town is neither", id="an-order-of-nothing"),
        pytest.param(("-s", "pay"), "pay is a quasi-identifier and sensitive", id="two-roles"),
        pytest.param(("--delimiter", "x"), "No delimiter but", id="no-delimiter"),
    ],
)
def test_options_that_do_not_fit_are_refused(geoward, week, arguments, told):
    done = of_week(geoward, week, *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_a_person_of_several_rows_is_attacked_once(geoward, tmp_path):
    twice = [(f"p{at // 2}", str(at // 2)) for at in range(80)]
    other = [(who, str(1000 + int(pay))) for who, pay in twice]
    ours, others = write(tmp_path, "ours", twice, "who;pay"), write(tmp_path, "others", other, "who;pay")
    asked = ("release", "attack", ours, "--original", ours, "--control", others, "-q", "pay", "--json")

    each, once = single(geoward(*asked)), single(geoward(*asked, "--subject", "who"))

    assert (each["raw_estimate"], once["raw_attempts"]) == (0, 40)


def test_who_is_alone_in_a_file_may_hide_in_its_population(geoward, week):
    write(week, "told", [(f"[{at}, {at + 1}]", "") for at in range(0, 20, 2)], "pay;note")
    ours, others, everybody = (
        write(week, name, [(str(at), "") for at in pays], "pay;note")
        for name, pays in (("ours", range(0, 20, 2)), ("others", range(100, 120)), ("everybody", range(20)))
    )
    asked = ("release", "attack", week / "told.csv", "--original", ours, "--control", others, "-q", "pay", "--json")

    inside, among = single(geoward(*asked)), single(geoward(*asked, "--population", everybody))

    assert (inside["outcome"], among["outcome"]) == ("failed", "passed")


@pytest.mark.parametrize(
    ("control", "told"),
    [
        pytest.param("ours", "The control ours.csv is the original", id="the-same-file"),
        pytest.param("raw", "400 of 400 rows that are alone of their kind", id="the-same-rows"),
    ],
)
def test_a_control_of_the_same_people_is_refused(geoward, files, control, told):
    done = geoward(
        "release", "attack", files / "safe.csv", "--original", files / "ours.csv", "--control",
        files / f"{control}.csv", "-q", "age,pay,town",
    )  # fmt: skip

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_people_who_are_alike_are_no_same_people(geoward, week):
    others = write(week, "alike", [(WEEK[at % 7], str(at % 7)) for at in range(140)], "day;pay")
    ours = write(week, "ours", [(WEEK[at % 7], str(at % 7)) for at in range(140)], "day;pay")

    done = geoward("release", "attack", ours, "--original", ours, "--control", others, "-q", "day,pay", "--json")

    assert done.document is not None


def test_the_mend_for_a_file_names_options_of_the_command_and_is_shown_once(geoward, week):
    shown = geoward(
        "release", "attack", week / "told.csv", "--original", week / "ours.csv", "--control", week / "others.csv",
        "-q", "day", "-s", "pay", "--order", f"day={','.join(WEEK)}",
    ).stdout  # fmt: skip
    shown = " ".join(shown.split())

    assert "gates" not in shown
    assert shown.count("--limit that raw rows break") == 1
    assert "linking cannot be tried: name more of them" in shown
