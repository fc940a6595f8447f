import logging
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.scan_texts import _engine, entities_in, plain_text, possible_entities, scan_texts

IDENTIFIERS = [
    pytest.param("mail me at jane.doe@example.org", "EMAIL_ADDRESS", id="e-mail"),
    pytest.param("jane@corp.internal", "EMAIL_ADDRESS", id="e-mail-of-an-unlisted-domain"),
    pytest.param("mail jane\uff20example\uff0eorg", "EMAIL_ADDRESS", id="full-width-e-mail"),
    pytest.param("mail jane\u200b@exam\u200dple.org", "EMAIL_ADDRESS", id="invisible-marks"),
    pytest.param("call +1 415 555 2671", "PHONE_NUMBER", id="international-phone"),
    pytest.param("call 415-555-2671 now", "PHONE_NUMBER", id="national-phone"),
    pytest.param(
        "tel \u0664\u0661\u0665\u0665\u0665\u0665\u0662\u0666\u0667\u0661", "PHONE_NUMBER", id="arabic-digits"
    ),
    pytest.param("from 192.168.10.44 today", "IP_ADDRESS", id="ipv4"),
    pytest.param("v6 2001:db8::ff00:42:8329", "IP_ADDRESS", id="ipv6"),
    pytest.param("see https://x.test/a", "URL", id="link"),
    pytest.param("see www.example.org", "URL", id="link-without-scheme"),
    pytest.param("card 4111 1111 1111 1111", "CREDIT_CARD", id="card"),
    pytest.param("to DE89370400440532013000", "IBAN_CODE", id="iban"),
    pytest.param("ssn 536-22-1234", "US_SSN", id="ssn"),
    pytest.param("at 37.7749, -122.4194", "COORDINATES", id="coordinates"),
    pytest.param("meet 9q8yyk8y", "GEOHASH", id="geohash"),
]


@pytest.mark.parametrize(("text", "entity"), IDENTIFIERS)
def test_identifiers_are_found(text, entity):
    assert entity in entities_in(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "[EMAIL_ADDRESS] [PHONE_NUMBER] [URL] [IP_ADDRESS] [GEOHASH] hund [NUMBER] [HANDLE]", id="placeholders"
        ),
        pytest.param("see [URL], call [NUMBER]; from [IP_ADDRESS]:[NUMBER]", id="placeholders-in-a-sentence"),
        pytest.param("i have 3 dogs, 12 cats since 2019 or 2020", id="small-numbers"),
        pytest.param("2020-10-11 12:13:14", id="a-moment"),
        pytest.param("std::cout << x; C::D::E; a::b or 5", id="code"),
        pytest.param("50000000 views!", id="a-large-number"),
        pytest.param("\U0001f389 \u00bd price", id="signs"),
        pytest.param("", id="nothing"),
    ],
)
def test_ordinary_texts_and_placeholders_are_not_flagged(text):
    assert entities_in(text) == frozenset()


def test_hits_are_texts_by_entity():
    hits = scan_texts(["a@b.org and c@d.org", "e@f.org, www.x.org", "hello"])

    assert hits == {"EMAIL_ADDRESS": 2, "URL": 1}


def _unfiltered(text):
    found = _engine().analyze(plain_text(text), language="en")
    return {result.entity_type for result in found}


@pytest.mark.parametrize(("text", "entity"), IDENTIFIERS)
def test_the_filter_lets_pass_whatever_the_engine_finds_in_identifiers(text, entity):
    assert entity in _unfiltered(text) & possible_entities(plain_text(text))


WORDS = st.sampled_from(["call", "+49", "30", "415-555-2671", "12.5", "a@b", "@x.org", "1.2.3.4", "::1", "fe80::", ":",
    "DE89", "3704", "0044", "www.", "://", "37.7749", "-122.4194", "\u0664\u0661", "9q8yyk8y", "$GPRMC,", "+R9",
    "8FVC9G8F", "40\u00b026'", "4111", "1111", "536-22-1234", "geo:1.5,2", "///a.b.c", "\n",
    "\uff11\uff12"])  # fmt: skip
PIECES = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=8)


@settings(max_examples=300, deadline=None)
@given(PIECES, st.sampled_from(["", " ", "-"]))
def test_the_filter_never_hides_what_the_engine_would_find(pieces, joint):
    text = joint.join(pieces)
    found = _unfiltered(text)

    # Of phone numbers only those of seven digits or more count, on purpose.
    assert found - {"PHONE_NUMBER"} <= possible_entities(plain_text(text))
    assert entities_in(text) <= found


def test_the_filter_spares_most_texts():
    assert not possible_entities("just a plain sentence, nothing more!")
    assert "PHONE_NUMBER" not in possible_entities("room 12345 on floor 3, from 12 to 18")


def test_no_text_is_logged(caplog):
    with caplog.at_level(logging.DEBUG):
        entities_in("GB29NWBK60161331926819 DE00 \u00b2\u00b3 planted 4111111111111112 planted@example.org")

    assert "planted" not in caplog.text


def test_nothing_is_fetched(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a scan went to the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    _engine.cache_clear()

    assert entities_in("jane@example.co.uk") == {"EMAIL_ADDRESS"}
