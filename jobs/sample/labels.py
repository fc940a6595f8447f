"""What is found out about the abuse: little, late and now and then wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.consents import iso
from jobs.sample.streams import DAY_SECONDS

HEADER = "entity_type,entity,label,label_source,time,observed"
NAMES = {"ring": "fake_account", "fake_neighbor": "fake_account", "spoofed": "location_spoofing"}
"""Labels of accounts that are not called as the abuse itself."""

FOUND_SHARE, MISTAKEN_SHARE, CLEARED_SHARE = 0.3, 0.005, 0.02


@dataclass(frozen=True, slots=True)
class PlantedAction:
    """An action that abuse made. ``time`` is epoch seconds UTC; ``paid`` says whether money moved."""

    event: str
    time: int
    abuse: str
    paid: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Who finds out about what share of actions, after how many days (median of a log-normal delay)."""

    label: str
    source: str
    share: float
    days: float


def label_lines(cast: Cast, planted: Sequence[PlantedAction]) -> list[str]:
    """Return CSV lines without line ends, in order of observation; each is observed after it happened."""
    rng = cast.rng("labels")
    found = [*_accounts(cast, rng), *_mistakes(cast, rng), *_devices(cast, rng), *_actions(planted, rng)]
    found.sort(key=lambda line: (line[-1], line))
    return [",".join((*words, iso(time), iso(observed))) for *words, time, observed in found]


_Line = tuple[str, str, str, str, int, int]


def _accounts(cast: Cast, rng: np.random.Generator) -> Iterator[_Line]:
    for actor, (abuse, _) in sorted(cast.roles.abuse().items()):
        time, chance = _moment(cast, rng), rng.random()
        label = NAMES.get(abuse, "account_takeover" if abuse == "takeover" else abuse)
        if abuse != "victim" and chance < FOUND_SHARE:
            yield "actor", cast.actor_id(actor), label, "review", time, _later(time, 2, rng)


def _mistakes(cast: Cast, rng: np.random.Generator) -> Iterator[_Line]:
    """Yield reviews that clear ordinary accounts, and false labels that an appeal overturns."""
    for actor in cast.roles.ordinary.tolist():
        time, chance = _moment(cast, rng), rng.random()
        observed = _later(time, 2, rng)
        if chance < MISTAKEN_SHARE:
            yield "actor", cast.actor_id(actor), "spam", "review", time, observed
            yield "actor", cast.actor_id(actor), "legitimate", "appeal", time, _later(observed, 3, rng)
        elif chance < MISTAKEN_SHARE + CLEARED_SHARE:
            yield "actor", cast.actor_id(actor), "legitimate", "review", time, observed


def _devices(cast: Cast, rng: np.random.Generator) -> Iterator[_Line]:
    for ring in cast.roles.rings:
        for device in np.unique(cast.roles.device[ring]).tolist():
            time, chance = _moment(cast, rng), rng.random()
            if chance < FOUND_SHARE:
                yield "device", cast.device_id(device), "device_farm", "review", time, _later(time, 4, rng)


_FINDINGS = {
    "takeover": Finding("chargeback", "chargeback", 0.6, 12),
    "click_fraud": Finding("invalid_click", "attribution", 0.1, 1.5),
    "spam": Finding("spam", "user_report", 0.25, 0.3),
}


def _actions(planted: Sequence[PlantedAction], rng: np.random.Generator) -> Iterator[_Line]:
    """Yield what buyers' banks, attribution and users find: only purchases can be charged back."""
    for one in planted:
        finding = _FINDINGS.get(one.abuse)
        if finding is None or (one.abuse == "takeover" and not one.paid) or rng.random() >= finding.share:
            continue
        yield "action", one.event, finding.label, finding.source, one.time, _later(one.time, finding.days, rng)


def _moment(cast: Cast, rng: np.random.Generator) -> int:
    return cast.start + int(rng.integers(0, cast.days * DAY_SECONDS))


def _later(time: int, median_days: float, rng: np.random.Generator) -> int:
    return time + 60 + int(rng.lognormal(log(median_days * DAY_SECONDS), 0.6))
