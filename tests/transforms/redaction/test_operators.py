from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.policies.redaction import OPERATORS
from transforms.redaction.engine import findings
from transforms.redaction.finding import Finding
from transforms.redaction.operators import Encrypt, NotOurs, Token, operator, redact


class Key:
    def __init__(self, sign=b"k"):
        self.sign = sign

    def open(self):
        return self.sign * 32


MAIL = Finding(3, 16, "EMAIL_ADDRESS", 1.0)
TEXT = "to ada@a.example now"


@pytest.mark.parametrize(
    ("name", "written"),
    [("drop", "to  now"), ("mask", "to **** now"), ("placeholder", "to [EMAIL_ADDRESS] now")],
    ids=["drop", "mask", "placeholder"],
)
def test_a_finding_is_replaced_and_the_rest_stays(name, written):
    assert redact(TEXT, [MAIL], operator(name)) == written


@pytest.mark.parametrize("name", OPERATORS)
def test_nothing_of_a_value_is_left(name):
    written = redact(TEXT, findings(TEXT), operator(name, keys=Key(), case="c"))

    assert "ada" not in written
    assert written.startswith("to ")
    assert written.endswith(" now")


def test_a_person_has_one_token_in_a_case_however_it_is_written():
    token = Token(Key(), "case 1")

    assert token(MAIL, "Ada@a.example") == token(MAIL, "ａda@a.ex\u200bample")
    assert token(MAIL, "+49 30 1234") == token(MAIL, "+49-30-1234")
    assert token(MAIL, "a.b@c.de") != token(MAIL, "ab@c.de")


def test_tokens_of_two_cases_kinds_or_keys_differ():
    made = {
        Token(Key(), "1")(MAIL, "v1"), Token(Key(), "2")(MAIL, "v1"), Token(Key(b"q"), "1")(MAIL, "v1"),
        Token(Key(), "1")(Finding(0, 1, "URL", 1.0), "v1"), Token(Key(), "1")(MAIL, "v2"),
    }  # fmt: skip

    assert len(made) == 5


@given(st.text())
def test_what_is_encrypted_can_be_had_back(value):
    box = Encrypt(Key(), "case 1")

    assert box.decrypt(box(MAIL, value)) == value


def test_a_token_with_any_one_sign_changed_is_refused():
    box = Encrypt(Key(), "case 1")
    token = box(MAIL, "ada@a.example")

    for at in range(1, len(token) - 1):
        with pytest.raises(NotOurs):
            box.decrypt(token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :])


def test_a_token_has_one_spelling():
    box = Encrypt(Key(), "case 1")
    token = box(MAIL, "ada@a.example")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    for sign in set(alphabet) - {token[-2]}:
        with pytest.raises(NotOurs):
            box.decrypt(f"{token[:-2]}{sign}]")


@pytest.mark.parametrize("other", [Encrypt(Key(), "case 2"), Encrypt(Key(b"q"), "case 1")], ids=["case", "key"])
def test_another_case_or_key_opens_nothing(other):
    with pytest.raises(NotOurs) as raised:
        other.decrypt(Encrypt(Key(), "case 1")(MAIL, "ada@a.example"))

    assert "ada" not in str(raised.value)


def test_a_keyed_operator_without_a_case_is_refused():
    with pytest.raises(ValueError, match="needs a key and a case"):
        operator("token", keys=Key())


@pytest.mark.parametrize("wrong", [[MAIL, MAIL], [Finding(0, 99, "URL", 1.0)]], ids=["overlap", "past-the-end"])
def test_findings_that_do_not_fit_a_text_are_refused(wrong):
    with pytest.raises(ValueError, match="overlap or are not of this text"):
        redact(TEXT, wrong, operator("drop"))
