from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.audit_log import read_audit
from jobs.home import open_home
from jobs.region_keys import region_keys
from quality.contracts.errors import PolicyBreach, UsageError
from transforms.privacy.identifiers import Domain
from transforms.privacy.pseudonymize_columns import subject_pseudonyms


@pytest.fixture
def run(geoward, tmp_path):
    """Pseudonymize rows of JSON lines; return the result and the rows of the output."""

    def run(rows, *arguments, column="who", kind="actor", purpose="risk"):
        path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        done = geoward("pseudonymize", path, "--column", column, "--kind", kind, "--purpose", purpose,
                       "--region", "eu", "--output", out, *arguments)  # fmt: skip
        return done, [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else None

    return run


def nightly(value, kind="actor", purpose="risk", epoch="none", period="", region="eu"):
    """Return what the nightly run makes of an identifier."""
    home = open_home()
    keys, domain = region_keys(home, home.region(region)), Domain(region, purpose, epoch)
    key = keys.pseudonym.open()
    (made,) = subject_pseudonyms(key, pa.array([value]), keys.subjects, domain=domain, kind=kind, epoch=period)
    return made.as_py()


def test_identifiers_become_the_pseudonyms_of_the_nightly_run_and_the_rest_stays(run):
    done, rows = run([{"id": 1, "who": "ada"}, {"id": 2, "who": "bob"}, {"id": 3, "who": "ada"}])

    assert done.exit_code == 0, done.output
    ada, bob = nightly("ada"), nightly("bob")
    assert rows == [{"id": 1, "who": ada}, {"id": 2, "who": bob}, {"id": 3, "who": ada}]
    assert "3 rows in = 3 out + 0 rejected" in done.stderr


def test_a_number_is_the_identifier_that_its_digits_are(run):
    _, rows = run([{"who": 7}, {"who": "7"}])

    assert rows == [{"who": nightly("7")}] * 2


@pytest.mark.parametrize("nobody", [None, ""])
def test_what_names_nobody_stays_so_and_is_counted(run, nobody):
    done, rows = run([{"who": nobody}, {"who": "ada"}])

    assert rows == [{"who": nobody}, {"who": nightly("ada")}]
    assert "1 row of nobody" in done.stderr


@pytest.mark.parametrize(
    "bad", ["not json", {"other": "ada"}, {"who": ["ada"]}, {"who": 1.5}, {"who": True}], ids=lambda bad: str(bad)[:12]
)
def test_a_row_that_cannot_be_read_is_counted_and_left_out(run, bad):
    done, rows = run([{"who": "bob"}, bad])

    assert rows == [{"who": nightly("bob")}]
    assert "2 rows in = 1 out + 1 rejected" in done.stderr
    assert "ada" not in done.output


@pytest.mark.parametrize(
    "other", [{"kind": "device"}, {"purpose": "analytics", "epoch": "month", "period": "2026-11"}, {"region": "us"}]
)
def test_in_another_domain_it_is_another(run, other):
    _, rows = run([{"who": "ada"}])

    assert rows != [{"who": nightly("ada", **other)}]


def test_where_pseudonyms_rotate_each_month_has_its_own(run):
    found = [run([{"who": "ada"}], "--epoch", month, purpose="analytics")[1] for month in ("2026-10", "2026-11")]

    assert found[1] == [{"who": nightly("ada", purpose="analytics", epoch="month", period="2026-11")}]
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("purpose", "epoch", "error"),
    [
        pytest.param("analytics", "", UsageError, id="no-month-named"),
        pytest.param("analytics", "2026-13", UsageError, id="no-month"),
        pytest.param("analytics", "none", PolicyBreach, id="forever-where-they-rotate"),
        pytest.param("risk", "2026-11", UsageError, id="a-month-where-they-do-not"),
        pytest.param("marketing", "2026-11", UsageError, id="unknown-purpose"),
        pytest.param("", "", UsageError, id="no-purpose"),
    ],
)
def test_no_pseudonym_is_made_in_a_domain_that_policy_does_not_know(run, purpose, epoch, error):
    done, rows = run([{"who": "ada"}], "--epoch", epoch, purpose=purpose)

    assert isinstance(done.exception, error)
    assert rows is None


def test_an_unknown_kind_is_refused_with_those_that_are_known(run):
    done, rows = run([{"who": "ada"}], kind="nickname")

    assert isinstance(done.exception, UsageError) and "actor" in done.exception.mend
    assert rows is None


