from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jobs import text_rows
from quality.contracts.errors import EnvironmentFault, PolicyBreach, UsageError
from quality.policies.load_policy import DEFAULT_POLICY
from tests.audited import audited

MAIL = "ada@a.example"
TEXTS = [f"write to {MAIL}", "nothing here", f"{MAIL} or +49 30 901820, ok"]
KEPT = ["write to [EMAIL_ADDRESS]", "nothing here", "[EMAIL_ADDRESS] or [PHONE_NUMBER], ok"]


@pytest.fixture
def redact(geoward):
    def redact(path, *arguments, field="body", purpose="analytics"):
        return geoward("redact", path, "--field", field, "--purpose", purpose, *arguments)

    return redact


def jsonl(path, rows):
    raw = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def rows_of(path):
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_json_lines_lose_the_values_and_keep_the_rest(redact, tmp_path, name):
    path = jsonl(tmp_path / name, [{"id": at, "body": text} for at, text in enumerate(TEXTS)])

    done = redact(path, "--output", tmp_path / f"out-{name}")

    assert done.exit_code == 0, done.output
    assert rows_of(tmp_path / f"out-{name}") == [{"id": at, "body": text} for at, text in enumerate(KEPT)]
    assert "3 rows in = 3 out + 0 rejected" in done.stderr


def test_without_an_output_the_rows_are_printed(redact, tmp_path):
    shown = redact(jsonl(tmp_path / "a.jsonl", [{"body": TEXTS[0]}])).stdout

    assert json.loads(shown) == {"body": KEPT[0]}


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t")])
def test_csv_keeps_its_header_and_its_quotes(redact, tmp_path, name, delimiter):
    path, out = tmp_path / name, tmp_path / f"out-{name}"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["id", "body"], ["1", f'a "b"\n{MAIL}'], ["2", "c,d\te"]])

    redact(path, "--output", out)

    with out.open(newline="") as file:
        read = list(csv.reader(file, delimiter=delimiter))
    assert read == [["id", "body"], ["1", 'a "b"\n[EMAIL_ADDRESS]'], ["2", "c,d\te"]]


def test_plain_text_has_no_field(geoward, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"one {MAIL}\n\ntwo\r\n")

    done = geoward("redact", path, "--purpose", "analytics", "--output", tmp_path / "b.txt")

    assert (tmp_path / "b.txt").read_text() == "one [EMAIL_ADDRESS]\n\ntwo\n"
    assert "3 rows in = 3 out" in done.stderr


@pytest.mark.parametrize("texts", [[*TEXTS, None], []], ids=["rows", "no-rows"])
def test_parquet_keeps_its_types_and_loses_values_in_its_statistics_too(redact, tmp_path, texts):
    table = pa.table({"n": pa.array(range(len(texts)), pa.int16()), "body": pa.array(texts, pa.string())})
    pq.write_table(table.replace_schema_metadata({"note": MAIL}), tmp_path / "a.parquet")

    redact(tmp_path / "a.parquet", "--output", tmp_path / "b.parquet")

    made = pq.read_table(tmp_path / "b.parquet")
    assert made.schema.field("n").type == pa.int16()
    assert made.column("body").to_pylist() == ([*KEPT, None] if texts else [])
    assert MAIL.encode() not in (tmp_path / "b.parquet").read_bytes()


def test_json_gives_findings_and_never_a_value(redact, tmp_path, fits):
    path = jsonl(tmp_path / "a.jsonl", [*({"body": text} for text in TEXTS), "{broken", {"body": 5}])

    done = redact(path, "--json")

    assert fits(done.document, "redact")
    assert done.document["rows"][0] == {
        "row": 1, "findings": [{"start": 9, "end": 22, "kind": "EMAIL_ADDRESS", "score": 1.0}], "rejected": "",
    }  # fmt: skip
    assert done.document["rows"][3]["rejected"] == "not_json"
    assert done.document["rejected"] == {"not_json": 1, "not_text": 1}
    assert done.document["rows_in"] == done.document["rows_out"] + 2 == 5
    assert MAIL not in done.output


def test_an_empty_file_is_a_whole_document(redact, tmp_path, fits):
    done = redact(jsonl(tmp_path / "a.jsonl", []), "--json")

    assert fits(done.document, "redact")
    assert done.document["rows"] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b'{"body": "' + MAIL.encode(), "not_json", id="broken"),
        pytest.param(b'["' + MAIL.encode() + b'"]', "not_an_object", id="a-list"),
        pytest.param(b'{"other": "' + MAIL.encode() + b'"}', "no_field", id="without-the-field"),
        pytest.param(b'{"body": ["' + MAIL.encode() + b'"]}', "not_text", id="no-text"),
        pytest.param(b'{"body": "\xff ' + MAIL.encode() + b'"}', "not_utf8", id="other-bytes"),
        pytest.param(b'{"body": "\\ud800 ' + MAIL.encode() + b'"}', "not_utf8", id="half-a-pair"),
    ],
)  # fmt: skip
def test_a_bad_row_is_counted_and_left_out(redact, tmp_path, line, reason):
    (tmp_path / "a.jsonl").write_bytes(b'{"body": "fine"}\n' + line + b"\n")

    done = redact(tmp_path / "a.jsonl", "--output", tmp_path / "b.jsonl")

    assert rows_of(tmp_path / "b.jsonl") == [{"body": "fine"}]
    assert f"2 rows in = 1 out + 1 rejected ({reason} 1)" in done.stderr
    assert MAIL not in done.output


