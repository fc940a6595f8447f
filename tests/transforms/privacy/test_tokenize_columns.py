from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass, replace

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from quality.contracts.errors import UsageError
from transforms.privacy.identifiers import Domain, domain_info, domain_key
from transforms.privacy.tokenize_columns import token_function
from transforms.privacy.tokens import TokenRefused, reveal, tokenize

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")
TEXTS = ["a", None, "", "é" * 9, "b" * 16, None, "c" * 40, "a", "x" * 17]


@dataclass(frozen=True)
class Keys:
    """Holds no key; derives it where it is opened."""

    def open(self) -> bytes:
        return hashlib.sha256(b"only for this test").digest()


def made(texts: list[str | None], *, key: bytes = KEY, domain: Domain = EU, kind: str = "actor") -> pa.Array:
    return tokenize(key, pa.array(texts, pa.string()), domain=domain, kind=kind)


def revealed(tokens: pa.Array, *, key: bytes = KEY, domain: Domain = EU, kind: str = "actor") -> list[str | None]:
    return reveal(key, tokens, domain=domain, kind=kind).to_pylist()


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(TEXTS, id="many-lengths"),
        pytest.param([None, None], id="only-null"),
        pytest.param([""], id="only-empty"),
        pytest.param([], id="none"),
    ],
)
def test_a_token_reveals_its_identifier_and_null_stays_null(texts):
    tokens = made(texts)

    assert tokens.type == pa.string()
    assert [token is None for token in tokens.to_pylist()] == [text is None for text in texts]
    assert revealed(tokens) == texts


def test_a_slice_of_an_array_is_like_an_array_of_its_own():
    whole = pa.array(TEXTS, pa.string())

    for start in range(len(TEXTS)):
        for stop in range(start, len(TEXTS) + 1):
            tokens = tokenize(KEY, whole[start:stop], domain=EU, kind="actor")
            assert tokens.equals(made(TEXTS[start:stop]))
            assert revealed(made(TEXTS)[start:stop]) == TEXTS[start:stop]


def test_equal_identifiers_of_a_domain_join_and_a_token_is_the_librarys():
    key = domain_key(KEY, "geoward token 1", EU, "actor", size=64)
    associated = [domain_info("geoward token 1", EU, "actor")]

    tokens = made(TEXTS).to_pylist()

    assert tokens[0] == tokens[7]
    assert tokens == [text if text is None else AESSIV(key).encrypt(text.encode(), associated).hex() for text in TEXTS]


ELSEWHERE = [
    pytest.param({"domain": replace(EU, region="us")}, id="region"),
    pytest.param({"domain": replace(EU, purpose="analytics")}, id="purpose"),
    pytest.param({"kind": "device"}, id="kind"),
    pytest.param({"key": hashlib.sha256(b"another").digest()}, id="key"),
]


@pytest.mark.parametrize("change", ELSEWHERE)
def test_a_token_of_another_domain_or_key_is_refused(change):
    with pytest.raises(TokenRefused):
        revealed(made(["someone"]), **change)


@pytest.mark.parametrize("text", ["", "a", "b" * 16, "c" * 33])
def test_one_flipped_bit_of_a_token_is_refused_though_others_are_whole(text):
    token = made([text]).to_pylist()[0].encode()

    for bit in range(len(token) * 8):
        altered = bytearray(token)
        altered[bit // 8] ^= 1 << bit % 8
        tokens = pa.concat_arrays([made(["whole"]).cast(pa.binary()), pa.array([bytes(altered)], pa.binary())])
        with pytest.raises(TokenRefused):
            revealed(tokens)


@pytest.mark.parametrize("token", ["", "ab", "abc", "zz" * 20, "a" * 31, "SECRET", "a b" * 16, "é" * 16])
def test_what_is_no_token_is_refused_without_its_value(token):
    with pytest.raises(TokenRefused) as refused:
        revealed(pa.array([token]))

    shown = "".join(traceback.format_exception(refused.value))
    assert not token or token not in str(refused.value) and f"'{token}'" not in shown


def test_tokens_cut_and_joined_elsewhere_are_refused():
    first, second = made(["abc", "abcd"]).to_pylist()

    with pytest.raises(TokenRefused):
        revealed(pa.array([first + second[:1], second[1:]]))


def test_a_kind_that_is_not_declared_is_refused():
    with pytest.raises(UsageError, match="have no kind"):
        made(["a"], kind="person")
    with pytest.raises(UsageError, match="have no kind"):
        token_function(Keys(), EU, "person")


@pytest.mark.spark
def test_spark_makes_the_same_tokens_and_reveals_them(spark):
    df = spark.createDataFrame([(text,) for text in TEXTS], "id string").coalesce(1)

    df = df.withColumn("token", token_function(Keys(), EU, "actor")("id"))
    rows = df.withColumn("back", token_function(Keys(), EU, "actor", back=True)("token")).collect()

    assert [(row.token, row.back) for row in rows] == list(zip(made(TEXTS).to_pylist(), TEXTS, strict=True))
