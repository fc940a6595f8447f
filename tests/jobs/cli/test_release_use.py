"""How the commands of releases answer what makes no sense, and with which code they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quality.contracts.errors import GeowardError


def ends(done) -> int:
    """Return the code that a command ends with, whether it says so itself or by an error."""
    return done.exception.exit_code if isinstance(done.exception, GeowardError) else done.exit_code


@pytest.fixture
def csv(tmp_path):
    def csv(text, name="table.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return csv


def test_rows_of_nobody_count_for_nobody_and_are_told(geoward, csv):
    path = csv("zip,who\n1,\n1,\n1,x\n1,y\n")

    done = geoward("release", "verify", path, "-q", "zip", "--subject", "who", "--json")

    assert (done.document["k"], done.document["subjects"], done.document["no_subject"]) == (2, 2, 2)
    assert (
        "2 rows have no who, and count for nobody"
        in geoward("release", "verify", path, "-q", "zip", "--subject", "who").output
    )


def test_a_table_of_nobody_is_no_table(geoward, csv):
    done = geoward("release", "verify", csv("zip,who\n1,\n2,\n"), "-q", "zip", "--subject", "who")

    assert ends(done) == 2
    assert "no row with a who" in str(done.exception)


def test_people_who_are_alone_are_counted_once_each(geoward, csv):
    path = csv("zip,who\n1,a\n2,a\n3,b\n4,c\n4,d\n")  # a is alone twice, b once; c and d are not

    risk = geoward("release", "verify", path, "-q", "zip", "--subject", "who", "--json").document["risk"]

    assert risk["sample_uniques"] == 0.5


def test_the_mend_of_every_failure_is_told(geoward, declared, tmp_path):
    gates = {"max_information_loss": 0.01, "inference": 0.001}

    done = geoward("release", "build", declared(gates=gates), "-o", tmp_path / "out.csv")

    assert "information_loss: " in done.exception.mend
    assert "attack_inference: " in done.exception.mend
    assert "(`l_diversity`)" in done.exception.mend


def test_people_are_not_asked_for_where_only_values_would_help(geoward, declared, tmp_path):
    diverse = [{"model": "k_anonymity", "k": 2}, {"model": "l_diversity", "column": "ill", "l": 5}]

    done = geoward("release", "build", declared(models=diverse), "-o", tmp_path / "out.csv")

    assert "Add subjects" not in str(done.exception)
    assert "smaller l" in str(done.exception)


def test_a_machine_without_a_ledger_is_told_to_make_one_and_one_that_lost_it_is_not(geoward, home):
    done = geoward("budget", "list")
    assert "geoward budget make" in done.exception.mend
    assert "backup" not in done.exception.mend

    geoward("budget", "make")
    (home.path / "budget" / "ledger.sqlite").unlink()

    assert "Restore it from your backup" in geoward("budget", "list").exception.mend


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param(("--tiling", "t.json"), "--tiling", id="tiles-of-a-table"),
        pytest.param(("--consumer", "city"), "--consumer", id="consumer-of-a-table"),
        pytest.param(("--from", "2026-01-01"), "--from", id="days-of-a-table"),
    ],
)
def test_an_option_that_a_kind_does_not_have_is_refused(geoward, declared, tmp_path, options, named):
    done = geoward("release", "build", declared(), "-o", tmp_path / "out.csv", *options)

    assert ends(done) == 2
    assert named in str(done.exception)
    assert not (tmp_path / "out.csv").exists()


def test_places_have_tiles_and_no_consumer(geoward, tmp_path):
    done = geoward("release", "build", "sample_places", "-o", tmp_path / "out.csv", "--consumer", "city")

    assert (ends(done), "--consumer" in str(done.exception)) == (2, True)


HIERARCHY = {"kind": "hierarchical", "hierarchy": {"build": "order", "values": ["Ayr", "Bute"]}}
FULL = {"method": "full_domain", "quasi_ids": {"town": HIERARCHY}}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({}, 0, id="published"),
        pytest.param({"gates": {"max_information_loss": 0.01}}, 1, id="a-gate-does-not-hold"),
        pytest.param({"models": [{"model": "k_anonymity", "k": 50}]}, 1, id="too-few-people"),
        pytest.param({"models": [{"model": "l_diversity", "column": "ill", "l": 9}]}, 1, id="too-few-values"),
        pytest.param({**FULL, "models": [{"model": "k_anonymity", "k": 50}]}, 1, id="no-node-holds"),
        pytest.param({"keep": ["height"]}, 2, id="a-column-that-is-not-there"),
        pytest.param({"quasi_ids": {"town": {"kind": "numeric"}}}, 2, id="text-declared-numeric"),
        pytest.param({"zzz": 1}, 2, id="a-key-that-is-none"),
    ],
)
def test_one_rule_for_the_code_that_a_build_ends_with(geoward, declared, tmp_path, changed, code):
    done = geoward("release", "build", declared(**changed), "-o", tmp_path / "out.csv")

    assert ends(done) == code
    assert (tmp_path / "out.csv").exists() == (code == 0)


def test_the_rule_is_written_down(geoward):
    from tests.test_docs import ROOT

    text = (ROOT / "docs" / "release-failures.md").read_text(encoding="utf-8")

    assert "| code | what it says |" in text


@pytest.fixture(scope="module")
def tiling(tmp_path_factory):
    """The text of a small tiling of the sample's release."""
    import numpy as np

    from quality.releases.load_release import load_release
    from transforms.location.adaptive_tiling import tile_by_subjects
    from transforms.location.h3_cells import cells_at

    rules = load_release("sample_places").tiles
    cells = cells_at(np.full(20, 52.09), np.full(20, 5.12), rules.finest)
    return tile_by_subjects(cells, np.arange(20, dtype=np.int32), rules, made_from="rows until 2026-06-02").to_json()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param(lambda text: text[:-9], "is no tiling", id="cut"),
        pytest.param(lambda text: "{}", "is no tiling", id="empty"),
        pytest.param(lambda text: "age,zip\n1,2\n", "is no tiling", id="a-table"),
        pytest.param(lambda text: "[1]", "is no tiling", id="a-list"),
        pytest.param(lambda text: json.dumps({**json.loads(text), "cells": ["zz"]}), "was changed", id="a-cell"),
        pytest.param(lambda text: json.dumps({**json.loads(text), "made_from": "x"}), "was changed", id="its-origin"),
        pytest.param(lambda text: text.replace("digest", "tsegid"), "is no tiling", id="without-its-digest"),
    ],
)
def test_a_tiling_that_was_damaged_or_edited_is_refused(geoward, tmp_path, tiling, changed, told):
    (tmp_path / "tiles.json").write_text(changed(tiling))
    pings = Path(__file__).parents[3] / "data" / "sample" / "eu" / "pings.csv.gz"

    done = geoward(
        "release", "build", "sample_places", "-i", pings, "--tiling", tmp_path / "tiles.json", "-o", tmp_path / "o.csv"
    )

    assert ends(done) == 2
    assert told in str(done.exception)
    assert "tiles.json" in str(done.exception)


