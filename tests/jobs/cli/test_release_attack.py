from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pytest

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
    _, found = attacked("safe", "--limit", "0.6")  # five towns are five questions

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
