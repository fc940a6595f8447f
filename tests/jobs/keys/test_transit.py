"""The transit engine of a real OpenBao server, and of servers that are something else."""

from __future__ import annotations

import json
import pickle
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from jobs.keys import vault_server
from jobs.keys.key_reference import primary_key
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.transit import Transit
from quality.contracts.errors import ConfigError, KeyUnusable
from tests.jobs.keys.conftest import NOVEMBER, TOKENS, forms, made, opened
from tests.jobs.keys.openbao import ROOT_TOKEN, running

KEY, ABOUT = bytes(range(32)), b"key-1 of eu"


@pytest.fixture(scope="session")
def bao(tmp_path_factory):
    with running(tmp_path_factory.mktemp("bao")) as client:
        yield client


@pytest.fixture
def vault(bao, token_file):
    return Transit(bao.url, "geoward", token_file)


def token_that_may(bao, path, *rights):
    """Write a token to ``path`` that may only do ``rights`` with the key."""
    rules = "".join(f'path "transit/{right}/geoward" {{ capabilities = ["update"] }}\n' for right in rights)
    bao.sys.create_or_update_policy("-".join(("only", *rights)), rules)
    made = bao.auth.token.create(policies=["-".join(("only", *rights))], no_default_policy=True)
    path.write_text(made["auth"]["client_token"])


@pytest.mark.long
def test_what_the_server_wraps_unwraps_to_the_same_and_never_elsewhere(vault):
    wrapped = vault.wrap(KEY, ABOUT)

    assert vault.unwrap(wrapped, ABOUT) == KEY and wrapped != vault.wrap(KEY, ABOUT)
    with pytest.raises(KeyUnusable, match="Key-encryption key transit-transit-geoward cannot be used: .*moved since"):
        vault.unwrap(wrapped, b"key-1 of us")
    with pytest.raises(KeyUnusable, match="another key wrapped it"):
        replace(vault, key_name="other").unwrap(wrapped, ABOUT)


@pytest.mark.long
def test_a_changed_wrapped_key_is_refused_without_the_servers_words(vault):
    wrapped = vault.wrap(KEY, ABOUT)
    for place in range(len(b"vault:v1:"), len(wrapped) - 4):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(KeyUnusable, match="the server refuses") as refused:
            vault.unwrap(bytes(changed), ABOUT)
        assert "cipher" not in str(refused.value) and bytes(changed).decode("latin1") not in str(refused.value)
    for strange in (b"", b"vault", b"vault:v9:AAAA", b"\xff\x00"):
        with pytest.raises(KeyUnusable):
            vault.unwrap(strange, ABOUT)


@pytest.mark.long
def test_a_whole_keyset_lives_under_the_server_and_moves_there_and_back(vault, kek, tmp_path):
    file = KeysetFile(tmp_path / "keyset.json", (kek,))
    file.make()
    file.new_key(NOVEMBER)
    file.new_key(TOKENS)
    found = opened(file)
    moved = replace(file, providers=(vault, kek))
    moved.rewrap()
    moved = replace(file, providers=(vault,))

    assert opened(moved) == found
    assert primary_key(moved, TOKENS).open() in found.values()
    replace(file, providers=(kek, vault)).rewrap()
    assert opened(file) == found


@pytest.mark.long
def test_a_key_that_the_server_rotated_still_unwraps_what_it_wrapped_and_fails_closed_below_its_floor(bao, vault):
    wrapped = vault.wrap(KEY, ABOUT)
    bao.secrets.transit.rotate_key("geoward")
    assert vault.unwrap(wrapped, ABOUT) == KEY and vault.wrap(KEY, ABOUT).startswith(b"vault:v2:")

    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=2)
    with pytest.raises(KeyUnusable):
        vault.unwrap(wrapped, ABOUT)
    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=1)


@pytest.mark.long
def test_a_keyset_that_is_wrapped_again_needs_the_servers_old_version_no_more(bao, vault, tmp_path):
    file = KeysetFile(tmp_path / "keyset.json", (vault,))
    file.make()
    file.new_key(TOKENS)
    found = opened(file)
    bao.secrets.transit.rotate_key("geoward")
    newest = bao.secrets.transit.read_key("geoward")["data"]["latest_version"]
    file.rewrap()
    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=newest)
    with pytest.raises(KeyUnusable):
        file.read()
    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=1)
    file.rewrap(again=True)
    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=newest)

    assert opened(file) == found
    bao.secrets.transit.update_key_configuration("geoward", min_decryption_version=1)


