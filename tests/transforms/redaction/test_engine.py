from __future__ import annotations

import csv
import gzip
import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction_cases import LOOK_ALIKES, POSITIVES, look_alikes, positives
from quality.policies.redaction import KINDS
from transforms.redaction import engine
from transforms.redaction.engine import LONGEST, findings, findings_of
from transforms.redaction.finding import UNREAD, WHOLE, Finding
from transforms.redaction.kind import Clues


def found(text):
    return [(one.kind, text[one.start : one.end]) for one in findings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("mail ada@example.org now", [("EMAIL_ADDRESS", "ada@example.org")], id="e-mail"),
        pytest.param("ada [at] example [dot] org", [("EMAIL_ADDRESS", "ada [at] example [dot] org")], id="spelled-e-mail"),
        pytest.param("see https://a.example/x?y=1.", [("URL", "https://a.example/x?y=1")], id="link"),
        pytest.param("shop.example.co.uk is up", [("URL", "shop.example.co.uk")], id="bare-domain"),
        pytest.param("card 4111 1111 1111 1111", [("CREDIT_CARD", "4111 1111 1111 1111")], id="card"),
        pytest.param("card 4111 1111 1111 1112", [("NUMBER", "4111 1111 1111 1112")], id="card-with-a-wrong-check-digit"),
        pytest.param("SSN 536-90-4399", [("US_SSN", "536-90-4399")], id="social-security"),
        pytest.param("call (415) 555-0132 x77", [("PHONE_NUMBER", "(415) 555-0132 x77")], id="phone-with-extension"),
        pytest.param("at 52.52000, 13.40500 ok", [("COORDINATES", "52.52000, 13.40500")], id="coordinates"),
        pytest.param("https://maps.app.goo.gl/abc", [("MAP_LINK", "https://maps.app.goo.gl/abc")], id="map-link"),
        pytest.param("lives at 12 Rose Street, Bath", [("ADDRESS", "12 Rose Street, Bath")], id="address"),
        pytest.param("so Maria Lopez's dog", [("PERSON", "Maria Lopez")], id="given-name"),
        pytest.param("ask Mr. Zzyzx now", [("PERSON", "Zzyzx")], id="title"),
        pytest.param("my name is Qwertz", [("PERSON", "Qwertz")], id="introduced"),
        pytest.param("The Monday in May, Thanks", [], id="words-in-capitals"),
        pytest.param("Thomas Ltd is old", [], id="organization"),
        pytest.param("she lives in Wxyzburg", [("LOCATION", "Wxyzburg")], id="place"),
        pytest.param("hi @ada_l", [("HANDLE", "@ada_l")], id="handle"),
        pytest.param("5 people in 3 Rooms", [], id="numbers-of-things"),
        pytest.param("on 2024-05-01 10:30 at 12.5%", [], id="date-and-share"),
        pytest.param("ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", [("EMAIL_ADDRESS", "ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ")], id="full-width"),
        pytest.param("ada@ex\u200bample.org", [("EMAIL_ADDRESS", "ada@ex\u200bample.org")], id="invisible-mark"),
        pytest.param("", [], id="empty"),
    ],
)  # fmt: skip
def test_what_points_at_a_person_is_found_where_it_is(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("kind", POSITIVES)
def test_generated_values_are_found_and_look_alikes_are_not(kind):
    name, hits, false = kind.split()[0], 0, 0
    texts = positives(kind, 200)
    for text, value in texts:
        at = text.index(value)
        mine = [one for one in findings(text) if one.kind == name]
        hits += any(min(one.end, at + len(value)) - max(one.start, at) >= 0.9 * len(value) for one in mine)
        false += max(0, len(mine) - 1)
    false += sum(one.kind == name for text, _ in look_alikes(kind, 200) for one in findings(text))

    assert hits / len(texts) >= 0.98
    assert hits / (hits + false) >= 0.95
    assert LOOK_ALIKES.keys() == POSITIVES.keys()


PIECES = st.sampled_from([*"0123456789abcdefgxyzNSEW °'\"+-.,:;/@#$()[]_\n", "www.", "://", ".com", "geohash ", "lat ", "gps", "GPSLatitude: ", "imei ",
                          "mcc=", "cid ", "idfa ", "call ", "$GPGGA,", "８", "\u200b", "at", "[at]", "dot", "maps.google.de/", "iban", "DE89", "12 Main Street", "John Smith", " Mr. ", "Maria ", "'s ", "my name is ", "Rue de ", "Apt. 3", "corner of ", " and ", "P.O. Box 7", "\nAPO AE 12345", "8928308280fffff"])  # fmt: skip
VALUES = st.builds(
    lambda kind, seed: positives(kind, 1, seed)[0][0], st.sampled_from(sorted(POSITIVES)), st.integers(0, 999)
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, VALUES), max_size=14).map("".join))
def test_the_gates_change_nothing(text):
    assert findings(text) == findings(text, gated=False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_the_gates_change_nothing_of_any_text(text):
    assert findings(text) == findings(text, gated=False)


def test_a_gate_that_is_not_necessary_would_be_found_out(monkeypatch):
    monkeypatch.setitem(engine.GATES, "EMAIL_ADDRESS", lambda clues: clues.digits > 0)

    assert findings("a@example.org") != findings("a@example.org", gated=False)


@pytest.mark.realdata
def test_the_gates_change_nothing_of_real_texts(shared_data):
    texts = []
    with gzip.open(shared_data / "text_spam_sms/SMSSpamCollection_dev.tsv.gz", "rt", encoding="utf-8") as lines:
        texts += [line.partition("\t")[2] for line in lines]
    with gzip.open(shared_data / "text_hate_davidson/labeled_data_dev.csv.gz", "rt", encoding="utf-8") as lines:
        texts += [row["tweet"] for row in csv.DictReader(lines)][::8]
    for name in ("synth_dataset_v2", "generated_large"):
        with gzip.open(shared_data / f"text_pii_presidio/{name}_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["full_text"] for line in lines]

    differing = sum(findings(text) != findings(text, gated=False) for text in texts)

    assert len(texts) > 5_000
    assert differing == 0


def test_most_texts_reach_no_recognizer(monkeypatch):
    text = "ok lar, joking with you in two days. see you at home?"

    assert [kind for kind, gate in engine.GATES.items() if gate(Clues(text))] == []


def test_a_text_too_long_to_be_read_is_one_finding():
    assert findings("a " * LONGEST) == [Finding(0, 2 * LONGEST, UNREAD, 1.0)]


@pytest.mark.parametrize(("text", "length"), [("any text", 8), ("a " * LONGEST, 2 * LONGEST), ("", 0)])
def test_where_a_policy_wants_certainty_the_whole_text_is_one_finding(text, length):
    assert findings(text, whole=True) == ([Finding(0, length, WHOLE, 1.0)] if length else [])


def test_only_the_kinds_that_are_asked_for_are_found():
    text = "ada@a.example or (415) 555-0132 or 1234 5678"

    assert [one.kind for one in findings(text, kinds=["EMAIL_ADDRESS"])] == ["EMAIL_ADDRESS"]
    assert [one.kind for one in findings(text, kinds=["NUMBER"])] == ["NUMBER", "NUMBER"]
    assert findings("ada@a.example", kinds=["NUMBER"], gated=False) == []


def test_a_policy_may_name_every_kind_that_there_is_and_no_other():
    assert set(KINDS) == set(engine.GATES)


def test_equal_texts_are_looked_at_once(monkeypatch):
    seen = []
    monkeypatch.setattr(engine, "findings", lambda text, **_: seen.append(text) or [])

    assert findings_of(["a", "b", "a", None, "a"]) == [[]] * 5
    assert seen == ["a", "b"]


def test_nothing_of_a_text_is_logged(caplog):
    caplog.set_level(logging.DEBUG)

    findings("GB00 1234 ÄÖ5678 9012 3456 78 and a@example.org, +49 30 901820", gated=False)

    assert logging.getLogger("presidio-analyzer").disabled
    assert logging.getLogger("decision_process").disabled
    assert not any("example" in message or "1234" in message for message in caplog.messages)


def test_a_model_that_a_user_installed_adds_to_what_is_found():
    class Model:
        def spans(self, text):
            yield text.index("Ada"), text.index("Ada") + 3, "PERSON", 0.85

    assert findings("I am Ada.", model=Model()) == [Finding(5, 8, "PERSON", 0.85)]


def test_the_longest_texts_take_no_minutes():
    import time

    for sign in (
        "a",
        "1",
        "1 ",
        "a.",
        "a@",
        "1.",
        "+",
        "aa:",
        "(",
        "lat ",
        "[at]",
        "1-",
        "é",
        "cid 1 ",
        "Aa ",
        "1 Aa ",
        "a 1 ",
        "Rue Aa ",
        "Aa, ",
        "1 a ",
        "corner of a ",
    ):
        started = time.process_time()
        findings((sign * LONGEST)[:LONGEST])
        assert time.process_time() - started < 5, sign
