from __future__ import annotations

import time

import pytest

from jobs.alerts.failure import why
from jobs.alerts.post_webhook import post_webhook


def refusal(url, timeout=5.0):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one it is, its sentence says
        post_webhook(url, b"{}", message_id="1", timeout=timeout)
    assert "planted" not in why(raised.value)
    return why(raised.value)


@pytest.mark.parametrize("code", [200, 202, 204])
def test_a_body_is_posted_as_json_with_the_key_that_a_second_attempt_has_too(hook, code):
    hook.answer = code

    post_webhook(hook.url, b'{"text": "x"}', message_id="abc", timeout=5)

    (request,) = hook.received
    assert (request.path, request.body) == ("/services/T0/B0/planted-token", '{"text": "x"}')
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == "abc"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(hook, code):
    hook.answer, hook.location = code, hook.url.replace("/services", "/elsewhere")

    assert f"answered {code}, a redirect, which is not followed" in refusal(hook.url)
    assert [request.path for request in hook.received] == ["/services/T0/B0/planted-token"]


@pytest.mark.parametrize(("code", "said"), [(500, "It answered 500."), (429, "answered 429"), (404, "no longer valid")])
def test_an_answer_that_is_no_success_is_a_failure(hook, code, said):
    hook.answer = code

    assert said in refusal(hook.url)


def test_a_server_that_hangs_is_left_after_the_timeout(hook):
    hook.answer = "hang"
    began = time.monotonic()

    assert "did not answer in time" in refusal(hook.url, timeout=0.2)
    assert time.monotonic() - began < 3


def test_a_server_that_closes_early_may_have_the_message(hook):
    hook.answer = "close"

    assert "closed the connection early; it may have the message" in refusal(hook.url)


def test_a_port_where_nothing_listens_is_said(hook):
    free = hook.url.replace(str(hook.server.server_port), "1")

    assert "Nothing listens there" in refusal(free)


def test_a_certificate_must_be_trusted(hook, server_tls, authority, tmp_path, monkeypatch):
    hook.server.socket = server_tls.wrap_socket(hook.server.socket, server_side=True)
    url = hook.url.replace("http:", "https:")

    assert "certificate is not trusted" in refusal(url)
    assert hook.received == []
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    post_webhook(url, b"{}", message_id="1", timeout=5)
    assert len(hook.received) == 1


def test_a_proxy_of_the_environment_is_used_for_other_machines_never_for_this_one(hook, monkeypatch):
    proxy = f"http://127.0.0.1:{hook.server.server_port}"
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    hook.answer = 403

    refusal("https://hooks.example.org/services/planted")
    assert [request.path for request in hook.received] == ["hooks.example.org:443"], "asked to tunnel, told no path"
    assert "Nothing listens" in refusal("http://localhost:1/planted")
    assert len(hook.received) == 1
