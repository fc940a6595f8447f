"""How the commands of releases answer what makes no sense, and with which code they end."""

from __future__ import annotations

import pytest
import yaml

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
    gates = {"max_information_loss": 0.01, "singling_out": 0.05}

    done = geoward("release", "build", declared(gates=gates), "-o", tmp_path / "out.csv")

    assert "information_loss: " in done.exception.mend
    assert "attack_singling_out: " in done.exception.mend
    assert "accept_too_small" in done.exception.mend
    assert "number of attempts" not in done.exception.mend


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
    (home / "budget" / "ledger.sqlite").unlink()

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

    text = (ROOT / "docs" / "anonymity.md").read_text(encoding="utf-8")

    assert "| code | what it says |" in text
