"""Attacks that a pseudonym must survive; each beside a control that it must find, else the attack proves nothing."""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import replace
from math import isqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from transforms.privacy.identifiers import Domain
from transforms.privacy.pseudonymize_columns import pseudonyms

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")
VICTIMS = ["0", "7", "4711", "32767"]
CHUNK = 1_000_000


def keyed(values, key=KEY, domain=EU, kind="actor", epoch=""):
    return pseudonyms(key, pa.array(values, pa.string()), domain=domain, kind=kind, epoch=epoch)


def unkeyed(values):
    return pa.array([hashlib.sha256(value.encode()).hexdigest()[:32] for value in values])


def found(seen, space, guess):
    """Return how many of the pseudonyms ``seen`` are those that ``guess`` makes of some identifier below ``space``."""
    matches = set()
    for start in range(0, space, CHUNK):
        guesses = guess([str(number) for number in range(start, min(start + CHUNK, space))])
        matches |= set(guesses.filter(pc.is_in(guesses, value_set=seen)).to_pylist())
    return len(matches)


@pytest.mark.parametrize("space", [2**15, pytest.param(10**7, marks=pytest.mark.long)])
def test_a_dictionary_of_all_identifiers_finds_none_without_the_key(space):
    seen = keyed(VICTIMS)

    assert found(seen, space, unkeyed) == 0
    assert found(seen, space, lambda values: keyed(values, key=bytes(32))) == 0
    assert found(seen, space, keyed) == len(VICTIMS), "control: with the key, all"
    assert found(unkeyed(VICTIMS), space, unkeyed) == len(VICTIMS), "control: a hash without a key, all"


def links(one, other):
    """Return what links two columns of pseudonyms of the same subjects, beyond five sigma of chance.

    Equality, of anyone's with anyone's; the first two digits, or any digit, of a subject's; the bits that a subject's
    share; the order of subjects.
    """
    count = len(one)
    digits, others = (np.array([list(value) for value in column.to_pylist()]) for column in (one, other))
    bits, other_bits = (np.array([int(value, 16) for value in column.to_pylist()], object) for column in (one, other))
    apart = np.array([(a ^ b).bit_count() for a, b in zip(bits, other_bits, strict=True)])
    alike = digits == others
    ranks, other_ranks = (pc.rank(column, tiebreaker="dense").to_numpy().astype(float) for column in (one, other))
    tests = {
        "equality": 6 if pc.any(pc.is_in(one, value_set=other)).as_py() else 0,
        "prefix": _sigmas(alike[:, :2].all(axis=1).sum(), count, 1 / 256),
        "digit": max(_sigmas(alike[:, place].sum(), count, 1 / 16) for place in range(32)),
        "bits": abs(apart.mean() - 64) / np.sqrt(32 / count),
        "order": abs(np.corrcoef(ranks, other_ranks)[0, 1]) * isqrt(count),
    }
    return {name for name, sigmas in tests.items() if sigmas > 5}


def _sigmas(seen, count, chance):
    return abs(seen - count * chance) / np.sqrt(count * chance * (1 - chance))


SUBJECTS = [str(number) for number in range(20_000)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"domain": replace(EU, region="us")}, id="region"),
        pytest.param({"domain": replace(EU, purpose="analytics")}, id="purpose"),
        pytest.param({"kind": "device"}, id="kind"),
        pytest.param({"epoch": "2026-11"}, id="epoch"),
        pytest.param({"key": hashlib.sha256(b"another").digest()}, id="key"),
    ],
)
def test_nothing_links_two_domains(change):
    assert links(keyed(SUBJECTS), keyed(SUBJECTS, **change)) == set()


def test_the_same_domain_twice_is_linked_by_all_and_a_weak_separation_by_some():
    here = keyed(SUBJECTS)

    assert links(here, here) == {"equality", "prefix", "digit", "bits", "order"}
    prefixed = pa.array([value[:2] + hashlib.sha256(value.encode()).hexdigest()[2:32] for value in here.to_pylist()])
    assert links(here, prefixed) >= {"prefix", "order"}


# A hash that goes on from another's digest, as whoever knows the digest but not the key can do.
ROOTS = [isqrt(prime << 64) & 0xFFFFFFFF for prime in (2, 3, 5, 7, 11, 13, 17, 19)]
PRIMES = [number for number in range(2, 312) if all(number % low for low in range(2, isqrt(number) + 1))]


def _cube_root(number):
    low, high = 0, 1 << 40
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle)
    return low


ROUNDS = [_cube_root(prime << 96) & 0xFFFFFFFF for prime in PRIMES]


def _turn(word, by):
    return (word >> by | word << 32 - by) & 0xFFFFFFFF


def _compress(state, block):
    """Return SHA-256's state after one more block (FIPS 180-4, section 6.2.2)."""
    words = list(struct.unpack(">16I", block))
    for at in range(16, 64):
        early, late = words[at - 15], words[at - 2]
        words.append(
            words[at - 16] + words[at - 7]
            + (_turn(early, 7) ^ _turn(early, 18) ^ early >> 3) + (_turn(late, 17) ^ _turn(late, 19) ^ late >> 10)
            & 0xFFFFFFFF
        )  # fmt: skip
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(ROUNDS, words, strict=True):
        one = h + (_turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)) + (e & f ^ ~e & g) + constant + word
        two = (_turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = one + two & 0xFFFFFFFF, a, b, c, d + one & 0xFFFFFFFF, e, f, g
    return [old + new & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def _padding(size):
    return b"\x80" + bytes((55 - size) % 64) + struct.pack(">Q", size * 8)


def extended(digest, size, more):
    """Return, of a digest of ``size`` bytes, what follows them, and the digest of them, it and ``more``."""
    glue = _padding(size)
    state, rest = struct.unpack(">8I", digest), more + _padding(size + len(glue) + len(more))
    for at in range(0, len(rest), 64):
        state = _compress(state, rest[at : at + 64])
    return glue + more, struct.pack(">8I", *state)


@pytest.mark.parametrize(
    ("mac", "forged"),
    [
        pytest.param(lambda text: hashlib.sha256(KEY + text).digest(), True, id="control-hash-of-key-and-text"),
        pytest.param(lambda text: hmac.digest(KEY, text, "sha256"), False, id="hmac"),
    ],
)
def test_a_hash_cannot_be_extended_to_that_of_a_longer_identifier(mac, forged):
    """With 64 digits even; of a pseudonym's 32 an attacker does not know the state to go on from."""
    suffix, digest = extended(mac(b"4711"), len(KEY) + 4, b"2")

    assert (mac(b"4711" + suffix) == digest) is forged