@pytest.mark.long
def test_a_token_that_may_not_is_told_with_its_mend_and_locks_no_key_away(bao, vault, kek, tmp_path):
    token_that_may(bao, vault.token_file, "encrypt")
    with pytest.raises(KeyUnusable, match="the server refuses the token. Give a token that may encrypt and decrypt"):
        vault.unwrap(vault.wrap(KEY, ABOUT), ABOUT)
    file = KeysetFile(tmp_path / "keyset.json", (kek,))
    file.make()
    file.new_key(TOKENS)
    with pytest.raises(KeyUnusable, match="refuses the token"):
        replace(file, providers=(vault, kek)).rewrap()
    assert len(opened(file)) == 1

    token_that_may(bao, vault.token_file, "encrypt", "decrypt")
    assert vault.unwrap(vault.wrap(KEY, ABOUT), ABOUT) == KEY
    with pytest.raises(KeyUnusable):
        replace(vault, key_name="unknown").wrap(KEY, ABOUT)


@pytest.mark.long
def test_a_key_type_that_binds_nothing_is_refused(bao, vault):
    bao.secrets.transit.create_key("rsa", key_type="rsa-2048")
    with pytest.raises(KeyUnusable, match="or it is no aes256-gcm96"):
        replace(vault, key_name="rsa").wrap(KEY, ABOUT)


@pytest.mark.long
def test_a_sealed_server_and_an_engine_that_is_not_there_are_told_apart(bao, vault):
    with pytest.raises(KeyUnusable, match="knows no such key"):
        replace(vault, mount="elsewhere").wrap(KEY, ABOUT)


@pytest.mark.long
def test_neither_token_nor_key_is_in_a_repr_a_pickle_or_an_error(vault):
    shown = pickle.dumps(vault) + repr(vault).encode()
    with pytest.raises(KeyUnusable) as refused:
        vault.unwrap(vault.wrap(KEY, ABOUT), b"")
    shown += f"{refused.value!r} {vars(refused.value)}".encode()

    assert [form for form in [*forms(KEY), ROOT_TOKEN.encode()] if form in shown] == []


@pytest.mark.parametrize(
    ("address", "good"),
    [
        pytest.param("https://vault.example:8200", True, id="https"),
        pytest.param("http://127.0.0.1:8200", True, id="this-machine"),
        pytest.param("http://[::1]:8200", True, id="this-machine-by-ipv6"),
        pytest.param("http://localhost:8200/", True, id="localhost"),
        pytest.param("http://vault.example:8200", False, id="http-elsewhere"),
        pytest.param("http://127.0.0.1.example:8200", False, id="a-name-that-looks-like-this-machine"),
        pytest.param("http://10.0.0.1:8200", False, id="http-in-the-house"),
        pytest.param("https://ada:pw@vault.example", False, id="a-password"),
        pytest.param("https://vault.example?x=1", False, id="a-query"),
        pytest.param("file:///etc/passwd", False, id="a-file"),
        pytest.param("https://", False, id="no-host"),
        pytest.param("https://vault.example:x", False, id="no-port"),
        pytest.param("https://vault.example:0", False, id="port-zero"),
        pytest.param("https://vault.example:65536", False, id="beyond-the-last-port"),
        pytest.param("https://vault.example/v1", False, id="a-path"),
        pytest.param("https://v%2f", False, id="escaped"),
        pytest.param("https://v#", False, id="an-empty-fragment"),
        pytest.param("https://v?", False, id="an-empty-query"),
        pytest.param("https://@v", False, id="an-empty-user"),
        pytest.param("https://\tv", False, id="a-tab"),
        pytest.param("https://v\n", False, id="a-line-end"),
        pytest.param(" https://v", False, id="a-space"),
        pytest.param("https://v\\.example", False, id="a-backslash"),
        pytest.param("https://vâult.example", False, id="letters-of-other-scripts"),
        pytest.param("https://[::1", False, id="half-an-address"),
    ],
)
def test_a_key_goes_over_https_or_stays_on_this_machine(address, good, tmp_path):
    if good:
        Transit(address, "geoward", tmp_path / "token")
    else:
        with pytest.raises(ConfigError, match="must be https") as refused:
            Transit(address, "geoward", tmp_path / "token")
        assert "pw" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "../sys/seal", "a/b", "a?b", "a b"])
