"""The policy as frozen objects. What it does not allow by name is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.contracts.errors import PolicyBreach
from quality.policies.break_glass import BreakGlass
from quality.policies.redaction import KEYED, NOTHING_LEFT, Redaction

LegalBasis = Literal[
    "Consent", "Contract", "Legal obligations", "Vital interests", "Public interest", "Legitimate interests"
]
"""The six bases of GDPR Art. 6(1), spelled as Fideslang spells them."""

CONSENT: LegalBasis = "Consent"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Precision(_Frozen):
    """The finest a place and a time may be. A cell must exceed both limits; ``citation`` names the law or reason.

    ``min_area_m2`` in square meters; ``min_radius_m`` is the cell's circumradius in meters; ``time_minutes`` is the
    step to which times are floored.
    """

    min_area_m2: float = Field(ge=0)
    min_radius_m: float = Field(ge=0)
    time_minutes: Literal[1, 5, 15, 30, 60]
    citation: str = Field(min_length=1)


class Use(_Frozen):
    """One purpose in one jurisdiction: which legal bases it accepts, for which kinds of rows, and how precise."""

    accepts: tuple[LegalBasis, ...] = Field(min_length=1)
    datasets: tuple[Literal["pings", "actions"], ...] = Field(min_length=1)
    precision: Precision
    allow_minors: bool = False


class Release(_Frozen):
    """What a published anonymous table must hold, and how its tiles and slots are cut.

    A tile is the finest allowed cell with at least ``tile_residents``; ``window`` is the span over which persons are
    counted, ``time`` the finest slot; ``slot_hours`` are the steps to coarsen through before suppressing.
    """

    k: int = Field(ge=2)
    finest_resolution: int = Field(ge=0, le=15)
    coarsest_resolution: int = Field(ge=0, le=15)
    tile_residents: int = Field(ge=1)
    time: Literal["hour", "hour_of_week"] = "hour"
    window: Literal["day", "month", "year", "epoch"] = "day"
    slot_hours: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(1, 6, 24), min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> Release:
        if self.coarsest_resolution > self.finest_resolution:
            raise ValueError("coarsest_resolution must not be finer than finest_resolution")
        if list(self.slot_hours) != sorted(set(self.slot_hours)) or any(168 % hours for hours in self.slot_hours):
            raise ValueError("slot_hours must rise and each divide the 168 hours of a week")
        if self.time == "hour" and (self.window != "day" or max(self.slot_hours) > 24):
            raise ValueError("an hourly release counts within a day: use window: day and slots of at most 24 hours")
        return self


Per = Literal["lifetime", "year", "month", "week", "day"]

WHOLE_UNITS: dict[str, tuple[Per, ...]] = {
    "user": ("lifetime",),
    "user_week": ("lifetime", "week"),
    "user_day": ("lifetime", "year", "month", "week", "day"),
}
"""Periods that hold whole privacy units: a user, or a week that begins in one month and ends in the next, would lose
the budget of each period that it is in. Weeks are ISO's."""


class Budget(_Frozen):
    """What one privacy ``unit`` of a table may lose at most in each period of data, over all noisy releases of it.

    ``rho`` is of zero-concentrated, ``epsilon`` of (epsilon, delta)-differential privacy: one of them is stated, and
    releases state their loss in the same.
    """

    unit: Literal["user", "user_day", "user_week"]
    per: Per = "lifetime"
    rho: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    epsilon: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    delta: Decimal = Field(default=Decimal(0), ge=0, lt=1)

    @model_validator(mode="after")
    def _one(self) -> Budget:
        if (self.rho is None) == (self.epsilon is None):
            raise ValueError("a budget states rho or epsilon, one of them")
        if self.per not in WHOLE_UNITS[self.unit]:
            raise ValueError(f"a budget per {self.unit} is per {' or '.join(WHOLE_UNITS[self.unit])}")
        return self


class Retention(_Frozen):
    """How long rows of a layer are kept. ``clock`` says what the days are counted from."""

    days: int = Field(ge=1)
    clock: Literal["landing", "event"] = "landing"


class Purpose(_Frozen):
    """Why data is used. ``data_use`` is Fideslang's name for it; without ``redaction`` no text is left.

    A purpose may link pseudonyms where its ``links`` names the purpose of both ends, its own too.
    """

    data_use: str
    description: str
    redaction: Redaction = NOTHING_LEFT
    links: tuple[str, ...] = ()


