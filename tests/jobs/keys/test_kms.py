"""Keys that a KMS wraps by Tink's URIs: hcvault:// at a real OpenBao server, the clouds by what stands in for them."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobs.keys.key_reference import primary_key
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.kms import Kms
from jobs.keys.transit import Transit
from quality.contracts.errors import ConfigError, KeyUnusable
from tests.jobs.keys.conftest import NOVEMBER, TOKENS, forms, opened
from tests.jobs.keys.openbao import ROOT_TOKEN, running

KEY, ABOUT = bytes(range(32)), b"key-1 of eu"
ARN = "aws-kms://arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
RESOURCE = "gcp-kms://projects/p-1/locations/europe-west1/keyRings/geoward/cryptoKeys/kek"


@pytest.fixture(scope="module")
def bao(tmp_path_factory):
    with running(tmp_path_factory.mktemp("bao-tls"), tls=True) as client:
        yield client


@pytest.fixture
def kms(bao, token_file):
    return of_server(bao, token_file, "geoward")


def of_server(bao, token_file, key, mount="transit"):
    host = bao.url.removeprefix("https://")
    return Kms(f"hcvault://{host}/{mount}/keys/{key}", token_file, Path(bao.session.verify))


@pytest.mark.long
def test_what_the_kms_wraps_unwraps_to_the_same_and_never_elsewhere(bao, kms):
    wrapped = kms.wrap(KEY, ABOUT)

    assert kms.unwrap(wrapped, ABOUT) == KEY and wrapped != kms.wrap(KEY, ABOUT)
    with pytest.raises(KeyUnusable, match="Key-encryption key hcvault:transit/keys/geoward cannot .*moved since"):
        kms.unwrap(wrapped, b"key-1 of us")
    with pytest.raises(KeyUnusable, match="hcvault:transit/keys/other .*another key wrapped it"):
        of_server(bao, kms.credentials, "other").unwrap(wrapped, ABOUT)


@pytest.mark.long
def test_each_flipped_bit_of_a_wrapped_key_is_refused(kms):
    """Also in the last letter of the server's base64, of which the server itself ignores some bits."""
    wrapped = kms.wrap(KEY, ABOUT)
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyUnusable, match="hcvault:transit/keys/geoward"):
            kms.unwrap(bytes(changed), ABOUT)
    for strange in (b"", b"\0", b"\xff\xff", wrapped[:-1], wrapped + b"\0"):
        with pytest.raises(KeyUnusable):
            kms.unwrap(strange, ABOUT)


@pytest.mark.long
def test_a_whole_keyset_moves_from_a_file_to_the_kms_and_back(kms, kek, tmp_path):
    file = KeysetFile(tmp_path / "keyset.json", (kek,))
    file.make()
    file.new_key(NOVEMBER)
    file.new_key(TOKENS)
    found = opened(file)
    replace(file, providers=(kms, kek)).rewrap()
    moved = replace(file, providers=(kms,))

    assert opened(moved) == found and primary_key(moved, TOKENS).open() in found.values()
    assert {key.kek for key in moved.read().keys} == {kms.id}
    with pytest.raises(KeyUnusable, match="hcvault:transit/keys/geoward"):
        file.read()
    replace(file, providers=(kek, kms)).rewrap()
    assert opened(file) == found


@pytest.mark.long
def test_a_token_a_key_and_a_certificate_that_are_not_right_are_told_apart(bao, kms, token_file):
    with pytest.raises(KeyUnusable, match="no certificate that is trusted"):
        replace(kms, authorities=None).wrap(KEY, ABOUT)
    with pytest.raises(KeyUnusable, match="knows no such key"):
        of_server(bao, token_file, "geoward", mount="elsewhere").wrap(KEY, ABOUT)
    token_file.write_text("s.not-a-token")
    with pytest.raises(KeyUnusable, match="the server refuses the token") as refused:
        kms.wrap(KEY, ABOUT)
    assert "s.not-a-token" not in f"{refused.value!r} {vars(refused.value)}"


@pytest.mark.long
def test_neither_token_nor_key_is_in_a_repr_a_pickle_or_an_error(kms):
    shown = pickle.dumps(kms) + repr(kms).encode()
    with pytest.raises(KeyUnusable) as refused:
        kms.unwrap(kms.wrap(KEY, ABOUT), b"")
    shown += f"{refused.value!r} {vars(refused.value)}".encode()

    assert [form for form in [*forms(KEY), ROOT_TOKEN.encode()] if form in shown] == []


def test_a_server_that_is_away_is_told_with_a_mend(token_file):
    with pytest.raises(KeyUnusable, match="hcvault:transit/keys/k .*cannot be reached. Look whether it runs") as fault:
        Kms("hcvault://127.0.0.1:1/transit/keys/k", token_file).wrap(KEY, ABOUT)
    assert ROOT_TOKEN not in str(fault.value)


def test_a_token_that_others_can_read_is_refused(token_file):
    token_file.chmod(0o644)
    with pytest.raises(KeyUnusable, match="The token of key-encryption key hcvault:transit/keys/k .*mode 0644"):
        Kms("hcvault://127.0.0.1:1/transit/keys/k", token_file).wrap(KEY, ABOUT)


