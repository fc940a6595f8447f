from __future__ import annotations

import hashlib
import subprocess
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from quality.contracts.errors import UsageError
from transforms.privacy.identifiers import Domain, domain_info, domain_key
from transforms.privacy.seal_rows import SubjectKey
from transforms.privacy.subject_tokens import EPOCH, Sealed, reveal_subject, sealed_in, subject_tokens
from transforms.privacy.tokens import TokenRefused, tokenize

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")
TEXTS = ["a", None, "", "é" * 9, "b" * 16, None, "c" * 40, "a", "x" * 17]


@dataclass
class InMemory:
    """Subjects of a test; ``asked`` counts how often each identifier was looked up."""

    destroyed: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)

    def of(self, kind, identifiers, epoch):
        assert epoch == EPOCH
        self.asked.update(identifiers)
        return [None if one in self.destroyed else subject_of(kind, one) for one in identifiers]


def subject_of(kind, identifier):
    index = hashlib.sha256(f"{kind} {identifier}".encode()).digest()
    return SubjectKey(index, hashlib.sha256(b"data key" + index).digest())


def made(texts, *, key=KEY, subjects=None, domain=EU, kind="actor"):
    return subject_tokens(key, pa.array(texts, pa.string()), subjects or InMemory(), domain=domain, kind=kind)


def revealed(token, *, key=KEY, domain=EU, kind="actor"):
    sealed = sealed_in(key, token, domain=domain, kind=kind)
    return reveal_subject(sealed, hashlib.sha256(b"data key" + sealed.index).digest(), domain=domain, kind=kind)


@pytest.mark.parametrize("texts", [TEXTS, [None, None], [""], []], ids=["many-lengths", "null", "empty", "none"])
def test_a_token_reveals_its_identifier_and_null_stays_null(texts):
    tokens, destroyed = made(texts)

    assert tokens.type == pa.string() and destroyed.to_pylist() == [False] * len(texts)
    assert [token if token is None else revealed(token) for token in tokens.to_pylist()] == texts


def test_equal_identifiers_join_and_each_is_looked_up_once():
    subjects = InMemory()
    tokens = made(TEXTS, subjects=subjects).tokens.to_pylist()

    assert tokens[0] == tokens[7] == made(["a"]).tokens.to_pylist()[0]
    assert set(subjects.asked.values()) == {1}


def test_both_layers_are_the_librarys_aes_siv_with_a_key_for_each_domain():
    one = subject_of("actor", "ada")
    outer, inner = (
        AESSIV(domain_key(key, use, EU, "actor", size=64))
        for key, use in ((KEY, "geoward subject token 1"), (one.key, "geoward subject token 1, inner"))
    )
    whole = one.index + inner.encrypt(b"ada", [one.index])

    assert made(["ada"]).tokens.to_pylist() == [
        outer.encrypt(whole, [domain_info("geoward subject token 1", EU, "actor")]).hex()
    ]


def test_one_address_in_two_spellings_is_one_subject():
    first, second = made(["2001:DB8::1", "2001:db8:0:0::1"], kind="ip").tokens.to_pylist()

    assert first == second


def test_a_destroyed_subject_gets_no_token_and_is_told():
    tokens, destroyed = made(["ada", None, "bob", "ada"], subjects=InMemory(destroyed={"ada"}))

    assert [token is None for token in tokens.to_pylist()] == [True, True, False, True]
    assert destroyed.to_pylist() == [True, False, False, True]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"domain": replace(EU, region="us")}, id="region"),
        pytest.param({"domain": replace(EU, purpose="analytics")}, id="purpose"),
        pytest.param({"kind": "device"}, id="kind"),
        pytest.param({"key": hashlib.sha256(b"another").digest()}, id="key"),
    ],
)
def test_a_token_of_another_domain_or_key_is_refused_and_does_not_join(change):
    (token,) = made(["someone"]).tokens.to_pylist()

    assert made(["someone"], **change).tokens.to_pylist() != [token]
    with pytest.raises(TokenRefused):
        revealed(token, **change)


def test_one_flipped_bit_anywhere_is_refused():
    (token,) = made(["ada"]).tokens.to_pylist()

    for bit in range(len(token) * 8):
        altered = bytearray(token.encode())
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TokenRefused):
            revealed(altered.decode("latin-1"))


def test_one_flipped_bit_within_what_the_region_sealed_is_refused_too():
    (token,) = made(["ada"]).tokens.to_pylist()
    sealed, one = sealed_in(KEY, token, domain=EU, kind="actor"), subject_of("actor", "ada")

    for bit in range(len(sealed.inner) * 8):
        altered = bytearray(sealed.inner)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TokenRefused):
            reveal_subject(Sealed(one.index, bytes(altered)), one.key, domain=EU, kind="actor")


def test_another_subjects_key_or_place_opens_nothing():
    (token,) = made(["ada"]).tokens.to_pylist()
    sealed, ada, bob = sealed_in(KEY, token, domain=EU, kind="actor"), *(subject_of("actor", n) for n in ("ada", "bob"))

    for index, key in ((ada.index, bob.key), (bob.index, ada.key)):
        with pytest.raises(TokenRefused):
            reveal_subject(Sealed(index, sealed.inner), key, domain=EU, kind="actor")


@pytest.mark.parametrize("token", ["", "ab", "abc", "zz" * 80, "a" * 31, "SECRET", "a b" * 60, "é" * 90, "\ud800"])
def test_what_is_no_token_is_refused_without_its_value(token):
    with pytest.raises(TokenRefused) as refused:
        revealed(token)

    shown = "".join(traceback.format_exception(refused.value))
    assert not token or token not in str(refused.value) and f"'{token}'" not in shown


def test_a_token_in_capitals_is_no_second_spelling():
    (token,) = made(["ada"]).tokens.to_pylist()

    with pytest.raises(TokenRefused):
        revealed(token.upper())


def test_a_plain_token_of_the_same_key_is_none_of_a_subject():
    for text in ("ada", "x" * 60):
        (token,) = tokenize(KEY, pa.array([text]), domain=EU, kind="actor").to_pylist()
        with pytest.raises(TokenRefused):
            revealed(token)


def test_a_kind_that_is_not_declared_is_refused():
    with pytest.raises(UsageError, match="have no kind"):
        made(["a"], kind="person")


def test_keys_are_not_shown():
    one = subject_of("actor", "ada")

    assert repr(one.key) not in repr(one)


def test_tokens_are_made_and_revealed_without_spark():
    code = "import sys, transforms.privacy.subject_tokens; sys.exit('pyspark' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
