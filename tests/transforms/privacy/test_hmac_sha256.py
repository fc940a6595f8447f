from __future__ import annotations

import hmac
import random

import pyarrow as pa
import pytest

from transforms.privacy.hmac_sha256 import hmac_sha256

RANDOM = random.Random(4231)
OVER_A_BLOCK = "Test Using Larger Than Block-Size Key - Hash Key First"


def one(key: str, message: bytes) -> str:
    return hmac_sha256(key, pa.array([message], pa.binary())).to_pylist()[0]


@pytest.mark.parametrize("size", [0, 1, 32, 63, 64, 65, 131], ids="{}-digits-of-key".format)
def test_each_message_gets_what_pythons_hmac_gives_it(size):
    key = RANDOM.randbytes(size).hex()[:size]
    messages = [RANDOM.randbytes(length) for length in range(201)]

    made = hmac_sha256(key, pa.array(messages, pa.binary())).to_pylist()

    assert made == [hmac.new(key.encode(), message, "sha256").hexdigest() for message in messages]


# Cases 3, 6 and 7 have a key of bytes aa, which is no text, so the library cannot be asked; a long key is asked above.
@pytest.mark.parametrize(
    ("key", "message", "digest"),
    [
        pytest.param(
            "\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", id="1"
        ),
        pytest.param(
            "Jefe", b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", id="2",
        ),
        pytest.param(
            "".join(map(chr, range(1, 26))), b"\xcd" * 50,
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", id="4",
        ),
    ],
)  # fmt: skip
def test_the_hash_gives_the_vectors_of_rfc_4231_whose_key_is_text(key, message, digest):
    assert one(key, message) == digest


def test_a_truncated_hash_is_the_left_of_it_as_in_case_5_of_rfc_4231():
    message = pa.array([b"Test With Truncation"], pa.binary())

    assert hmac_sha256("\x0c" * 20, message, digits=32).to_pylist() == ["a3b6167473100ee06e0c796c2955552b"]


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(pa.array([None, b"", None, b"a"], pa.binary()), id="nulls"),
        pytest.param(pa.array([None], pa.binary()), id="only-null"),
        pytest.param(pa.array([], pa.binary()), id="none"),
        pytest.param(pa.array([b"x", b"y", None, b"z"], pa.binary())[1:3], id="a-slice"),
        pytest.param(pa.array(["é", "e\u0301"], pa.large_string()), id="text"),
    ],
)
def test_null_stays_null_and_each_row_its_place(messages):
    expected = [text and one("key", text) for text in messages.cast(pa.binary()).to_pylist()]
    expected = [one("key", b"") if text == b"" else text for text in expected]

    made = hmac_sha256("key", messages)

    assert made.type == pa.string()
    assert made.to_pylist() == expected