def test_csv_rows_of_another_width_are_left_out(redact, tmp_path):
    (tmp_path / "a.csv").write_text(f"id,body\n1,fine\n2,x,{MAIL}\n")

    done = redact(tmp_path / "a.csv", "--output", tmp_path / "b.csv")

    assert (tmp_path / "b.csv").read_text() == "id,body\n1,fine\n"
    assert "(wrong_width 1)" in done.stderr


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"])
def test_a_line_without_end_does_not_fill_the_memory(redact, tmp_path, name, monkeypatch):
    monkeypatch.setattr(text_rows, "LONGEST_LINE", 100)
    line = {"a.jsonl": '{"body": "%s"}', "a.txt": "%s"}[name]
    (tmp_path / name).write_text(line % "fine" + "\n" + line % (MAIL * 50) + "\n" + line % "too" + "\n")

    done = redact(tmp_path / name, "--output", tmp_path / f"out-{name}")

    assert "3 rows in = 2 out + 1 rejected (too_long 1)" in done.stderr
    assert MAIL not in (tmp_path / f"out-{name}").read_text()


def test_a_text_too_long_to_be_read_is_redacted_whole(redact, tmp_path):
    redact(jsonl(tmp_path / "a.jsonl", [{"body": "a " * 20_000}]), "--output", tmp_path / "b.jsonl")

    assert rows_of(tmp_path / "b.jsonl") == [{"body": "[UNREAD]"}]


def test_a_dry_run_counts_and_writes_nothing(redact, tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [{"body": text} for text in TEXTS])
    before = sorted(tmp_path.iterdir())

    done = redact(path, "--dry-run", "--output", tmp_path / "b.jsonl")

    assert "EMAIL_ADDRESS" in done.stdout
    assert MAIL not in done.output
    assert sorted(tmp_path.iterdir()) == before


def test_one_kind_may_be_looked_for_while_nothing_is_written(redact, tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [{"body": TEXTS[2]}])

    done = redact(path, "--json", "--kind", "PHONE_NUMBER")

    assert done.document["kinds"] == {"PHONE_NUMBER": 1}


@pytest.fixture
def policy(home, tmp_path, monkeypatch):
    """Let the home's policy state another redaction for analytics."""

    def state(rule):
        stated = yaml.safe_load(DEFAULT_POLICY.read_text())
        stated["purposes"]["analytics"]["redaction"] = rule
        (tmp_path / "policy.yaml").write_text(yaml.safe_dump(stated))
        monkeypatch.setattr("jobs.cli.redact.open_home", lambda: replace(home, policy_path=tmp_path / "policy.yaml"))

    return state


def test_a_kind_may_be_added_to_those_of_the_policy_and_none_left_out_of_what_is_written(redact, policy, tmp_path):
    policy({"operator": "mask", "kinds": ["EMAIL_ADDRESS"]})
    path, out = jsonl(tmp_path / "a.jsonl", [{"body": TEXTS[2]}]), tmp_path / "b.jsonl"

    redact(path, "--output", out)
    usual = rows_of(out)
    redact(path, "--output", out, "--kind", "EMAIL_ADDRESS", "--kind", "PHONE_NUMBER")
    added = rows_of(out)
    less = redact(path, "--output", out, "--kind", "PHONE_NUMBER")

    assert usual == [{"body": "**** or +49 30 901820, ok"}]
    assert added == [{"body": "**** or ****, ok"}]
    assert isinstance(less.exception, PolicyBreach)
    assert "EMAIL_ADDRESS" in less.exception.message


def test_where_a_policy_wants_certainty_nothing_of_a_text_is_left(redact, policy, tmp_path):
    policy({"operator": "placeholder", "whole_text": True})

    redact(jsonl(tmp_path / "a.jsonl", [{"body": text} for text in [*TEXTS, ""]]), "--output", tmp_path / "b.jsonl")

    assert [row["body"] for row in rows_of(tmp_path / "b.jsonl")] == ["[TEXT]"] * 3 + [""]


def test_a_token_is_the_same_within_a_case_only(redact, tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [{"body": MAIL}, {"body": MAIL}])

    def tokens(case):
        redact(
            path,
            "--operator",
            "token",
            "--case",
            case,
            "--region",
            "eu",
            "--output",
            tmp_path / "b.jsonl",
            purpose="risk",
        )
        return [row["body"] for row in rows_of(tmp_path / "b.jsonl")]

    first, second = tokens("1"), tokens("2")

    assert first[0] == first[1]
    assert first == tokens("1")
    assert first[0] != second[0]