def test_csv_keeps_its_header(geoward, tmp_path):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("id,who\n1,ada\n2,\n")

    done = geoward("pseudonymize", path, "--column", "who", "--kind", "actor", "--purpose", "risk", "--region", "eu",
                   "--output", out)  # fmt: skip

    assert done.exit_code == 0, done.output
    assert list(csv.reader(out.open())) == [["id", "who"], ["1", nightly("ada")], ["2", ""]]
    assert "2 rows in = 2 out" in done.stderr


def test_a_parquet_column_of_numbers_becomes_one_of_texts(geoward, tmp_path):
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"who": pa.array([7, None], pa.int64()), "x": [1.5, 2.5]}), path)

    geoward("pseudonymize", path, "--column", "who", "--kind", "actor", "--purpose", "risk", "--region", "eu",
            "--output", out)  # fmt: skip

    assert pq.read_table(out).to_pylist() == [{"who": nightly("7"), "x": 1.5}, {"who": None, "x": 2.5}]


def test_json_tells_the_domain_and_the_counts_and_no_value(run):
    done, _ = run([{"who": "ada"}, {"who": None}, "x"], "--json")

    said = json.loads(done.stdout)
    assert said.pop("key").startswith("key-")
    assert said == {
        "column": "who", "region": "eu", "kind": "actor", "purpose": "risk", "epoch": "none", "dry_run": False,
        "rows_in": 3, "rows_out": 2, "nobody": 1, "destroyed": 0, "rejected": {"not_json": 1}, "reversible": False,
    }  # fmt: skip


def test_a_dry_run_writes_no_rows(run):
    done, rows = run([{"who": "ada"}], "--dry-run")

    assert done.exit_code == 0 and rows is None
    assert "1 row in = 1 out" in done.stderr


def entries(home):
    return [one for one in read_audit(home) if one["kind"] == "decision"]


@pytest.mark.parametrize(
    ("options", "outcome"), [((), "pseudonyms made"), (("--reversible",), "reversible tokens made")], ids=["", "tokens"]
)
def test_auditors_are_told_who_made_what_of_how_many_rows_and_never_a_value(home, run, options, outcome):
    done, _ = run([{"who": "ada"}, {"who": "bob"}, "no row"], *options, "--json")

    (entry,) = entries(home)
    assert (entry["subject"], entry["outcome"], entry["region"]) == ("risk", outcome, "eu") and entry["who"]
    assert entry["detail"] == {
        "kind_of_subject": "actor", "epoch": "none", "key": done.document["key"], "rows": 2,
    }  # fmt: skip
    assert not {"ada", "in.jsonl"} & set(json.dumps(read_audit(home)).split('"'))


@pytest.mark.parametrize("options", [(), ("--reversible",)], ids=["pseudonyms", "tokens"])
def test_not_one_row_is_written_or_printed_that_auditors_could_not_be_told_of(
    run, geoward, tmp_path, monkeypatch, options
):
    def full(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr("jobs.pseudonymize_file.audit", full)
    done, rows = run([{"who": "ada"}], *options)
    printed = geoward("pseudonymize", tmp_path / "in.jsonl", "--column", "who", "--kind", "actor", "--purpose", "risk",
                      "--region", "eu", *options)  # fmt: skip

    assert isinstance(done.exception, OSError) and rows is None
    assert isinstance(printed.exception, OSError) and printed.stdout == ""


def test_a_dry_run_and_a_refused_output_tell_auditors_nothing(home, run, geoward, tmp_path):
    run([{"who": "ada"}], "--dry-run")
    done = geoward("pseudonymize", tmp_path / "in.jsonl", "--column", "who", "--kind", "actor", "--purpose", "risk",
                   "--region", "eu", "--output", tmp_path / "in.jsonl")  # fmt: skip

    assert isinstance(done.exception, UsageError) and entries(home) == []


def test_a_file_that_becomes_another_while_it_is_read_leaves_no_output(run, tmp_path, monkeypatch):
    from jobs import pseudonymize_file

    real = pseudonymize_file.audit

    def audit(*words, **facts):
        real(*words, **facts)
        with (tmp_path / "in.jsonl").open("a") as file:
            file.write('{"who": "guess"}\n')

    monkeypatch.setattr(pseudonymize_file, "audit", audit)
    done, rows = run([{"who": "ada"}])

    assert isinstance(done.exception, UsageError) and "changed meanwhile" in str(done.exception) and rows is None