def test_budgets_tell_what_is_spent_and_left_in_their_fullest_period(geoward, home):
    from datetime import date
    from decimal import Decimal

    from jobs.budget.grant import Spend
    from jobs.budget.open_ledger import open_ledger
    from quality.releases.privacy_loss import ZeroConcentrated

    geoward("budget", "make")
    for who in ((), ("--consumer", "city")):
        geoward("budget", "grant", "pings", "--unit", "user_day", "--rho", "0.5", "--per", "day", *who)
    for number, day in enumerate((1, 1, 2)):
        spend = {
            "dataset": "pings", "unit": "user_day", "consumer": "city", "release": f"r{number}", "partition": f"d{day}",
            "input_version": "v", "declaration": "d", "first": date(2026, 5, day), "last": date(2026, 5, day),
        }  # fmt: skip
        open_ledger(home).once(Spend(**spend), ZeroConcentrated(rho=Decimal("0.1")), lambda: b"made")

    told = geoward("budget", "list", "--json").document["budgets"]

    assert [(one["consumer"], one["spent"][0], one["left"][0]) for one in told] == [("", 0.2, 0.3), ("city", 0.2, 0.3)]
    assert "left there" in geoward("budget", "list").stdout


@pytest.mark.parametrize(("dataset", "rho"), [("", "0.1"), ("pings", "999999")], ids=["of-nothing", "of-everything"])
def test_a_budget_of_nothing_or_of_everything_is_none(geoward, dataset, rho):
    geoward("budget", "make")

    assert ends(geoward("budget", "grant", dataset, "--unit", "user_day", "--rho", rho)) == 2


