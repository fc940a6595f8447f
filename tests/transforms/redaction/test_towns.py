from __future__ import annotations

import pytest

from transforms.redaction.engine import findings
from transforms.redaction.kind import Clues
from transforms.redaction.towns import town_gate, town_spans


def places(text):
    return [text[one.start : one.end] for one in findings(text, kinds=["LOCATION"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Estonia's coast is long", ["Estonia"], id="country"),
        pytest.param("all of new zealand and peru", ["new zealand", "peru"], id="countries-in-small-letters"),
        pytest.param("Schweden oder Österreich?", ["Schweden", "Österreich"], id="in-another-language"),
        pytest.param("Jordan is here", [], id="a-country-that-is-a-name-too"),
        pytest.param("she moved to Jordan", ["Jordan"], id="where-words-say-that-it-is-the-country"),
        pytest.param("rain in Leverkusen again", ["Leverkusen"], id="known-town"),
        pytest.param("Leverkusen, he said", [], id="town-without-words-around-it"),
        pytest.param("my home town is Wxyzburg", ["Wxyzburg"], id="words-say-so"),
        pytest.param("made in Wxyzburg", ["Wxyzburg"], id="unknown-after-in"),
        pytest.param("a letter from Wxyzburg", [], id="unknown-after-from"),
        pytest.param("she arrived at leverkusen", ["leverkusen"], id="small-letters-where-words-say-so"),
        pytest.param("a trip to leverkusen or reading in bed", ["leverkusen"], id="words-in-small-letters"),
        pytest.param("he said to Austin that", [], id="a-given-name-that-is-spoken-to"),
        pytest.param("Wxyzburg, Norway", ["Wxyzburg", "Norway"], id="with-its-country"),
        pytest.param("to\nWxyzburg\nNorway 0150", ["Wxyzburg", "Norway"], id="lines-of-an-address"),
        pytest.param("to\n> wxyzburg\n> norway 0150", ["wxyzburg", "norway"], id="quoted-lines-of-an-address"),
        pytest.param("to\nWxyzburg TX 48486", ["Wxyzburg TX"], id="with-state-and-code"),
        pytest.param("in January, made in English, made in Leverkusen Ltd", [], id="no-places"),
        pytest.param("made in WXYZ", [], id="short-for-something"),
        pytest.param("we fly to Paris, she is in London", ["Paris", "London"], id="better-known-than-who-is-called-so"),
        pytest.param("we drove to Lyon", ["Lyon"], id="a-large-town-that-is-a-given-name"),
        pytest.param("he talked to Lyon", [], id="who-is-talked-to-is-a-person"),
        pytest.param("Chicago won", ["Chicago"], id="large-town-anywhere"),
        pytest.param("San Diego is far", ["San Diego"], id="known-name-of-two-words"),
        pytest.param("in Leverkusen, Duisburg", ["Leverkusen", "Duisburg"], id="in-one-breath"),
        pytest.param("In Wxyzburg, a Museum in Abcville", ["Wxyzburg", "Abcville"], id="after-in-of-any-sentence"),
        pytest.param("the captain Wxyzman", [], id="a-word-that-ends-in-in"),
        pytest.param("Wxyzburg, TX, Abcville, Ohio", ["Wxyzburg", "Abcville", "Ohio"], id="with-its-state"),
        pytest.param("Well, Ohio", ["Ohio"], id="a-word-before-a-state"),
        pytest.param("the Wxyzburg-based firm", ["Wxyzburg"], id="based-there"),
        pytest.param("Wxyzburg is a nice city", ["Wxyzburg"], id="said-to-be-a-city"),
        pytest.param("in Wxyzburg (Abc)", ["Wxyzburg (Abc)"], id="with-its-district"),
        pytest.param("he lives in Wxyzburg 12.", ["Wxyzburg 12"], id="with-the-number-of-its-district"),
        pytest.param("made in WXYZBURG", ["WXYZBURG"], id="too-long-to-be-short-for-something"),
        pytest.param("my friend lives in wxyzburg.", ["wxyzburg"], id="unknown-in-small-letters"),
        pytest.param("he lives in the past.", [], id="words-in-small-letters-that-any-text-has"),
        pytest.param("rain in leverkusen", ["leverkusen"], id="known-in-small-letters"),
        pytest.param("in advance, in the soul, in reading", [], id="towns-whose-names-are-words"),
        pytest.param("seen near St. Wxyz", ["St. Wxyz"], id="saint"),
        pytest.param("reist nach Leverkusen", ["Leverkusen"], id="in-german"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_places_are_found_by_name_or_by_the_words_around_them(text, found):
    assert places(text) == found


@pytest.mark.parametrize("text", ["a trip to leverkusen", "in Bath", "peru"])
def test_the_gate_lets_through_what_holds_a_place(text):
    assert town_spans(text)
    assert town_gate(Clues(text))