KEYED = ["--operator", "token", "--case", "C-7", "--region", "eu"]


def test_auditors_are_told_before_a_key_is_used_and_of_nothing_else(redact, home, tmp_path, monkeypatch):
    path = jsonl(tmp_path / "a.jsonl", [{"body": TEXTS[0]}])
    redact(path, "--output", tmp_path / "b.jsonl")
    redact(path, *KEYED, "--dry-run", purpose="risk")
    redact(path, *KEYED, "--output", path, purpose="risk")
    assert audited(home) == []

    done = redact(path, *KEYED, purpose="risk")
    (entry,) = audited(home)
    assert (entry["subject"], entry["outcome"], entry["region"]) == ("risk", "redacted with a key", "eu")
    assert {**entry["detail"], "key": ""} == {"operator": "token", "case": "C-7", "key": ""} and entry["detail"]["key"]
    assert done.exit_code == 0 and MAIL not in json.dumps(entry)

    def full(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr("jobs.cli.redact.audit", full)
    assert redact(path, *KEYED, purpose="risk").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        pytest.param(["--field", "nobody"], UsageError, "no field 'nobody' among the 1", id="field"),
        pytest.param(["--field", ""], UsageError, "Which field", id="no-field"),
        pytest.param(["--purpose", "fun"], UsageError, "no purpose 'fun'", id="purpose"),
        pytest.param(["--purpose", ""], UsageError, "needs a purpose", id="no-purpose"),
        pytest.param(["--operator", "encrypt"], PolicyBreach, "not allowed for analytics", id="operator"),
        pytest.param(["--kind", "EMAIL"], UsageError, "no kind 'EMAIL'", id="kind"),
        pytest.param(["--kind", "URL", "-o", "{here}/b.jsonl"], PolicyBreach, "leaves out", id="kinds-left-out"),
        pytest.param(["--purpose", "risk", "--operator", "token"], UsageError, "needs a case", id="no-case"),
        pytest.param(
            ["--purpose", "risk", "--operator", "token", "--case", "1"], UsageError, "keys of its own", id="no-region"
        ),
        pytest.param(["--output", "{here}/b.csv"], UsageError, "another format", id="another-format"),
        pytest.param(["--output", "{here}/a.jsonl"], UsageError, "replace the input", id="over-the-input"),
        pytest.param(["--output", "{here}/no/b.jsonl"], UsageError, "no folder", id="no-folder"),
    ],
)  # fmt: skip
def test_wrong_use_is_explained_without_a_value(geoward, tmp_path, arguments, error, words):
    path = jsonl(tmp_path / "a.jsonl", [{"body": MAIL}])
    given = [part.format(here=tmp_path) for part in arguments]
    for name, usual in (("--field", "body"), ("--purpose", "analytics")):
        given += [] if name in given else [name, usual]

    done = geoward("redact", path, *given)

    assert isinstance(done.exception, error)
    assert words in done.exception.message
    assert done.exception.mend
    assert MAIL not in f"{done.output}{done.exception}"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.jsonl"]


@pytest.mark.parametrize("name", ["none.jsonl", "a.xlsx", "a.parquet.gz"])
def test_a_file_that_is_not_there_or_of_no_known_format_is_explained(redact, tmp_path, name):
    if name != "none.jsonl":
        (tmp_path / name).write_text(MAIL)

    done = redact(tmp_path / name)

    assert isinstance(done.exception, UsageError)
    assert MAIL not in f"{done.output}{done.exception}"


def test_a_csv_without_a_header_does_not_show_its_first_row(redact, tmp_path):
    (tmp_path / "a.csv").write_text(f"1,{MAIL}\n")

    done = redact(tmp_path / "a.csv")

    assert MAIL not in f"{done.output}{done.exception}"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.parquet"])
def test_a_file_that_is_cut_leaves_no_output(redact, tmp_path, name):
    if name == "a.parquet":
        pq.write_table(pa.table({"body": TEXTS}), tmp_path / name)
    else:
        jsonl(tmp_path / name, [{"body": f"{at} {MAIL}"} for at in range(5_000)])
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[: len(raw) // 2])

    done = redact(tmp_path / name, "--output", tmp_path / f"out-{name}")

    assert isinstance(done.exception, text_rows.Unreadable)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


def test_parquet_is_not_printed(redact, tmp_path):
    pq.write_table(pa.table({"body": TEXTS}), tmp_path / "a.parquet")

    assert isinstance(redact(tmp_path / "a.parquet").exception, UsageError)


def test_a_lost_keyset_is_not_made_anew(redact, tmp_path, home, monkeypatch):
    monkeypatch.setattr("jobs.lost_keys.keys_are_lost", lambda home: True)
    path = jsonl(tmp_path / "a.jsonl", [{"body": MAIL}])

    done = redact(path, "--operator", "token", "--case", "1", "--region", "eu", purpose="risk")

    assert isinstance(done.exception, EnvironmentFault)
