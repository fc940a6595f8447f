from __future__ import annotations

import pytest

from quality.contracts.errors import UsageError


def test_risk_and_loss_of_each_k_are_measured_and_nothing_is_published(geoward, fits, declared, tmp_path):
    path, picture = declared(), tmp_path / "frontier.svg"
    before = {one.name for one in tmp_path.iterdir()}

    done = geoward("release", "tune", path, "--k", "2,5", "--k", "50", "--output", picture, "--json")

    told = done.document
    assert fits(told, "release-tune")
    two, five, fifty = told["points"]
    assert two["risk_highest"] <= 1 / 2
    assert five["risk_highest"] <= 1 / 5
    assert two["information_loss"] <= five["information_loss"]
    assert (fifty["information_loss"], told["proposed"]) == (None, 5)
    assert fifty["why"]
    assert {one.name for one in tmp_path.iterdir()} - before == {"frontier.svg"}
    assert picture.read_text().startswith("<svg")
    assert "k = 5: Reading people.csv" in done.stderr


def test_the_declared_floor_limits_what_is_proposed(geoward, declared):
    path = declared(gates={"max_information_loss": 0.01})

    done = geoward("release", "tune", path, "--k", "5,20", "--json")

    assert (done.exit_code, done.document["proposed"]) == (1, None)
    assert [one["why"] for one in done.document["points"]] == ["information_loss", "information_loss"]


def test_a_k_whose_release_does_not_withstand_the_attacks_is_not_proposed(geoward, declared):
    path = declared(gates={"singling_out": 0.05})

    attacked, looked = (
        geoward("release", "tune", path, "--k", "5", *how, "--json").document for how in ([], ["--no-attacks"])
    )

    assert (attacked["attacked"], attacked["proposed"]) == (True, None)
    assert attacked["points"][0]["why"] == "attack_singling_out"
    assert (looked["attacked"], looked["proposed"]) == (False, 5)


def test_people_are_told_the_rule(geoward, declared):
    shown = geoward("release", "tune", declared(), "--k", "5").stdout

    assert "Proposed: k = 5, the largest k within the declared gates" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--k", "1"], "Every k is 2 or more", id="k-of-one"),
        pytest.param(["--k", "many"], "takes whole numbers", id="no-number"),
        pytest.param(["--output", "frontier.png"], "Name it *.svg", id="no-svg"),
    ],
)
def test_wrong_use_is_told_with_the_mend(geoward, declared, arguments, told):
    done = geoward("release", "tune", declared(), *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)
