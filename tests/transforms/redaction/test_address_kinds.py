from __future__ import annotations

import pytest

from transforms.redaction.engine import findings


def addresses(text):
    return [text[one.start : one.end] for one in findings(text, kinds=["ADDRESS"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "to 12 Long Wxyz 66 Suite 991 Suite 6, Abc 52096",
            ["12 Long Wxyz 66 Suite 991 Suite 6, Abc 52096"],
            id="two-rooms",
        ),
        pytest.param(
            "at Wxyzie 41 Abc Dam\n Suite 8\n Town\n Norway 566",
            ["Wxyzie 41 Abc Dam\n Suite 8\n Town\n Norway 566"],
            id="no-number-before-the-street",
        ),
        pytest.param(
            "12 Wxyz Dr Abc Park\n Apt. 7", ["12 Wxyz Dr Abc Park\n Apt. 7"], id="words-between-street-and-room"
        ),
        pytest.param("> Apt. 9\n> wxyz town\n> norway 12345", ["Apt. 9", "12345"], id="the-code-on-the-country-s-line"),
        pytest.param("> Wxyz Town TX 12345", ["12345"], id="the-code-after-a-state"),
        pytest.param("my zip code is 12345", ["12345"], id="said-to-be-a-code"),
        pytest.param(
            "the corner of Wxyz 9 and Abc Cove", ["the corner of Wxyz 9 and Abc Cove"], id="a-corner-of-any-streets"
        ),
        pytest.param(
            "unit 1009 box 0219\ndpo ap 51065", ["unit 1009 box 0219\ndpo ap 51065"], id="military-in-small-letters"
        ),
        pytest.param("Suite 680 36 4022 Abc Lane", ["Suite 680 36 4022 Abc Lane"], id="the-room-before-the-street"),
        pytest.param("5 Musicians Of The 70s", [], id="a-decade-is-no-number-of-a-house"),
    ],
)
def test_addresses_are_found_with_their_rooms_towns_and_codes(text, found):
    assert addresses(text) == found
