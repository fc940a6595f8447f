"""One legal territory: its laws, the uses that it allows and how precisely, and how anonymous tables are cut there."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from quality.policies.consent import ConsentTerms
from quality.policies.law import Law
from quality.policies.law_rules import Frozen
from quality.policies.residency import Residency
from quality.policies.retention import Retention

LegalBasis = Literal[
    "Consent", "Contract", "Legal obligations", "Vital interests", "Public interest", "Legitimate interests"
]
"""The six bases of GDPR Art. 6(1), spelled as Fideslang spells them."""

CONSENT: LegalBasis = "Consent"


class Precision(Frozen):
    """The finest a place and a time may be: what the policy states, or what its laws do where that is stricter.

    A cell must exceed both limits. ``min_area_m2`` in square meters; ``min_radius_m`` is the cell's circumradius in
    meters; ``time_minutes`` is the step to which times are floored. ``citation`` names the laws or the reason,
    ``rules`` the laws' rules by their full names.
    """

    min_area_m2: float = Field(default=0, ge=0)
    min_radius_m: float = Field(default=0, ge=0)
    time_minutes: Literal[1, 5, 15, 30, 60]
    citation: str = ""
    rules: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _own_numbers_have_a_reason(self) -> Precision:
        if (self.min_area_m2 or self.min_radius_m) and not self.citation:
            raise ValueError("own limits need a citation: the law or the reason")
        return self


class Use(Frozen):
    """One purpose in one jurisdiction: which legal bases it accepts, for which kinds of rows, and how precise.

    ``consent`` says what a consent must be where rows rest on one; ``assessment`` names the impact assessment.
    """

    accepts: tuple[LegalBasis, ...] = Field(min_length=1)
    datasets: tuple[Literal["pings", "actions"], ...] = Field(min_length=1)
    precision: Precision
    allow_minors: bool = False
    consent: ConsentTerms = ConsentTerms()
    assessment: str = ""
    recipients: tuple[str, ...] = ()


class Release(Frozen):
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


class Budget(Frozen):
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


class Jurisdiction(Frozen):
    """The rules of one legal territory, the stricter of its own and of its ``laws``.

    ``minor_below`` is the age in years under which a person is a minor: the highest of its laws unless it is stated.
    ``budgets`` are those of tables that noisy releases read: without one, nothing of a table is released with noise.
    ``retention`` is by layer or dataset, where it differs from the policy's.
    """

    description: str
    laws: tuple[Law, ...] = ()
    minor_below: int = Field(default=0, ge=0, le=21)
    uses: dict[str, Use]
    release: Release
    budgets: dict[str, Budget] = {}
    residency: Residency = Residency()
    retention: dict[str, Retention] = {}