class Jurisdiction(_Frozen):
    """The rules of one legal territory. ``minor_below`` is the age in years under which a person is a minor.

    ``budgets`` are those of tables that noisy releases read: without one, nothing of a table is released with noise.
    """

    description: str
    minor_below: int = Field(ge=0, le=21)
    uses: dict[str, Use]
    release: Release
    budgets: dict[str, Budget] = {}


class Policy(_Frozen):
    """One policy file. ``version`` is the SHA-256 of its bytes, set by the loader.

    Without ``break_glass`` nobody may see the identifier behind a token.
    """

    name: str
    version: str = ""
    purposes: dict[str, Purpose]
    jurisdictions: dict[str, Jurisdiction]
    retention: dict[Literal["raw", "clean", "protected", "curated", "quarantine"], Retention]
    release_purpose: str
    pseudonym_purpose: str
    pseudonym_epoch: Literal["month", "none"]
    break_glass: BreakGlass | None = None

    @model_validator(mode="after")
    def _names_exist(self) -> Policy:
        named = {self.release_purpose, self.pseudonym_purpose}
        named |= {use for jurisdiction in self.jurisdictions.values() for use in jurisdiction.uses}
        named |= {linked for purpose in self.purposes.values() for linked in purpose.links}
        if unknown := sorted(named - set(self.purposes)):
            raise ValueError(f"purposes used but not declared: {', '.join(unknown)}")
        if missing := sorted({"raw", "clean", "protected", "quarantine"} - set(self.retention)):
            raise ValueError(f"retention is not stated for: {', '.join(missing)}")
        if (operator := self.purposes[self.pseudonym_purpose].redaction.operator) in KEYED:
            raise ValueError(
                f"{self.pseudonym_purpose} redacts tables by the night, which belong to no case: "
                f"operator {operator} needs one, and may be stated under on_request only"
            )
        granted = self.break_glass.jurisdictions if self.break_glass else frozenset()
        if unknown := sorted(granted - set(self.jurisdictions)):
            raise ValueError(f"break_glass grants in jurisdictions that are not declared: {', '.join(unknown)}")
        return self

    @cached_property
    def of_rows(self) -> str:
        """Return a digest of what rows are made under: ``break_glass`` lets people in and out, and changes no row."""
        rules = self.model_dump(mode="json", exclude={"version", "break_glass"})
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    def jurisdiction(self, name: str) -> Jurisdiction:
        """Return the rules of that territory; raise ``PolicyBreach`` when the policy has none."""
        try:
            return self.jurisdictions[name]
        except KeyError:
            raise PolicyBreach(
                f"Policy {self.name} says nothing about jurisdiction {name!r}, so nothing is allowed there.",
                mend=f"Known: {', '.join(sorted(self.jurisdictions))}. Name one in the region's configuration.",
            ) from None

    def use(self, jurisdiction: str, purpose: str) -> Use:
        """Return the rules of a purpose in a territory; raise ``PolicyBreach`` when it is not allowed there."""
        try:
            return self.jurisdiction(jurisdiction).uses[purpose]
        except KeyError:
            raise PolicyBreach(
                f"Policy {self.name} does not allow purpose {purpose!r} in {jurisdiction}.",
                mend=f"Allowed there: {', '.join(sorted(self.jurisdiction(jurisdiction).uses)) or 'none'}.",
            ) from None

    def uses_of(self, jurisdiction: str, kind: str) -> dict[str, Use]:
        """Return the purposes that may use rows of ``kind`` (pings, actions) there, by name."""
        return {name: use for name, use in self.jurisdiction(jurisdiction).uses.items() if kind in use.datasets}

    def allow_link(self, jurisdiction: str, purpose: str, ends: Sequence[str]) -> None:
        """Raise ``PolicyBreach`` unless ``purpose`` may link pseudonyms of the purposes ``ends``, all in use there."""
        for one in (purpose, *ends):
            self.use(jurisdiction, one)
        links = self.purposes[purpose].links
        if apart := sorted(set(ends) - set(links)):
            may = f"those of {', '.join(links)}" if links else "none"
            raise PolicyBreach(
                f"Policy {self.name} does not let {purpose} link pseudonyms of {', '.join(apart)}.",
                mend=f"It may link {may}: what its `links` names in the policy.",
            )

    def retain_until(self, layer: str, *, landed: date, event: date) -> date:
        """Return the last day a row of that layer may be kept; ``KeyError`` if the layer keeps rows forever."""
        rule = self.retention[layer]  # type: ignore[index]
        return (landed if rule.clock == "landing" else event) + timedelta(days=rule.days)