PEOPLE = "age,zip,ill\n30,1,flu\n30,1,cold\n40,2,flu\n40,2,flu\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(("-q", "age", "-s", "age"), "age is a quasi-identifier and sensitive", id="two-roles"),
        pytest.param(
            ("-q", "age", "--subject", "age"), "age is the subject and a quasi-identifier", id="subject-shown"
        ),
        pytest.param(
            ("-q", "age", "-s", "ill", "--order", "ill=flu"), "1 value of ill is not in its --order", id="order"
        ),
        pytest.param(("-q", "age", "--order", "age"), "age=a,b,c", id="the-form-of-an-order"),
        pytest.param(("-q", "age", "--order", "zip=1,2"), "zip is neither", id="an-order-of-no-column"),
        pytest.param(("-q", "age", "--hierarchy", "zip=h.csv"), "zip is neither", id="a-hierarchy-of-no-column"),
        pytest.param(("-q", "age", "--hierarchy", "age=h.csv"), "needs --population", id="a-hierarchy-for-nothing"),
    ],
)
def test_what_verify_is_asked_that_makes_no_sense_is_refused(geoward, csv, monkeypatch, tmp_path, options, told):
    monkeypatch.chdir(tmp_path)
    csv("1;*\n2;*\n", "h.csv")

    done = geoward("release", "verify", csv(PEOPLE), *options)

    assert ends(done) == 2
    assert told in str(done.exception)


@pytest.mark.parametrize(
    "option", [("--k", "-1"), ("--l", "-1"), ("--t", "2"), ("--fraction", "3"), ("--fraction", "-1")], ids=" ".join
)
def test_a_limit_that_is_none_is_refused(geoward, csv, option):
    assert geoward("release", "verify", csv(PEOPLE), "-q", "age", *option).exit_code == 2


def test_a_population_that_lacks_the_people_of_the_table_is_told(geoward, csv):
    everybody = csv("age\n30\n30\n", "everybody.csv")

    done = geoward("release", "verify", csv(PEOPLE), "-q", "age", "--population", everybody)

    assert "1 of 2 classes match nobody of the population" in done.stdout


def test_the_worst_classes_that_were_asked_for_are_shown(geoward, csv):
    path = csv("age\n1\n2\n3\n4\n")

    assert geoward("release", "verify", path, "-q", "age").stdout.count("age=") == 1
    assert geoward("release", "verify", path, "-q", "age", "--worst", "4").stdout.count("age=") == 4


def test_a_column_with_a_comma_can_be_named(geoward, csv):
    path = csv('"city, state",n\nA,1\nA,2\n')

    assert geoward("release", "verify", path, "-q", r"city\, state", "--json").document["k"] == 2


@pytest.mark.parametrize("command", [("verify", "-q", "a"), ("suggest",)], ids=["verify", "suggest"])
def test_what_is_wrong_with_a_file_is_told_and_not_to_write_csv_as_csv(geoward, csv, tmp_path, command):
    (tmp_path / "folder").mkdir()
    csv("a\n1\n", "folder/one.csv")
    name, *options = command

    folder = geoward("release", name, tmp_path / "folder", *options)
    ragged = geoward("release", name, csv("a,b\n1,2\n1,2,3\n"), *options)

    assert "no Parquet file" in str(folder.exception)
    assert "has 3 fields, the header has 2" in str(ragged.exception)
    assert "Write it as CSV" not in str(ragged.exception)


def test_a_difference_of_many_is_no_few_people_unless_k_is_said_so(geoward, csv):
    old = csv("age\n" + "1\n" * 40, "old.csv")
    new = csv("age\n" + "1\n" * 60, "new.csv")

    assert geoward("release", "compare", old, new, "-q", "age", "--json").document["differencing"]["k"] == 10
    assert ends(geoward("release", "compare", old, new, "-q", "age")) == 0
    assert ends(geoward("release", "compare", old, new, "-q", "age", "--k", "30")) == 1


def test_a_file_that_is_there_is_replaced_and_that_is_told(geoward, declared, tmp_path):
    geoward("release", "build", declared(), "-o", tmp_path / "out.csv")

    done = geoward("release", "build", declared(), "-o", tmp_path / "out.csv")

    assert "replaces" in done.stderr
