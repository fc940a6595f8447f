from __future__ import annotations

import random

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from transforms.privacy.aes_siv import AesSiv

RANDOM = random.Random(5297)


def rows(*texts: bytes) -> np.ndarray:
    return np.frombuffer(b"".join(texts), np.uint8).reshape(len(texts), -1)


def sealed_alike(key: bytes, texts: list[bytes], *associated: bytes) -> bool:
    made = (
        AesSiv(key, *associated).seal(rows(*texts))
        if texts[0]
        else AesSiv(key, *associated).seal(np.empty((len(texts), 0), np.uint8))
    )
    return [row.tobytes() for row in made] == [AESSIV(key).encrypt(text, list(associated)) for text in texts]


@pytest.mark.parametrize(
    ("key", "associated", "text", "token"),
    [
        pytest.param(
            "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
            ["101112131415161718191a1b1c1d1e1f2021222324252627"],
            "112233445566778899aabbccddee",
            "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
            id="A.1-deterministic",
        ),
        pytest.param(
            "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
            [
                "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
                "102030405060708090a0", "09f911029d74e35bd84156c5635688c0",
            ],
            "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
            "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829"
            "ea64ad544a272e9c485b62a3fd5c0d",
            id="A.2-nonce",
        ),
    ],
)  # fmt: skip
def test_it_gives_the_vectors_of_rfc_5297(key, associated, text, token):
    cipher = AesSiv(bytes.fromhex(key), *map(bytes.fromhex, associated))

    opened, whole = cipher.open(rows(bytes.fromhex(token)))

    assert cipher.seal(rows(bytes.fromhex(text))).tobytes().hex() == token
    assert (opened.tobytes().hex(), whole.tolist()) == (text, [True])


@pytest.mark.parametrize("size", [32, 64], ids=["aes-128", "aes-256"])
def test_texts_of_all_lengths_are_sealed_as_the_library_seals_one(size):
    for length in range(201):
        key, associated = RANDOM.randbytes(size), RANDOM.randbytes(length % 40)
        assert sealed_alike(key, [RANDOM.randbytes(length) for _ in range(3)], associated), length


def test_a_counter_that_starts_at_its_end_goes_on_as_the_librarys_does():
    key, iv = RANDOM.randbytes(64), b"\xff" * 16
    first = bytes.fromhex("ffffffffffffffff7fffffff7fffffff")
    expected = Cipher(AES(key[32:]), CTR(first)).encryptor().update(bytes(50))

    assert AesSiv(key)._keystream(rows(iv), 50).tobytes() == expected


def test_one_flipped_bit_is_told_of_its_row_alone():
    cipher = AesSiv(RANDOM.randbytes(64), b"associated")
    sealed = cipher.seal(rows(*[RANDOM.randbytes(20) for _ in range(36 * 8)]))
    altered = sealed.copy()
    for bit in range(36 * 8):
        altered[bit, bit // 8] ^= 1 << bit % 8

    assert not cipher.open(altered)[1].any()
    altered[1:] = sealed[1:]
    assert cipher.open(altered)[1].tolist() == [False] + [True] * (len(sealed) - 1)


def test_tink_opens_what_it_seals_and_it_opens_what_tink_seals():
    """Tink's keysets of one AES-SIV key without a prefix: deterministic AEAD with one string of associated data."""
    from tink import BinaryKeysetReader, cleartext_keyset_handle, daead
    from tink.proto import aes_siv_pb2, tink_pb2

    daead.register()
    for length in range(0, 200, 3):
        key, associated = RANDOM.randbytes(64), RANDOM.randbytes(length % 40)
        value = aes_siv_pb2.AesSivKey(key_value=key).SerializeToString()
        data = tink_pb2.KeyData(
            type_url="type.googleapis.com/google.crypto.tink.AesSivKey", value=value, key_material_type="SYMMETRIC"
        )
        one = tink_pb2.Keyset.Key(key_data=data, status="ENABLED", key_id=7, output_prefix_type="RAW")
        keyset = tink_pb2.Keyset(primary_key_id=7, key=[one]).SerializeToString()
        tink = cleartext_keyset_handle.read(BinaryKeysetReader(keyset)).primitive(daead.DeterministicAead)
        ours, texts = AesSiv(key, associated), [RANDOM.randbytes(length) for _ in range(3)]
        sealed = [tink.encrypt_deterministically(text, associated) for text in texts]

        opened, whole = ours.open(rows(*sealed))
        assert whole.all() and [row.tobytes() for row in opened] == texts, length
        made = ours.seal(np.frombuffer(b"".join(texts), np.uint8).reshape(3, length))
        assert [tink.decrypt_deterministically(row.tobytes(), associated) for row in made] == texts, length
