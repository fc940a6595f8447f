"""What abusive accounts do: rings in step, intruders, fraudulent clicks and spam."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jobs.sample import texts
from jobs.sample.activity import (
    CHANNELS,
    advertisement,
    content_id,
    conversion,
    purchase,
    waking_times,
)
from jobs.sample.cast import Cast
from jobs.sample.movement import HOUR
from jobs.sample.rows import Row, action
from jobs.sample.streams import DAY_SECONDS
from jobs.sample.takeovers import ABROAD, Takeovers, intruder_device, on_day

FRAUD_CHANNEL = CHANNELS
"""The publisher whose clicks are bought; hardly anybody else uses it."""


def ring_actions(cast: Cast, day: int) -> Iterator[Row]:
    """Yield log-ins and one campaign a day of each ring: all follow one creator and write the same comment.

    Members act within two minutes; hardness stretches that to eight hours and varies the comment.
    """
    rng = cast.rng("rings", day)
    spread = 120 * 240**cast.hardness
    for number, ring in enumerate(cast.roles.rings):
        target = cast.actor_id(int(rng.choice(cast.roles.creators)))
        content, begin = content_id(cast, rng), _day_ms(cast, day) + int(rng.integers(8 * HOUR, 14 * HOUR)) * 1_000
        for actor in ring.tolist():
            moments = begin + (np.sort(rng.random(3)) * spread * 1_000).astype(np.int64)
            variant = int(rng.integers(9)) if rng.random() < cast.hardness else 0
            line = texts.ring_line(day + number, variant)
            yield action(cast, actor, int(moments[0]), "log_in", planted="ring")
            yield action(cast, actor, int(moments[1]), "follow", target=target, planted="ring")
            yield action(cast, actor, int(moments[2]), "comment", target=content, text=line, planted="ring")


def fake_actions(cast: Cast, day: int) -> Iterator[Row]:
    """Yield a log-in a day of each fake around the victim."""
    rng = cast.rng("fake log-ins", day)
    times = waking_times(cast, day, len(cast.roles.fakes), rng).tolist()
    for actor, moment in zip(cast.roles.fakes.tolist(), times, strict=True):
        yield action(cast, actor, moment, "log_in", planted="fake_neighbor")


def takeover_actions(cast: Cast, takeovers: Takeovers, day: int) -> Iterator[Row]:
    """Yield the owner's log-in at home, then the intruder's from abroad, who buys twice."""
    rng = cast.rng("takeover actions", day)
    for row in on_day(takeovers, cast, day):
        actor, seen, time = int(takeovers.actor[row]), int(takeovers.seen[row]), int(takeovers.time[row])
        intruder: Row = {
            "device": cast.device_id(int(intruder_device(cast, np.asarray(row)))),
            "ip": f"203.0.113.{row % 254 + 1}",
            "country": ABROAD[takeovers.abroad[row]][0],
            "planted": "takeover",
        }
        yield action(cast, actor, seen * 1_000, "log_in")
        yield action(cast, actor, time * 1_000, "log_in", **intruder)
        for delay in rng.integers(120, 1_800, 2).tolist():
            money = purchase(cast, rng, scale=4 - 2 * cast.hardness)
            yield action(cast, actor, (time + delay) * 1_000, "purchase", **money, **intruder)


def fraud_clicks(cast: Cast, day: int) -> Iterator[Row]:
    """Yield bursts of clicks on one channel, some seconds apart and never a sale.

    Hardness makes them fewer, minutes apart, spread over other channels too, and lets some lead to a sale.
    """
    rng = cast.rng("click fraud", day)
    pace = 4 * 200**cast.hardness
    for actor in cast.roles.clickers.tolist():
        clicks = 24 - round(10 * cast.hardness)
        begin, gaps = int(rng.integers(0, 14 * HOUR)), rng.exponential(1, 24)[:clicks] * pace
        if rng.random() < 0.3:
            continue
        moments = np.minimum(begin + gaps.cumsum(), DAY_SECONDS - 1)
        for moment in (_day_ms(cast, day) + moments * 1_000).astype(np.int64).tolist():
            other, chance = rng.random() < 0.5 * cast.hardness, rng.random()
            channel = int(rng.integers(CHANNELS)) if other else FRAUD_CHANNEL
            advert = advertisement(cast, day, channel, rng)
            click = action(cast, actor, moment, "ad_click", planted="click_fraud", **advert)
            yield click
            if chance < 0.005 + 0.045 * cast.hardness:
                yield conversion(cast, click, int(rng.integers(30, 900)), rng)


def channel_visitors(cast: Cast, day: int) -> Iterator[Row]:
    """Yield the few honest impressions and clicks on the fraudulent channel."""
    rng = cast.rng("visitors", day)
    actor = rng.choice(cast.roles.people, size=rng.poisson(0.03 * len(cast.roles.people)))
    for one, moment in zip(actor.tolist(), waking_times(cast, day, len(actor), rng).tolist(), strict=True):
        if moment >= int(cast.created[one]) * 1_000:
            kind = "ad_click" if rng.random() < 0.2 else "ad_impression"
            yield action(cast, one, moment, kind, **advertisement(cast, day, FRAUD_CHANNEL, rng))


def spam_actions(cast: Cast, day: int) -> Iterator[Row]:
    """Yield posts and comments that push contacts; hardness makes them rarer and hides the contacts."""
    rng = cast.rng("spam", day)
    for actor in cast.roles.spammers.tolist():
        pushes = int(rng.integers(4, 9)) - round(3 * cast.hardness)
        for moment in waking_times(cast, day, pushes, rng).tolist():
            text = texts.spam(rng, cast.hardness)
            if rng.random() < 0.5:
                yield action(cast, actor, moment, "post", text=text, planted="spam")
            else:
                yield action(cast, actor, moment, "comment", text=text, target=content_id(cast, rng), planted="spam")


def _day_ms(cast: Cast, day: int) -> int:
    return (cast.start + day * DAY_SECONDS) * 1_000
