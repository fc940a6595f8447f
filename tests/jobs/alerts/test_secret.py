from __future__ import annotations

import pytest

from jobs.alerts.config import Email, Webhook
from jobs.alerts.failure import ChannelFault
from jobs.alerts.secret import credentials, webhook_url

URL = "https://hooks.example.org/services/planted"


@pytest.fixture
def url_file(tmp_path):
    def url_file(text, mode=0o600):
        (tmp_path / "alert.url").write_bytes(text)
        (tmp_path / "alert.url").chmod(mode)
        return Webhook(url_file="alert.url")

    return url_file


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8065/hooks/x", "http://[::1]/x", "http://localhost/x"])
def test_an_address_comes_from_the_environment(tmp_path, monkeypatch, url):
    monkeypatch.setenv("MY_URL", f" {url}\n")

    assert webhook_url(Webhook(url_env="MY_URL"), tmp_path) == url


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("", "MY_URL is not set", id="empty"),
        pytest.param("planted", "MY_URL holds is not a URL", id="no-url"),
        pytest.param("http://planted.example.org/x", "MY_URL is not https", id="in-the-clear"),
        pytest.param("http://localhost.planted.org/x", "MY_URL is not https", id="looks-like-this-machine"),
        pytest.param("file:///planted", "is not a URL", id="file"),
        pytest.param("ftp://planted.org/x", "is not https", id="ftp"),
        pytest.param("https://user:planted@example.org/", "is not a URL", id="user"),
        pytest.param("https://example.org/planted x", "is not a URL", id="space"),
        pytest.param("https://example.org/planted\nHost:x", "is not a URL", id="line"),
        pytest.param("https://example.org/planted\x7fx", "is not a URL", id="control"),
        pytest.param("https://example.org/planted\u00e9", "is not a URL", id="not-ascii"),
        pytest.param("https://example.org:planted/", "is not a URL", id="port"),
        pytest.param("https://[planted/", "is not a URL", id="bracket"),
    ],
)
def test_what_is_no_safe_address_is_refused_without_it(tmp_path, monkeypatch, value, said):
    monkeypatch.setenv("MY_URL", value)

    with pytest.raises(ChannelFault, match=said) as refused:
        webhook_url(Webhook(url_env="MY_URL"), tmp_path)
    assert "planted" not in str(refused.value)


def test_an_address_comes_from_a_file_of_ones_own_below_the_home(tmp_path, url_file):
    assert webhook_url(url_file(URL.encode() + b"\n"), tmp_path) == URL


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622], ids=oct)
def test_a_file_that_others_can_reach_is_refused(tmp_path, url_file, mode):
    with pytest.raises(ChannelFault, match="others can read it.*chmod 600"):
        webhook_url(url_file(URL.encode(), mode), tmp_path)


def test_a_file_that_is_not_there_or_is_no_text_is_named(tmp_path, url_file):
    with pytest.raises(ChannelFault, match=r"none\.url cannot be read"):
        webhook_url(Webhook(url_file="none.url"), tmp_path)
    with pytest.raises(ChannelFault, match=r"alert\.url cannot be read"):
        webhook_url(url_file(b"\xff\xfe"), tmp_path)


def test_a_user_and_a_password_come_from_the_environment(monkeypatch):
    open_server = Email.model_validate({"to": ["a@example.org"], "from": "b@example.org"})
    closed = open_server.model_copy(update={"user_env": "MY_USER", "password_env": "MY_PASSWORD"})
    monkeypatch.setenv("MY_USER", "ada")

    assert credentials(open_server) is None
    with pytest.raises(ChannelFault, match="MY_PASSWORD is not set"):
        credentials(closed)
    monkeypatch.setenv("MY_PASSWORD", "planted")
    assert credentials(closed) == ("ada", "planted")
