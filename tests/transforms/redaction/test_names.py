from __future__ import annotations

import pytest

from transforms.redaction.engine import findings


def persons(text):
    return [text[one.start : one.end] for one in findings(text, kinds=["PERSON"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Wxyzlaw shouted something", ["Wxyzlaw"], id="does-what-persons-do"),
        pytest.param("We shouted, It lives in a box", [], id="words-that-any-text-has"),
        pytest.param("a film starring Wxyz Abcman", ["Wxyz Abcman"], id="after-words-that-say-so"),
        pytest.param("she called me NOW, call me I said", [], id="words-after-them"),
        pytest.param('"No," says Wxyz Abcman', ["Wxyz Abcman"], id="who-is-quoted"),
        pytest.param("my aunt said THE truth", [], id="what-is-said"),
        pytest.param("he shouted at Gary", ["Gary"], id="shouted-at"),
        pytest.param("meet at Gary", [], id="a-place-to-meet-at"),
        pytest.param("Barbara Abcman Apt. 675", ["Barbara Abcman"], id="the-room-is-not-part-of-the-name"),
    ],
)
def test_persons_are_found_by_given_names_or_by_the_words_around_them(text, found):
    assert persons(text) == found
