"""Hand messages to their channels, all at once: one that hangs neither delays another nor holds up the run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from jobs.alerts.config import Channel, Webhook
from jobs.alerts.digest import Digest
from jobs.alerts.failure import why
from jobs.alerts.message import AlertMessage, alert_message, mail_body, subject
from jobs.alerts.post_webhook import post_webhook
from jobs.alerts.secret import credentials, webhook_url
from jobs.alerts.send_email import send_email, write_email
from jobs.counted import counted
from jobs.home import Home

TIMEOUT = 10.0
"""Seconds for each step: a connection, an answer. All of a delivery has three times that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended; ``refused`` counts addresses that did not get a message which others got."""

    ok: bool
    said: str
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in both wordings; ``message_id`` is the same at a second attempt."""

    message_id: str
    at: datetime
    subject: str
    body: str
    payload: AlertMessage


def letter(digest: Digest, message_id: str, at: datetime) -> Letter:
    """Word a digest."""
    return Letter(message_id, at, subject(digest), mail_body(digest), alert_message(digest))


def deliver(home: Home, letters: Sequence[tuple[Channel, Letter]], timeout: float) -> list[Outcome]:
    """Send each letter on its channel; return the outcomes in that order. Nothing is raised."""
    return _at_once([partial(_send, home, channel, one, timeout) for channel, one in letters], 3 * timeout)


def rehearse(home: Home, channel: Channel) -> Outcome:
    """Look whether a channel's secrets are there and sound, without connecting."""

    def look() -> Outcome:
        _prepare(home, channel)
        return Outcome(True, f"Would be sent to {channel.way.target}.")

    return _guarded(look)


def _prepare(home: Home, channel: Channel) -> tuple[str, tuple[str, str] | None]:
    """Return the webhook's URL, or the e-mail's user and password."""
    if isinstance(channel.way, Webhook):
        return webhook_url(channel.way, home.path), None
    return "", credentials(channel.way)


def _send(home: Home, channel: Channel, message: Letter, timeout: float) -> Outcome:
    url, login = _prepare(home, channel)
    if isinstance(channel.way, Webhook):
        body = message.payload.model_dump_json().encode()
        post_webhook(url, body, message_id=message.message_id, timeout=timeout)
        return Outcome(True, "Sent.")
    mail = write_email(channel.way, message.subject, message.body, message_id=message.message_id, at=message.at)
    refused = send_email(channel.way, mail, login=login, timeout=timeout)
    return Outcome(
        True, f"Sent; {refused} of {counted(len(channel.way.to), 'address')} refused." if refused else "Sent.", refused
    )


def _at_once(tasks: Sequence[Callable[[], Outcome]], seconds: float) -> list[Outcome]:
    """Run each in a thread of its own that the process does not wait for: a name server may hang beyond a timeout."""
    late = Outcome(False, f"It was not done in {seconds:g} seconds; it may have the message.")
    outcomes = [late] * len(tasks)

    def run(place: int) -> None:
        outcomes[place] = _guarded(tasks[place])

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(tasks))]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    return list(outcomes)


def _guarded(task: Callable[[], Outcome]) -> Outcome:
    try:
        return task()
    except Exception as error:  # whatever it is, a channel's trouble is not the run's
        return Outcome(False, why(error))
