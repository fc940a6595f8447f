from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.redaction.plain_text import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("ａｂ＠ｃ．ｄｅ", "ab@c.de", id="full-width"),
        pytest.param("4\u200b5\u20606", "456", id="zero-width"),
        pytest.param("٠١٢", "012", id="digits-of-another-script"),
        pytest.param("555–1234", "555-1234", id="a-dash-is-a-hyphen"),
        pytest.param("52º31′", "52°31'", id="degree-and-prime"),
        pytest.param("1\ufe0f2\u034f3", "123", id="marks-that-are-no-format-characters"),
        pytest.param("e\u0301", "é", id="a-letter-with-its-mark"),
        pytest.param("plain 12", "plain 12", id="nothing-to-do"),
    ],
)
def test_a_text_is_read_as_people_read_it(text, plain):
    assert plain_text(text).text == plain


def test_a_place_in_the_plain_text_leads_back_to_the_original():
    text = "so: 4\u200b5６ é"
    plain = plain_text(text)
    at = plain.text.index("456")

    start, end = plain.place(at, at + 3)

    assert text[start:end] == "4\u200b5６"


@given(st.text())
def test_every_place_leads_back_into_the_text_in_order(text):
    plain = plain_text(text)
    places = [plain.place(at, at + 1) for at in range(len(plain.text))]

    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_left_alone(text):
    assert plain_text(text).text == text
