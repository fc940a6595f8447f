from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import jobs
from jobs.alerts.digest import Digest, Told
from jobs.alerts.message import IN_BODY, IN_TEXT, alert_message, chat_text, mail_body, subject

SCHEMA = json.loads((Path(jobs.__file__).parents[1] / "docs/schemas/alert.json").read_text())
SINCE = datetime(2026, 6, 1, 3, tzinfo=UTC)


@pytest.fixture
def told(problem):
    return Told(problem("late", "us", "raw.pings").key, SINCE, SINCE)


def posted(digest):
    return json.loads(alert_message(digest).model_dump_json())


def test_what_is_posted_fits_the_published_schema(problem, told):
    document = posted(Digest((problem(), problem("storage", "", "", None)), (told,), still_open=2))

    Draft202012Validator(SCHEMA).validate(document)
    assert document["problems"][0] == {
        "kind": "failed", "region": "eu", "table": "clean.pings", "date": "2026-06-01", "what": "3 runs failed.",
        "mend": "Run `geoward run`.", "runbook": "docs/runbook.md#failed",
    }  # fmt: skip
    assert document["problems"][1]["date"] is None
    assert document["resolved"] == [
        {"kind": "late", "region": "us", "table": "raw.pings", "since": "2026-06-01T03:00:00Z"}
    ]


@pytest.mark.parametrize("wrong", [{"text": 1}, {"problems": [{"kind": "odd"}]}, {"more": "x"}, {"url": "x"}], ids=str)
def test_the_schema_refuses_what_is_never_posted(problem, wrong):
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate({**posted(Digest((problem(),), ())), **wrong})


def test_a_chat_shows_a_line_for_each_problem_with_its_mend(problem, told):
    assert chat_text(Digest((problem(), problem("stuck", table="", day=None)), (told,), still_open=2)).splitlines() == [
        "Geoward: 1 failed, 1 stuck, 1 resolved",
        "• failed: clean.pings in eu, 2026-06-01. 3 runs failed. Mend: Run `geoward run`. (docs/runbook.md#failed)",
        "• stuck: eu. 3 runs failed. Mend: Run `geoward run`. (docs/runbook.md#stuck)",
        "• resolved: late: raw.pings in us, first told 2026-06-01 03:00 UTC",
        "Still open, told before: 2.",
    ]


def test_a_fact_without_a_full_stop_does_not_run_into_its_mend(problem):
    assert "taken as a whole. Mend: Run" in chat_text(Digest((problem(what="taken as a whole"),), ()))


def test_a_mail_teaches_what_to_do(problem, told):
    assert mail_body(Digest((problem(),), (told,))) == (
        "failed: clean.pings in eu, 2026-06-01\n"
        "  What: 3 runs failed.\n"
        "  Mend: Run `geoward run`.\n"
        "  Read: docs/runbook.md#failed\n"
        "\n"
        "• resolved: late: raw.pings in us, first told 2026-06-01 03:00 UTC\n"
        "\n"
        "`geoward status` shows all that is open.\n"
    )


def test_a_subject_holds_counts_only(problem, told):
    assert subject(Digest((problem(), problem(table="x"), problem("late")), ())) == "Geoward: 2 failed, 1 late"
    assert subject(Digest((), (told, told))) == "Geoward: 2 resolved"


def test_a_name_can_neither_mention_everybody_nor_make_lines_of_its_own(problem):
    sly = problem(what="<!channel> @here\nFAILED\u2028all\x1b[31m.csv is unreadable.", mend="Run\r\n`x`.")

    for text in (chat_text(Digest((sly,), ())), mail_body(Digest((sly,), ()))):
        assert "\nFAILED" not in text
        assert {"\x1b", "\r", "\u2028"}.isdisjoint(text)
    assert {"<", ">", "@"}.isdisjoint(chat_text(Digest((sly,), ())))
    assert posted(Digest((sly,), ()))["problems"][0]["what"] == sly.what, "a program gets it as it is"


def test_what_is_too_much_to_read_is_counted(problem, told):
    many = Digest(tuple(problem(table=f"t{n}") for n in range(IN_BODY + 5)), (told,) * (IN_TEXT + 1))

    assert f"• and {IN_BODY + 5 - IN_TEXT} more: `geoward status`" in chat_text(many)
    assert "• and 1 more resolved" in chat_text(many)
    assert len(chat_text(many).splitlines()) == 1 + IN_TEXT + 1 + IN_TEXT + 1
    assert (len(posted(many)["problems"]), posted(many)["more"]) == (IN_BODY, 5)
    assert "• and 5 more: `geoward status`" in mail_body(many)
