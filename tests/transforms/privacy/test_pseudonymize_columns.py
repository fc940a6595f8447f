from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pytest

from quality.contracts.shared_columns import PSEUDONYM_PATTERN
from transforms.privacy.pseudonymize_columns import (
    Domain,
    _digests,
    _hex,
    _messages,
    pseudonym,
    pseudonymize_columns,
)

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")
ACTOR = {"actor_key": ("actor_id", "actor")}


@dataclass(frozen=True)
class Keys:
    """Holds no key; derives it where it is opened."""

    name: str = "only for this test"

    def open(self) -> bytes:
        return hashlib.sha256(self.name.encode()).digest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("1", "23"), ("12", "3"), id="where-the-parts-divide"),
        pytest.param(("", "a"), ("a", ""), id="an-empty-part"),
        pytest.param(("a",), ("a", ""), id="one-part-more"),
        pytest.param(("é",), ("e\u0301",), id="another-unicode-form"),
    ],
)
def test_other_parts_give_another_pseudonym(one, other):
    assert pseudonym(KEY, *one) != pseudonym(KEY, *other)


@pytest.mark.parametrize("key", [KEY, b"", b"k" * 64, b"k" * 65], ids=["usual", "empty", "a-block", "over-a-block"])
def test_a_pseudonym_is_truncated_hmac_sha256_of_length_prefixed_parts(key):
    expected = hmac.new(key, (2).to_bytes(8, "big") + b"ab", "sha256").hexdigest()[:32]

    assert pseudonym(key, "ab") == expected


def test_another_key_gives_another_pseudonym():
    expected = pseudonym(KEY, "ab")

    assert pseudonym(hashlib.sha256(b"another").digest(), "ab") != expected


def test_a_lone_surrogate_does_not_stop_a_run():
    assert len(pseudonym(KEY, "\ud800")) == 32


@pytest.mark.parametrize(
    ("key", "message", "digest"),
    [
        pytest.param(b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b", id="case-1"),
        pytest.param(b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7", id="case-2"),
        pytest.param(
            b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f", id="case-6",
        ),
    ],
)  # fmt: skip
def test_the_hash_gives_the_vectors_of_rfc_4231(key, message, digest):
    assert _digests(key, [message])[0].hex()[:32] == digest


def test_many_texts_are_written_and_hashed_as_one_is():
    texts = ["", "a", "é", "a" * 300, "\x1f"]

    made = _hex(_digests(KEY, _messages(pa.array(texts)))).to_pylist()

    assert made == [pseudonym(KEY, text) for text in texts]


@pytest.fixture
def made(spark):
    def made(rows, columns=ACTOR, domain=EU, keys=Keys()):  # noqa: B008
        df = spark.createDataFrame(rows, "actor_id string, target_id string, event_time timestamp")
        return pseudonymize_columns(df, columns=columns, keys=keys, domain=domain)

    return made


MAY, JUNE = datetime(2024, 5, 31, 23), datetime(2024, 6, 1)


@pytest.mark.spark
def test_null_stays_null_and_equal_identifiers_of_a_kind_get_equal_pseudonyms_in_any_column(spark, made):
    columns = {**ACTOR, "target_key": ("target_id", "actor"), "other_key": ("target_id", "device")}

    rows = made([("a", "a", MAY), ("a", None, JUNE), (None, "b", MAY), ("", "a\x1fb", MAY)], columns).collect()

    first, second, third, fourth = rows
    assert first.actor_key == second.actor_key == first.target_key
    assert first.other_key not in (first.target_key, None)
    assert (second.target_key, second.other_key, third.actor_key) == (None, None, None)
    found = [row.actor_key for row in rows if row.actor_key] + [row.target_key for row in rows if row.target_key]
    assert len(set(found)) == 4, "the empty identifier and one with a separator are identifiers like others"
    assert all(re.match(PSEUDONYM_PATTERN, key) for key in found)


@pytest.mark.spark
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"region": "us"}, id="region"),
        pytest.param({"purpose": "analytics"}, id="purpose"),
        pytest.param({"epoch": "month"}, id="epoch"),
    ],
)
def test_in_another_domain_an_identifier_is_unlinkable(made, change):
    rows = [("a", None, MAY)]

    assert made(rows).collect()[0].actor_key != made(rows, domain=replace(EU, **change)).collect()[0].actor_key


@pytest.mark.spark
def test_another_key_gives_other_pseudonyms_and_a_monthly_epoch_rotates_with_the_event(made):
    rows = [("a", None, MAY), ("a", None, MAY), ("a", None, JUNE)]

    monthly = [row.actor_key for row in made(rows, domain=replace(EU, epoch="month")).collect()]
    assert monthly[0] == monthly[1] != monthly[2]
    assert made([("a", None, None)], domain=replace(EU, epoch="month")).collect()[0].actor_key is None
    assert made(rows[:1], keys=Keys("another")).collect()[0].actor_key != made(rows[:1]).collect()[0].actor_key


@pytest.mark.spark
def test_the_key_is_in_no_plan(made, capsys):
    df = made([("a", None, MAY)])
    df.explain("extended")

    shown = df._jdf.queryExecution().toString() + capsys.readouterr().out
    assert "actor_key" in shown
    assert not any(form in shown for form in (KEY.hex(), KEY.hex().upper(), str(KEY), repr(list(KEY))))