def test_a_name_that_would_lead_elsewhere_on_the_server_is_refused(name, tmp_path):
    with pytest.raises(ConfigError):
        Transit("https://vault.example", name, tmp_path / "token")
    with pytest.raises(ConfigError):
        Transit("https://vault.example", "geoward", tmp_path / "token", mount=name)


def test_a_token_that_others_can_read_or_that_is_none_is_refused(token_file):
    vault = Transit("http://127.0.0.1:1", "geoward", token_file)
    token_file.write_text("two\nlines")
    with pytest.raises(KeyUnusable, match="its file holds no token"):
        vault.wrap(KEY, ABOUT)
    token_file.chmod(0o644)
    with pytest.raises(KeyUnusable, match="The token of key-encryption key transit-transit-geoward .* mode 0644"):
        vault.wrap(KEY, ABOUT)


def test_a_server_that_is_not_there_is_told_with_a_mend(token_file):
    with pytest.raises(KeyUnusable, match="the server cannot be reached. Look whether it runs") as fault:
        Transit("http://127.0.0.1:1", "geoward", token_file).wrap(KEY, ABOUT)
    assert ROOT_TOKEN not in str(fault.value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(200, "not that of a transit engine", id="another-server"),
        pytest.param(307, "not that of a transit engine", id="a-redirection"),
        pytest.param(403, "refuses the token", id="forbidden"),
        pytest.param(429, "too much to do", id="busy"),
        pytest.param(500, "the server refuses", id="an-error"),
        pytest.param(503, "sealed or down", id="sealed"),
        pytest.param("close", "cannot be reached", id="hangs-up"),
        pytest.param("hang", "did not answer in 0.3 seconds", id="never-answers"),
    ],
)
def test_a_server_that_answers_otherwise_fails_closed(hook, token_file, monkeypatch, answer, told):
    monkeypatch.setattr(vault_server, "SECONDS", (3, 0.3))
    hook.answer, hook.location, begun = answer, hook.url if answer == 307 else "", time.monotonic()
    with pytest.raises(KeyUnusable, match=told):
        Transit(hook.url.removesuffix("/services/T0/B0/planted-token"), "geoward", token_file).wrap(KEY, ABOUT)
    assert [request.path for request in hook.received] == ["/v1/transit/encrypt/geoward"]
    assert time.monotonic() - begun < 4


@pytest.fixture
def ignoring(token_file):
    """A transit engine of a server that is too old for associated data: it takes it and ignores it."""

    class Old(BaseHTTPRequestHandler):
        def do_PUT(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sealed = f"vault:v1:{asked.get('plaintext', '')}"
            found = {"ciphertext": sealed, "plaintext": asked.get("ciphertext", "").removeprefix("vault:v1:")}
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps({"data": found}).encode())

        do_POST = do_PUT

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Old)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Transit(f"http://127.0.0.1:{server.server_port}", "geoward", token_file)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_ignores_what_a_key_is_for_wraps_none(ignoring, kek, tmp_path):
    for _ in range(2):
        with pytest.raises(KeyUnusable, match="ignores what a key is for .*Use a newer server"):
            ignoring.wrap(KEY, ABOUT)
    file = KeysetFile(tmp_path / "keyset.json", (kek,))
    file.make()
    with pytest.raises(KeyUnusable, match="ignores what a key is for"):
        replace(file, providers=(ignoring, kek)).rewrap()
    assert file.read().seal.kek == kek.id


def test_no_proxy_of_the_environment_sees_the_token(hook, token_file, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, hook.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(KeyUnusable, match="cannot be reached"):
        Transit("http://127.0.0.1:1", "geoward", token_file).wrap(KEY, ABOUT)
    assert hook.received == []


def test_a_provider_of_a_file_and_one_of_a_server_never_have_one_name(kek, tmp_path):
    assert kek.id != made(tmp_path / "another").id != Transit("https://vault.example", "kek", tmp_path / "token").id
