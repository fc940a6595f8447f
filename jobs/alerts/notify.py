"""Tell each channel what is new, what is still wrong after a day, and what is mended; remember what it was told."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from jobs.alerts.config import Channel
from jobs.alerts.deliver import TIMEOUT, Letter, Outcome, deliver, letter, rehearse
from jobs.alerts.digest import Digest, digest, told_after
from jobs.alerts.failure import why
from jobs.alerts.memory import Known, Memory
from jobs.alerts.message import AlertMessage
from jobs.audit_log import audit_many
from jobs.catalog import now
from jobs.home import Home
from jobs.problem import Problem

_TEST = "Geoward: a test. This channel works; nothing is wrong."
_FORGETS = " What was told could not be remembered, so it will be told again; see alerts.sqlite in the home."


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on one channel. ``said`` is a sentence without an address; ``refused`` counts refusing recipients."""

    channel: str
    ok: bool
    said: str
    problems: int = 0
    resolved: int = 0
    refused: int = 0


def notify(
    home: Home, problems: Collection[Problem], *, at: datetime | None = None, timeout: float = TIMEOUT
) -> list[Delivery]:
    """Send what each channel is due, one message a channel; return the deliveries, none when nothing is due.

    ``problems`` are all that are open now, in every region: one that was told and is not among them is told as
    resolved. What fails is tried again at the next call. Nothing is raised into the caller's run.
    """
    try:
        sent = _notify(home, problems, at, timeout) if home.alerts else []
    except Exception as error:  # a night must not fail because nobody could be told
        sent = [Delivery(channel.label, False, why(error)) for channel in home.alerts]
    _audit(home, sent)
    return sent


def try_channels(home: Home, *, dry_run: bool = False, timeout: float = TIMEOUT) -> list[Delivery]:
    """Send a test message on every channel; a dry run only looks whether the secrets are there."""
    if dry_run:
        return [_delivery(channel, rehearse(home, channel)) for channel in home.alerts]
    payload = AlertMessage(text=_TEST, problems=[], resolved=[])
    letters = [(one, Letter(secrets.token_hex(16), now(), _TEST, _TEST + "\n", payload)) for one in home.alerts]
    outcomes = deliver(home, letters, timeout)
    sent = [_delivery(channel, outcome) for channel, outcome in zip(home.alerts, outcomes, strict=True)]
    _audit(home, sent, test=True)
    return sent


def _notify(home: Home, problems: Collection[Problem], at: datetime | None, timeout: float) -> list[Delivery]:
    memory = Memory(home)
    try:
        moment = (at or now()).astimezone(UTC)  # after the wait for another run
        before = {channel.label: memory.channels.get(channel.label, Known()) for channel in home.alerts}
        plans = {one.label: digest(one, problems, before[one.label].told, moment) for one in home.alerts}
        due = [channel for channel in home.alerts if plans[channel.label]]
        letters = [(one, _letter(one, plans[one.label], memory, moment)) for one in due]
        outcomes = dict(zip((one.label for one in due), deliver(home, letters, timeout), strict=True))
        after = {
            one.label: _after(one, plans[one.label], before[one.label], outcomes.get(one.label), moment)
            for one in home.alerts
        }
        kept = after == memory.channels or memory.keep(after)
    finally:
        memory.close()
    return [_delivery(one, outcomes[one.label], plans[one.label], kept) for one in due]


def _letter(channel: Channel, plan: Digest, memory: Memory, moment: datetime) -> Letter:
    """Word a digest; its id counts what reached the channel, so that the same problem next month has another."""
    sent = memory.channels.get(channel.label, Known()).sent
    return letter(plan, plan.identity(memory.salt, channel.label, sent), moment)


def _after(channel: Channel, plan: Digest, before: Known, outcome: Outcome | None, moment: datetime) -> Known:
    """Return what a channel knows now; when a delivery failed, no more than before."""
    reached = plan if outcome is None or outcome.ok else Digest((), ())
    known = replace(before, told=told_after(channel, reached, before.told, moment))
    if outcome is None:
        return known
    return replace(known, sent=before.sent + outcome.ok, at=moment, ok=outcome.ok, said=outcome.said)


def _delivery(channel: Channel, outcome: Outcome, plan: Digest | None = None, kept: bool = True) -> Delivery:
    plan = plan or Digest((), ())
    said = outcome.said + ("" if kept else _FORGETS)
    return Delivery(channel.label, outcome.ok, said, len(plan.problems), len(plan.resolved), outcome.refused)


def _audit(home: Home, sent: list[Delivery], *, test: bool = False) -> None:
    """Enter the deliveries, with counts only; a disk that is full must not keep the caller from its end."""
    with suppress(Exception):
        audit_many(home, [
            ("alert", one.channel, "sent" if one.ok else "failed", "",
             {"problems": one.problems, "resolved": one.resolved, "refused": one.refused, "test": test})
            for one in sent
        ])  # fmt: skip
