"""What ordinary accounts do in the app."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jobs.sample import texts
from jobs.sample.cast import Cast
from jobs.sample.geography import Ints
from jobs.sample.movement import AWAKE, HOUR
from jobs.sample.rows import Row, action
from jobs.sample.streams import DAY_SECONDS

RATES = {
    "log_in": 0.9, "post": 0.2, "comment": 0.35, "follow": 0.35, "report": 0.03, "ad_impression": 0.9, "ad_click": 0.2,
    "purchase": 0.06,
}  # fmt: skip
"""Actions a day of an ordinary account."""

CHANNELS = 12
CONVERSION_SHARE = 0.1
CONTENTS = 500


def ordinary_actions(cast: Cast, day: int) -> Iterator[Row]:
    """Yield a day's actions of people, creators and advertisers; nobody acts before their account exists."""
    rng = cast.rng("actions", day)
    pool = np.sort(np.concatenate((cast.roles.people, cast.roles.advertisers, cast.roles.spammers)))
    for kind, rate in RATES.items():
        actor = rng.choice(pool, size=rng.poisson(rate * len(pool)))
        time_ms = waking_times(cast, day, len(actor), rng)
        born = time_ms >= cast.created[actor] * 1_000
        tablet = rng.random(len(actor)) < 0.3
        for one, moment, on_tablet in zip(
            actor[born].tolist(), time_ms[born].tolist(), tablet[born].tolist(), strict=True
        ):
            row = action(cast, one, moment, kind, on_tablet=on_tablet, **_details(cast, kind, day, rng))
            yield row
            if kind == "ad_click" and rng.random() < CONVERSION_SHARE:
                yield conversion(cast, row, int(rng.integers(30, 900)), rng)


def account_actions(cast: Cast, day: int) -> Iterator[Row]:
    """Yield sign-ups of the day, campaigns opened on each third day and Friday's payouts to creators."""
    rng = cast.rng("accounts", day)
    start = cast.start + day * DAY_SECONDS
    for actor in np.flatnonzero((cast.created >= start) & (cast.created < start + DAY_SECONDS)).tolist():
        yield action(cast, actor, int(cast.created[actor]) * 1_000, "sign_up")
    for actor in cast.roles.advertisers.tolist() if day % 3 == 0 else ():
        moment = start * 1_000 + int(rng.integers(0, 600_000))
        yield action(cast, actor, moment, "campaign_created", campaign=campaign_id(cast, actor, day // 3))
    for actor in cast.roles.creators.tolist() if (cast.start // DAY_SECONDS + 3 + day) % 7 == 4 else ():
        moment = (start + 12 * HOUR) * 1_000 + int(rng.integers(0, 600_000))
        yield action(cast, actor, moment, "payout", **_money(cast, rng.lognormal(3.5, 0.8)))


def conversion(cast: Cast, click: Row, delay_s: int, rng: np.random.Generator) -> Row:
    """Return the sale that follows a click; near midnight it follows at once, so that it stays in the day."""
    moment = click["time_ms"] + delay_s * 1_000
    last = (click["time_ms"] // (DAY_SECONDS * 1_000) + 1) * DAY_SECONDS * 1_000 - 1
    money = _money(cast, rng.lognormal(3, 0.7))
    return {**click, "type": "conversion", "time_ms": min(moment, last), **money}


def advertisement(cast: Cast, day: int, channel: int, rng: np.random.Generator) -> Row:
    """Return the keys of an ad: its publisher's channel and a campaign that was opened before the day."""
    actor = int(rng.choice(cast.roles.advertisers))
    number = int(rng.integers(0, max(1, (day + 2) // 3)))
    return {"channel": channel_id(channel), "campaign": campaign_id(cast, actor, number)}


def purchase(cast: Cast, rng: np.random.Generator, scale: float = 1.0) -> Row:
    """Return the keys of a purchase; amounts are log-normal around 20 times ``scale``."""
    return _money(cast, scale * rng.lognormal(3, 0.7))


def channel_id(number: int) -> str:
    """Return the identifier of a publisher's channel."""
    return f"pub-{number:02d}"


def campaign_id(cast: Cast, advertiser: int, number: int) -> str:
    """Return the identifier of an advertiser's campaign."""
    return f"{cast.region.name}-c{advertiser:06d}-{number}"


def content_id(cast: Cast, rng: np.random.Generator) -> str:
    """Return the identifier of some content that can be commented on."""
    return f"{cast.region.name}-m{rng.integers(CONTENTS):04d}"


def waking_times(cast: Cast, day: int, count: int, rng: np.random.Generator) -> Ints:
    """Return epoch milliseconds in the UTC day, mostly while the region is awake."""
    hours = (rng.choice(24, size=count, p=AWAKE / AWAKE.sum()) - cast.region.utc_offset_h) % 24
    start = (cast.start + day * DAY_SECONDS) * 1_000
    return np.asarray(start + hours * HOUR * 1_000 + rng.integers(0, HOUR * 1_000, count), dtype=np.int64)


def _details(cast: Cast, kind: str, day: int, rng: np.random.Generator) -> Row:
    if kind == "post":
        return {"text": texts.post(rng)}
    if kind == "comment":
        return {"text": texts.reply(rng), "target": content_id(cast, rng)}
    if kind in ("follow", "report"):
        wanted = cast.roles.creators if kind == "follow" else cast.roles.spammers
        return {"target": cast.actor_id(int(rng.choice(wanted) if rng.random() < 0.6 else rng.integers(len(cast))))}
    if kind in ("ad_impression", "ad_click"):
        return advertisement(cast, day, int(rng.integers(CHANNELS)), rng)
    return purchase(cast, rng) if kind == "purchase" else {}


def _money(cast: Cast, amount: float) -> Row:
    return {"amount": round(float(amount), 2), "currency": cast.region.currency}
