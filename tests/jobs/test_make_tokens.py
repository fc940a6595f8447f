"""Reversible tokens in a file: they join, they come from one subject each, and a destroyed subject gets none."""

from __future__ import annotations

import json

import pytest

from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.region_keys import region_keys
from jobs.reveal.open_token import look_up
from jobs.reveal.request import Asked
from quality.contracts.errors import PolicyBreach, UsageError
from tests.jobs.cli.conftest import *  # noqa: F403

NOT_UTF8 = '{"who": "\\ud800"}'


@pytest.fixture
def run(geoward, tmp_path):
    """Make tokens of rows of JSON lines; return the result and what became of ``who``."""

    def run(rows, *arguments, kind="actor", purpose="risk", region="eu"):
        path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        path.write_text("".join((row if isinstance(row, str) else json.dumps({"who": row[0]})) + "\n" for row in rows))
        done = geoward("pseudonymize", path, "--column", "who", "--kind", kind, "--purpose", purpose,
                       "--region", region, "--output", out, "--reversible", *arguments)  # fmt: skip
        return done, [json.loads(line)["who"] for line in out.read_text().splitlines()] if out.exists() else None

    return run


def revealed(token, kind="actor", region="eu"):
    return look_up(open_home(), Asked(token, kind, region, "", ""))()


def test_tokens_join_and_can_be_turned_back_and_nobody_stays_nobody(run):
    done, (ada, bob, again, null, empty) = run([["ada"], ["bob"], ["ada"], [None], [""]])

    assert done.exit_code == 0, done.output
    assert ada == again != bob and (null, empty) == (None, "")
    assert (revealed(ada), revealed(bob)) == ("ada", "bob")
    assert run([["ada"]])[1] == [ada], "a later file joins"
    assert "5 rows in = 5 out + 0 rejected; 2 rows of nobody." in done.stderr


def test_kinds_and_regions_do_not_join(run):
    found = {run([["ada"]], **domain)[1][0] for domain in ({}, {"kind": "device"}, {"region": "us"})}

    assert len(found) == 3


def test_rows_of_a_destroyed_subject_lose_their_identifier_and_are_counted(run):
    run([["ada"], ["bob"]])
    region_keys(open_home(), open_home().region("eu")).vault.destroy("actor", ["ada"])
    done, rows = run([["ada"], ["bob"], [None], "no json", NOT_UTF8], "--json")

    assert rows[0] is None and revealed(rows[1]) == "bob"
    said = json.loads(done.stdout)
    assert (said["destroyed"], said["rows_out"], said["rejected"]) == (1, 3, {"not_json": 1, "not_utf8": 1})
    assert "1 row of destroyed subjects" in " ".join(done.stderr.split())


def test_json_names_the_key_and_that_it_can_be_turned_back(run, fits):
    said = json.loads(run([["ada"]], "--json")[0].stdout)

    assert said["reversible"] and said["key"].startswith("key-") and fits(said, "pseudonymize")


@pytest.mark.parametrize(
    ("purpose", "epoch", "error"),
    [
        pytest.param("analytics", (), PolicyBreach, id="a-purpose-whose-pseudonyms-rotate"),
        pytest.param("analytics", ("--epoch", "2026-11"), PolicyBreach, id="also-for-one-month"),
        pytest.param("risk", ("--epoch", "2026-11"), UsageError, id="an-epoch-where-there-is-none"),
        pytest.param("marketing", (), UsageError, id="unknown-purpose"),
    ],
)
def test_no_token_is_made_where_pseudonyms_rotate(run, home, purpose, epoch, error):
    done, rows = run([["ada"]], *epoch, purpose=purpose)

    assert isinstance(done.exception, error) and rows is None and keyset_of(home).is_new


def test_an_unknown_kind_is_refused_before_any_key_is_made(run, home):
    done, rows = run([["ada"]], kind="nickname")

    assert isinstance(done.exception, UsageError) and rows is None and keyset_of(home).is_new


def test_a_dry_run_makes_neither_token_nor_key_nor_subject(run, home):
    done, rows = run([["ada"]], "--dry-run")

    assert done.exit_code == 0 and rows is None and "1 row in = 1 out" in done.stderr
    assert not (home.path / "keys").exists() and not list(home.path.rglob("*.sqlite*"))
