from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from quality.contracts.errors import UsageError
from transforms.privacy.identifiers import KINDS, Domain, domain_info, domain_key, in_one_form

KEY = hashlib.sha256(b"only for this test").digest()
EU = Domain("eu", "risk", "none")


@pytest.mark.parametrize("size", [32, 64, 65], ids="{}-bytes".format)
def test_the_key_of_a_domain_is_hkdf_expand_of_rfc_5869(size):
    info = domain_info("use", EU, "actor", "2026-11")

    assert domain_key(KEY, "use", EU, "actor", "2026-11", size=size) == HKDFExpand(SHA256(), size, info).derive(KEY)


def test_no_two_domains_have_the_same_key_wherever_their_parts_divide():
    words = ["", "a", "b", "ab", "a\0", "\0a"]
    domains = [
        domain_key(KEY, use, Domain(region, purpose, "month"), kind, epoch)
        for use in words for region in words for purpose in words for kind in KINDS for epoch in words
    ]  # fmt: skip

    assert len(set(domains)) == len(words) ** 4 * len(KINDS)


@pytest.mark.parametrize("kind", ["actors", "Actor", "", "ac\u0442or"])
def test_a_kind_that_is_not_declared_is_refused(kind):
    with pytest.raises(UsageError, match="have no kind"):
        domain_key(KEY, "use", EU, kind)
    with pytest.raises(UsageError, match="have no kind"):
        in_one_form(kind, pa.array(["a"]))


@pytest.mark.parametrize("epoch", ["", "Month", "year"])
def test_an_epoch_that_is_not_defined_is_refused(epoch):
    with pytest.raises(UsageError, match="no such epoch"):
        Domain("eu", "risk", epoch)


def test_a_short_key_is_refused():
    with pytest.raises(UsageError, match="less than 32 bytes"):
        domain_key(KEY[:31], "use", EU, "actor")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="v4"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="v4-mapped"),
        pytest.param("::FFFF:C000:201", "192.0.2.1", id="v4-mapped-in-hex"),
        pytest.param("2001:DB8:0:0::1", "2001:db8::1", id="v6"),
        pytest.param("fe80::1%eth0", "fe80::1%eth0", id="v6-of-a-zone"),
        pytest.param("192.0.2.01", "192.0.2.01", id="no-address"),
        pytest.param("a:b", "a:b", id="no-address-with-a-colon"),
        pytest.param("", "", id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_network_address_has_one_form(address, form):
    assert in_one_form("ip", pa.array([address, "::1"], pa.string())).to_pylist() == [form, "::1"]
    assert in_one_form("ip", pa.array([address], pa.string())).to_pylist() == [form]


def test_an_identifier_that_is_no_address_stays_as_it_is():
    looks_like_one = pa.array(["::ffff:192.0.2.1"])

    assert in_one_form("device", looks_like_one) is looks_like_one
