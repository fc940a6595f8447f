"""The kinds of rules that laws state, as frozen objects: each with where it stands, and whether that text was read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.policies.measures import EQUATOR_M_PER_DEGREE, Length, circle_m2

Status = Literal["VERIFIED", "SECONDARY", "UNVERIFIED"]
"""Whether the rule's own wording was read, only commentary on it, or neither."""

Sink = Literal["use", "release", "sale", "transfer"]
"""Where rows go: to work within the organization, to readers of anonymous tables, for money, to another country."""

Practice = Literal[
    "collection", "retention", "sale", "sharing", "targeted_advertising", "profiling", "tracking", "geofencing",
    "precise_location",
]  # fmt: skip
"""What may be done with a person's data, as bans and opt-out signals name it."""

Clock = Literal["landing", "event", "last_activity"]


class Frozen(BaseModel):
    """A part of a policy: unknown keys are refused, and nothing is changed once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Rule(Frozen):
    """``says`` is the rule in its own words or a summary; ``cites`` where it stands, ``read`` what of it was read."""

    says: str = Field(min_length=1)
    cites: str = Field(min_length=1)
    status: Status
    read: str = ""
    since: date | None = None
    note: str = ""


class PrecisionRule(_Rule):
    """Locations up to this fineness are precise: a cell must be larger than the circle, wider than the radius, or span
    more degrees. ``sinks`` are where that counts, ``data_uses`` (Fideslang, with all below) for which uses; none: all.
    """

    kind: Literal["precision"]
    circle: Length | None = None
    radius: Length | None = None
    degrees: float | None = Field(default=None, gt=0, lt=1)
    sinks: tuple[Sink, ...] = Field(default=("use", "release"), min_length=1)
    data_uses: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> PrecisionRule:
        if sum(each is not None for each in (self.circle, self.radius, self.degrees)) != 1:
            raise ValueError("a precision is a circle, a radius or degrees, one of them")
        return self

    @property
    def area_m2(self) -> float:
        """The area that a cell must exceed, in square meters; 0 for none."""
        return circle_m2(self.circle) if self.circle else 0.0

    @property
    def radius_m(self) -> float:
        """The circumradius that a cell must exceed, in meters; of degrees, one step along the equator."""
        return self.radius or (self.degrees or 0.0) * EQUATOR_M_PER_DEGREE


class AgeRule(_Rule):
    """Below an age in years, consent is given by a parent, by the person, or cannot be; ``bars`` is forbidden."""

    kind: Literal["age"]
    below: int = Field(ge=1, le=21)
    consent_by: Literal["parent", "self", "nobody"]
    bars: tuple[Practice, ...] = ()


class BanRule(_Rule):
    """``bars`` is forbidden for data ``of`` these categories (Fideslang, with all below), also with consent unless it
    ``consent_lifts`` it.
    """

    kind: Literal["ban"]
    bars: tuple[Practice, ...] = Field(min_length=1)
    of: tuple[str, ...] = Field(min_length=1)
    consent_lifts: bool = False


class ConsentRule(_Rule):
    """Uses of data ``of`` these categories need consent of this ``form``; ``data_uses`` as in ``PrecisionRule``.

    ``separate``: for one purpose alone, never bundled. ``opt_out``: allowed until refused.
    """

    kind: Literal["consent"]
    form: Literal["opt_in", "separate", "opt_out"]
    of: tuple[str, ...] = Field(min_length=1)
    data_uses: tuple[str, ...] = ()


class SensitivePlaceRule(_Rule):
    """Within a distance of places of these classes, from their perimeter unless said otherwise, ``bars`` holds."""

    kind: Literal["sensitive_places"]
    classes: tuple[str, ...] = Field(min_length=1)
    within: Length
    measured_from: Literal["perimeter", "centroid"] = "perimeter"
    bars: tuple[Practice, ...] = Field(min_length=1)


class RetentionRule(_Rule):
    """Rows of ``layers`` (or records such as ``audit``) are kept for ``at_most`` or ``at_least`` these days.

    Without days, ``at_most`` is any stated end: nothing may be kept forever. ``of_minors``: rows of minors only.
    """

    kind: Literal["retention"]
    layers: tuple[str, ...] = Field(min_length=1)
    at_most: int | Literal["stated"] | None = None
    at_least: int | None = Field(default=None, ge=1)
    clock: Clock = "landing"
    of_minors: bool = False

    @model_validator(mode="after")
    def _one(self) -> RetentionRule:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("a retention is at_most or at_least, one of them")
        return self


class Counter(Frozen):
    """How many distinct ``of`` a recipient got within the window; above ``over`` the rule applies."""

    of: Literal["devices", "persons"]
    window: Literal["rolling_12_months", "calendar_year"]
    over: int = Field(ge=0)


class TransferRule(_Rule):
    """What holds when data ``of`` these categories goes ``to`` countries, or to persons whom they cover.

    ``to`` is a list of ISO 3166-1 alpha-2 codes, or ``abroad``: any country outside the territory. ``covered_persons``:
    also recipients anywhere whom such a country covers. ``within``: only positions that are precise to that distance.
    ``counter``: only above that many. ``then`` is ``refuse``, or one of the ``routes`` must be named by the policy.
    ``in_any_form``: pseudonyms, encryption and anonymity do not help.
    """

    kind: Literal["transfer"]
    of: tuple[str, ...] = Field(min_length=1)
    to: tuple[str, ...] | Literal["abroad"]
    covered_persons: bool = False
    within: Length | None = None
    inside: str = ""
    counter: Counter | None = None
    then: Literal["refuse", "route"]
    routes: tuple[str, ...] = ()
    in_any_form: bool = False

    @model_validator(mode="after")
    def _routes(self) -> TransferRule:
        if (self.then == "route") != bool(self.routes):
            raise ValueError("routes are named where, and only where, one of them is needed")
        return self


class SignalRule(_Rule):
    """A signal ``refuses`` these practices; ``within`` this distance, where it speaks of places."""

    kind: Literal["signal"]
    signal: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    refuses: tuple[Practice, ...] = Field(min_length=1)
    within: Length | None = None


class AssessmentRule(_Rule):
    """Uses of data ``of`` these categories need an assessment, which is kept for ``keep_days``."""

    kind: Literal["assessment"]
    of: tuple[str, ...] = Field(min_length=1)
    keep_days: int | None = Field(default=None, ge=1)


Rule = Annotated[
    PrecisionRule | AgeRule | BanRule | ConsentRule | SensitivePlaceRule | RetentionRule | TransferRule | SignalRule
    | AssessmentRule,
    Field(discriminator="kind"),
]  # fmt: skip


def covers(stated: tuple[str, ...], name: str) -> bool:
    """Return whether a Fideslang name, such as ``user.location.precise``, is one of those stated or below one."""
    return any(name == each or name.startswith(f"{each}.") for each in stated)
