from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pytest

from quality.contracts.errors import UsageError
from quality.contracts.shared_columns import PSEUDONYM_PATTERN
from transforms.arrow_function import arrow_function
from transforms.privacy.identifiers import KINDS, SUBJECTS, Domain, domain_key
from transforms.privacy.pseudonymize_columns import pseudonymize_columns, pseudonyms, subject_pseudonyms

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")
ACTOR = {"actor_key": ("actor_id", "actor")}


@dataclass(frozen=True)
class Keys:
    """Holds no key; derives it where it is opened. Tokens are hashes, but for those who were destroyed."""

    name: str = "only for this test"
    gone: frozenset[str] = frozenset()

    @property
    def pseudonym(self):
        return self

    subjects = pseudonym

    def open(self) -> bytes:
        return hashlib.sha256(self.name.encode()).digest()

    def tokens(self, kind, subjects):
        return [None if one in self.gone else hashlib.sha256(f"{kind} {one}".encode()).digest() for one in subjects]


def of_tokens(values, kind="actor", keys=Keys()):  # noqa: B008
    return subject_pseudonyms(KEY, pa.array(values, pa.string()), keys, domain=EU, kind=kind).to_pylist()


@pytest.mark.parametrize("kind", SUBJECTS)
def test_a_subject_s_pseudonym_is_made_of_its_token(kind):
    (token,) = Keys().tokens(kind, ["ada"])
    made = pseudonyms(KEY, pa.array([token]), domain=EU, kind=kind).to_pylist()

    assert of_tokens(["ada", None, "ada"], kind) == [*made, None, *made]
    assert made != hashed(["ada"], kind=kind), "who has the key and the identifier has not the token"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(SUBJECTS)))
def test_what_is_no_subject_has_no_token(kind):
    assert of_tokens(["a", None], kind) == hashed(["a", None], kind=kind)


def test_a_subject_whose_token_was_destroyed_has_no_pseudonym():
    assert of_tokens(["ada", "bob"], keys=Keys(gone=frozenset({"ada"}))) == [None, *of_tokens(["bob"])]


def hashed(values, key=KEY, domain=EU, kind="actor", epoch=""):
    return pseudonyms(key, pa.array(values, pa.string()), domain=domain, kind=kind, epoch=epoch).to_pylist()


def test_a_pseudonym_is_truncated_hmac_sha256_with_the_key_of_its_domain():
    key = domain_key(KEY, "geoward pseudonym 1", EU, "actor").hex().encode()
    texts = ["", "a", "é", "e\u0301", "a" * 300, "\x1f"]

    assert hashed(texts) == [hmac.new(key, text.encode(), "sha256").hexdigest()[:32] for text in texts]


@pytest.mark.parametrize("distinct", [1, 900, 3000], ids="of-{}-distinct".format)
def test_identifiers_that_repeat_are_hashed_as_those_that_do_not(distinct):
    texts = [None if number % 7 == 0 else str(number % distinct) for number in range(3000)]
    each = dict(zip(map(str, range(distinct)), hashed(map(str, range(distinct))), strict=True))

    assert hashed(texts) == [each.get(text) for text in texts]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"key": hashlib.sha256(b"another").digest()}, id="key"),
        pytest.param({"kind": "device"}, id="kind"),
        pytest.param({"epoch": "2026-11"}, id="month"),
        pytest.param({"domain": replace(EU, region="us")}, id="region"),
        pytest.param({"domain": replace(EU, purpose="analytics")}, id="purpose"),
    ],
)
def test_another_key_kind_or_domain_gives_another_pseudonym(change):
    assert hashed(["a"]) != hashed(["a"], **change)


def test_an_address_has_one_pseudonym_in_both_its_forms():
    assert len({*hashed(["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:C000:0201"], kind="ip")}) == 1


def test_a_kind_that_is_not_declared_is_refused_before_anything_runs():
    with pytest.raises(UsageError, match="have no kind of that name"):
        pseudonymize_columns(None, columns={"person_key": ("person_id", "person")}, keys=Keys(), domain=EU)


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
def test_a_worker_hashes_with_one_thread(spark):
    """A worker for each core, each with a thread for each core, would be their square."""

    def threads(values: pa.Array) -> pa.Array:
        import polars

        return pa.array([polars.thread_pool_size()] * len(values))

    assert spark.range(1).select(arrow_function(threads, "long")("id")).first()[0] == 1
