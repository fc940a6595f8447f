from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality.contracts.errors import UsageError

CSV = "age,zip,ill,who\n30,02139,flu,a\n30,02139,cold,b\n40,10001,flu,c\n40,10001,flu,c\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def verified(geoward, fits):
    def verified(path, *arguments):
        done = geoward("release", "verify", path, "--quasi-ids", "age,zip", *arguments, "--json")
        assert fits(done.document, "release-verify")
        return done.exit_code, done.document

    return verified


def test_k_counts_rows_unless_a_subject_is_named(verified, table):
    assert verified(table)[1]["k"] == 2
    assert verified(table, "--subject", "who")[1]["k"] == 1


def test_the_worst_class_is_told_by_its_published_values(verified, table):
    told = verified(table, "--subject", "who")[1]

    (k,) = [one for one in told["parameters"] if one["name"] == "k"]
    assert k["worst"][0] == {"quasi_ids": {"age": "40", "zip": "10001"}, "subjects": 1, "value": 1.0}


def test_l_and_t_are_of_the_sensitive_columns(verified, table):
    told = verified(table, "--sensitive", "ill")[1]

    assert told["l"] == 1
    assert told["t"] == pytest.approx(0.25)  # the table has 3 flu of 4; one class 1 of 2, the other 2 of 2


def test_subjects_that_share_a_link_are_one(verified, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("age,zip,who,device\n1,1,a,x\n1,1,b,x\n1,1,c,\n")

    assert verified(path, "--subject", "who", "--link", "device")[1]["k"] == 2


def test_a_limit_that_is_not_kept_ends_with_code_1_and_the_mend(verified, table):
    code, told = verified(table, "--k", "3")

    assert code == 1
    assert told["holds"] is False
    assert told["verdicts"][0]["mend"]


def test_a_limit_that_is_kept_ends_well(verified, table):
    code, told = verified(table, "--k", "2", "--sensitive", "ill", "--t", "0.3")

    assert (code, told["holds"]) == (0, True)


def test_without_a_limit_nothing_is_judged(verified, table):
    assert verified(table)[1]["holds"] is None


def test_parquet_is_read_as_csv_is(verified, tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"age": [1, 1], "zip": ["a", "a"]}), path)

    assert verified(path)[1]["k"] == 2