@pytest.mark.parametrize(
    "uri",
    [
        "", "hcvault://", "hcvault:///transit/keys/k", "hcvault://vault.example/transit/k", "hcvault://v/keys/k",
        "hcvault://vault.example/transit/keys/k?x=1", "hcvault://vault.example/../keys/k",
        "hcvault://ada:planted@vault.example/transit/keys/k", "hcvault://vault.example:x/transit/keys/k",
        "hcvault://vault.example\n/transit/keys/k", "hcvault://v%00/transit/keys/k", "hcvault://v#/transit/keys/k",
        "hcvault://v?/transit/keys/k", "hcvault://v%2f/transit/keys/k", "hcvault://\tv/transit/keys/k",
        "hcvault://vault.example/transit/keys/k\n", "http://vault.example/transit/keys/k", "file:///etc/passwd",
        "aws-kms://key", "aws-kms://arn:aws:s3:eu-west-1:111122223333:key/k", f"{ARN} ", "aws-kms://arn:aws:kms:::key/k",
        "gcp-kms://projects/p", f"{RESOURCE}/cryptoKeyVersions/1", "gcp-kms://projects/p/locations/../keyRings/r/cryptoKeys/k",
    ],
)  # fmt: skip
def test_what_is_no_uri_of_a_key_is_refused_without_showing_it(uri, tmp_path):
    with pytest.raises(ConfigError, match="another form. Known: hcvault://HOST") as refused:
        Kms(uri, tmp_path / "token")
    assert "planted" not in str(refused.value)


def test_a_vaults_key_without_a_token_is_refused():
    with pytest.raises(ConfigError, match="Name its file with `credentials`"):
        Kms("hcvault://vault.example:8200/transit/keys/geoward")


def test_no_two_providers_have_one_name(kek, token_file):
    providers = [
        Kms("hcvault://vault.example/transit/keys/geoward", token_file),
        Kms("hcvault://vault.example/other/keys/geoward", token_file),
        Transit("https://vault.example", "geoward", token_file), Kms(ARN), Kms(RESOURCE), kek,
    ]  # fmt: skip

    assert len({provider.id for provider in providers}) == len(providers)


@pytest.mark.parametrize(
    ("uri", "package", "extra"),
    [
        pytest.param("hcvault://vault.example/transit/keys/k", "tink", "kms", id="hcvault"),
        pytest.param(ARN, "boto3", "kms-aws", id="aws"),
        pytest.param(RESOURCE, "google.cloud.kms_v1", "kms-gcp", id="gcp"),
    ],
)
def test_a_package_that_is_not_installed_is_told_by_the_extra_that_brings_it(
    uri, package, extra, token_file, monkeypatch
):
    for name in [name for name in sys.modules if name.startswith("tink.integration")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(KeyUnusable, match=rf'is not installed here. .*extra {extra}: `pip install "\.\[{extra}\]"`'):
        Kms(uri, token_file).wrap(KEY, ABOUT)


class Cloud:
    """A cloud's client as Tink gives it: its key seals by adding a byte to each."""

    fault: Exception | None = None

    def __init__(self, uri, credentials):
        self.asked = uri, credentials

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def get_aead(self, uri):
        assert uri == self.asked[0]
        return self

    def _answer(self, data, associated, step):
        assert associated == b""
        if Cloud.fault:
            raise Cloud.fault
        return bytes((byte + step) % 256 for byte in data)

    def encrypt(self, data, associated):
        return self._answer(data, associated, 1)

    def decrypt(self, data, associated):
        return self._answer(data, associated, -1)


@pytest.fixture(params=[ARN, RESOURCE], ids=["aws", "gcp"])
def cloud(request, monkeypatch):
    import tink.integration

    module = SimpleNamespace(AwsKmsClient=Cloud, GcpKmsClient=Cloud)
    for name in ("awskms", "gcpkms"):
        monkeypatch.setitem(sys.modules, f"tink.integration.{name}", module)
        monkeypatch.setattr(tink.integration, name, module, raising=False)
    monkeypatch.setattr(Cloud, "fault", None)
    return Kms(request.param)


def test_a_clouds_key_wraps_and_unwraps_bound_to_its_place(cloud):
    wrapped = cloud.wrap(KEY, ABOUT)

    assert cloud.unwrap(wrapped, ABOUT) == KEY and KEY not in wrapped
    with pytest.raises(KeyUnusable, match="moved since"):
        cloud.unwrap(wrapped, b"key-1 of us")


@pytest.mark.parametrize("size", [65_536, 70_000])
def test_what_is_too_long_to_be_a_wrapped_key_is_told(cloud, monkeypatch, size):
    monkeypatch.setattr(Cloud, "encrypt", lambda *_: bytes(size))
    with pytest.raises(KeyUnusable, match=f"{cloud.id} .*too long to be a wrapped key"):
        cloud.wrap(KEY, ABOUT)


def test_a_clouds_refusal_is_told_by_its_kind_and_never_by_its_text(cloud, monkeypatch):
    from tink import TinkError

    ClientError = type("ClientError", (Exception,), {"response": {"Error": {"Code": "AccessDeniedException"}}})
    PermissionDenied = type("PermissionDenied", (Exception,), {})
    for fault, said in (
        (TinkError(ClientError("planted")), "AccessDeniedException"),
        (TinkError(PermissionDenied("planted")), "PermissionDenied"),
        (ValueError("planted"), "ValueError"),
    ):
        monkeypatch.setattr(Cloud, "fault", fault)
        with pytest.raises(KeyUnusable, match=rf"{cloud.id} .*\({said}\)") as refused:
            cloud.wrap(KEY, ABOUT)
        assert "planted" not in str(refused.value)


def test_a_clouds_credentials_that_others_can_read_are_refused(cloud, token_file):
    token_file.chmod(0o640)
    with pytest.raises(KeyUnusable, match="The credentials of key-encryption key .*mode 0640"):
        replace(cloud, credentials=token_file).wrap(KEY, ABOUT)
