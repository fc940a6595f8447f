from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from jobs.alerts.deliver import deliver, letter, rehearse
from jobs.alerts.digest import Digest

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)
WEBHOOK = "- {name: chat, webhook: {url_env: GEOWARD_ALERT_URL}}"


@pytest.fixture
def post(problem):
    def post(home, timeout=5.0):
        one = letter(Digest((problem(),), ()), "abc", AT)
        return deliver(home, [(channel, one) for channel in home.alerts], timeout)

    return post


@pytest.fixture
def dripping():
    """A server that sends a byte of its answer at a time, so that no single wait is too long; return its URL."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/planted"
        over.set()
        thread.join()


def test_a_channel_in_trouble_neither_delays_nor_silences_another(with_alerts, start_mail, hook, monkeypatch, post):
    box = start_mail()
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)
    hook.answer = "hang"
    mail = f"{{to: [a@example.org], from: b@example.org, host: 127.0.0.1, port: {box.port}, starttls: false}}"
    home = with_alerts(WEBHOOK, "- {name: unset, webhook: {url_env: NOT_SET}}", f"- {{name: mail, email: {mail}}}")

    began = time.monotonic()
    hanging, unset, sent = post(home, timeout=0.5)

    assert time.monotonic() - began < 3
    assert (hanging.ok, unset.ok, sent.ok) == (False, False, True)
    assert "NOT_SET is not set" in unset.said
    assert len(box.received) == 1


def test_an_answer_that_drips_is_left_when_the_whole_takes_too_long(with_alerts, dripping, monkeypatch, post):
    monkeypatch.setenv("GEOWARD_ALERT_URL", dripping)
    began = time.monotonic()

    (outcome,) = post(with_alerts(WEBHOOK), timeout=0.2)

    assert (outcome.ok, outcome.said) == (False, "It was not done in 0.6 seconds; it may have the message.")
    assert time.monotonic() - began < 3


def test_addresses_that_a_server_refused_are_counted(with_alerts, start_mail, post):
    box = start_mail()
    box.refuses = ("gone@example.org",)
    home = with_alerts(
        "- email: {to: [a@example.org, gone@example.org], from: b@example.org, host: 127.0.0.1, "
        f"port: {box.port}, starttls: false}}"
    )

    (outcome,) = post(home)

    assert (outcome.ok, outcome.refused, outcome.said) == (True, 1, "Sent; 1 of 2 addresses refused.")


def test_a_rehearsal_reads_the_secrets_and_connects_to_nothing(with_alerts, hook, monkeypatch):
    home = with_alerts(WEBHOOK, "- {name: unset, webhook: {url_env: NOT_SET}}")
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)

    ready, unset = (rehearse(home, channel) for channel in home.alerts)

    assert (ready.ok, ready.said) == (True, "Would be sent to the URL in $GEOWARD_ALERT_URL.")
    assert (unset.ok, "NOT_SET is not set" in unset.said) == (False, True)
    assert hook.received == []