def test_a_null_may_match_anything(verified, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("age,zip\n30,1\n30,\n")

    assert verified(path)[1]["k"] == 1
    assert verified(path, "--nulls", "wildcard")[1]["k"] == 2


def test_a_population_gives_k_map(verified, table, tmp_path):
    crowd = tmp_path / "crowd.csv"
    crowd.write_text("age,zip\n30,02139\n30,02139\n40,10001\n40,10001\n40,10001\n")

    told = verified(table, "--population", crowd)[1]

    assert {one["name"]: one["value"] for one in told["parameters"]}["k_map"] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["absent.csv", "-q", "a"], "There is no file", id="no-file"),
        pytest.param(["table.csv"], "Name them with --quasi-ids", id="no-columns"),
        pytest.param(["table.csv", "-q", "height"], "It has: age, zip, ill, who", id="unknown-column"),
        pytest.param(
            ["table.csv", "-q", "age", "--k", "2", "--l", "2"], "Name them with --sensitive", id="l-of-nothing"
        ),
        pytest.param(["table.csv", "-q", "age", "--hierarchy", "age"], "takes COLUMN=VALUE", id="no-pair"),
    ],
)
def test_wrong_use_is_told_with_the_mend(geoward, table, monkeypatch, arguments, told):
    monkeypatch.chdir(table.parent)

    done = geoward("release", "verify", *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_people_are_shown_a_table(geoward, table):
    shown = geoward("release", "verify", table, "-q", "age,zip", "-s", "ill").stdout

    assert "4 rows, 4 subjects (each row is one" in shown
    assert "l_entropy" in shown


def test_warnings_are_told_and_fail_nothing(geoward, fits, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('who,town,note\nAnn,Ayr,=1+1\n"ann ",Ayr,x\n')

    done = geoward("release", "verify", path, "-q", "town", "--subject", "who", "--json")
    shown = geoward("release", "verify", path, "-q", "town", "--subject", "who", "--k", "2")

    assert fits(done.document, "release-verify")
    assert (done.exit_code, done.document["holds"]) == (0, None)
    told = {one["check"]: (one["severity"], one["measured"]) for one in done.document["verdicts"]}
    assert told["spreadsheet_formulas"] == ("warn", {"cells": 1, "columns": "note"})
    assert told["subjects_alike"] == ("warn", {"subjects": 2})
    assert (shown.exit_code, shown.stdout.count("WARNING: ")) == (0, 2)


@pytest.mark.parametrize(
    ("order", "shown"),
    [pytest.param((), False, id="none"), pytest.param(("--order", "ill=cold,flu"), True, id="stated")],
)
def test_a_distance_in_an_order_is_told_only_where_there_is_one(geoward, fits, tmp_path, order, shown):
    path = tmp_path / "t.csv"
    path.write_text("age,ill,pay\n1,flu,10\n1,cold,20\n2,flu,30\n2,flu,40\n")
    asked = ("release", "verify", path, "-q", "age", "-s", "ill,pay", *order)

    document = geoward(*asked, "--json").document
    table = geoward(*asked).stdout

    assert fits(document, "release-verify")
    told = {one["column"]: one for one in document["parameters"] if one["name"] == "t_ordered"}
    assert (told["ill"]["value"] is not None, bool(told["ill"]["worst"])) == (shown, shown)
    assert told["pay"]["value"] is not None
    assert table.count("t_ordered") == 1 + shown


@pytest.mark.parametrize(
    ("asked", "judgment"),
    [
        pytest.param((), "Each row could be any of at least 2 rows (k = 2); say --k to require more.", id="rows"),
        pytest.param(("--subject", "who"), "Not anonymous: 1 person is alone in their class (k = 1).", id="alone"),
        pytest.param(("--k", "3"), "Not as anonymous as you require: k_anonymity not kept (k = 2).", id="not-kept"),
        pytest.param(("--k", "2"), "Each row could be any of at least 2 rows (k = 2), as you require.", id="kept"),
        pytest.param(
            ("-s", "ill"),
            "Each row could be any of at least 2 rows (k = 2), but some classes tell the ill of all in them (l = 1)"
            "; say --k to require more.",
            id="secret-shared",
        ),
    ],
)  # fmt: skip
def test_the_last_line_judges_in_plain_words(geoward, verified, table, asked, judgment):
    shown = geoward("release", "verify", table, "-q", "age,zip", *asked).stdout

    assert " ".join(shown.split()).endswith(judgment)
    assert verified(table, *asked)[1]["judgment"] == judgment


def test_a_null_that_may_be_anything_is_not_alone(verified, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("age,zip\n30,1\n30,\n40,1\n")

    assert verified(path, "--nulls", "wildcard")[1]["judgment"].startswith("Not anonymous: 1 row is alone")


def test_every_parameter_is_explained_with_its_paper(verified, table, tmp_path):
    """The guide's glossary; ``t_hierarchical`` needs a hierarchy, and is named there as well."""
    crowd, ages = tmp_path / "crowd.csv", tmp_path / "ill.csv"
    crowd.write_text("age,zip\n30,02139\n30,02139\n40,10001\n40,10001\n")
    ages.write_text("flu;*\ncold;*\n")
    told = verified(table, "-s", "ill", "--population", crowd, "--hierarchy", f"ill={ages}")[1]
    guide = (Path(__file__).parents[3] / "docs" / "tables.md").read_text()

    names = {one["name"] for one in told["parameters"]}
    rows = [line for line in guide.splitlines() if line.startswith("| `")]
    assert {"t_hierarchical", "delta_disclosure", "presence_repeated"} <= names
    assert [name for name in names if not any(f"`{name}`" in row and row.count("|") == 5 for row in rows)] == []
