"""A differentially private release as declared: noisy figures per partition, such as cell and hour."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.releases.noisy_keys import Key, PrivateKeys, PublicKeys
from quality.releases.privacy_loss import PrivacyLoss, ZeroConcentrated


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PrivacyUnit(_Frozen):
    """Whose presence or absence the noise hides: ``per`` user all rows, else those of a day or an ISO week (UTC).

    ``user`` and ``time`` are columns. A user-day and a user-week need ``time``; of a user it bounds the days that are
    read, and without it all rows are. A loss of epsilon per user-day is not epsilon per user: see ``Lifetime``.
    """

    per: Literal["user", "user_day", "user_week"]
    user: str
    time: str | None = None

    @model_validator(mode="after")
    def _timed(self) -> PrivacyUnit:
        if self.per != "user" and self.time is None:
            raise ValueError("user_day and user_week need time")
        return self


class Bounds(_Frozen):
    """What one privacy unit may contribute at most, and where the figures come from.

    ``l0`` partitions, ``linf`` rows in each, ``l1`` rows in all (Wilson et al., PoPETs 2020; Desfontaines, 2020).
    Bounds read off the data that is released would leak: ``chosen_from`` is public knowledge, or historic data of
    other days, and ``because`` says which.
    """

    l0: int = Field(ge=1)
    linf: int = Field(default=1, ge=1)
    l1: int | None = Field(default=None, ge=1)
    chosen_from: Literal["public", "historic"]
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Bounds:
        if self.l1 is not None and not self.linf <= self.l1 <= self.l0 * self.linf:
            raise ValueError("l1 lies between linf and l0 times linf")
        return self


class _Measure(_Frozen):
    """``share`` is the part of the budget that the measure gets, relative to the other measures."""

    share: Decimal = Field(default=Decimal(1), gt=0)


class Count(_Measure):
    """Rows; with keys of origin and destination these are flows."""

    measure: Literal["count", "flows"]


class DistinctActors(_Measure):
    """Distinct users of the privacy unit; each counts once in a partition, whatever ``linf`` is."""

    measure: Literal["distinct_actors"]


class _OfValues(_Measure):
    """Of a ``column`` clamped to [``minimum``, ``maximum``], and rounded to whole multiples of ``step``.

    Sums are of whole numbers, so no rounding of floats adds to their sensitivity (Casacuberta et al., CCS 2022).
    """

    column: str
    minimum: float = Field(allow_inf_nan=False)
    maximum: float = Field(allow_inf_nan=False)
    step: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _clamped(self) -> _OfValues:
        if not self.minimum < self.maximum:
            raise ValueError("minimum must be below maximum")
        if self.limits[0] == self.limits[1]:
            raise ValueError("no two values are a step apart: make step smaller")
        if (self.maximum - self.minimum) / self.step > 1e9 or max(map(abs, (self.minimum, self.maximum))) > 1e9 * (
            self.step
        ):
            raise ValueError("values have more than a billion steps: make step larger")
        return self

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the largest value, in steps."""
        return round(self.minimum / self.step), round(self.maximum / self.step)

    @property
    def middle(self) -> int:
        """The value, in steps, that sums count from: half as far from both limits is half the noise."""
        return 0


class Sum(_OfValues):
    """The sum of values; where a unit has more rows than it may, its rows weigh less."""

    measure: Literal["sum"]


class Mean(_OfValues):
    """A noisy sum of distances to the middle, over a noisy count; half of its share goes to each."""

    measure: Literal["mean"]

    @property
    def middle(self) -> int:
        """The middle of the limits."""
        return sum(self.limits) // 2


class Quantile(_OfValues):
    """The quantile ``at`` of values by the exponential mechanism (Smith, STOC 2011), among multiples of ``step``.

    Where many values are equal it may miss them by some steps: it looks for a number with as many values on each side.
    """

    measure: Literal["quantile"]
    at: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _few(self) -> Quantile:
        if (self.maximum - self.minimum) / self.step > 10_000:
            raise ValueError("a quantile has more than 10,000 candidates: make step larger")
        return self


Measure = Annotated[Count | DistinctActors | Sum | Mean | Quantile, Field(discriminator="measure")]


LEAST = Decimal("1e-9")
"""The least rho or epsilon of a release: figures with less are noise, and their claim is rounded up to that."""


class Threshold(_Frozen):
    """Partitions whose noisy ``measure`` lies below ``at_least`` are left out (post-processing: it costs nothing)."""

    measure: str
    at_least: float = Field(allow_inf_nan=False)


class Lifetime(_Frozen):
    """How many privacy units one person is reckoned to have while data is kept, and the ``delta`` to state epsilon at.

    Losses of units that are all one person's add up; ``units`` is 1 where the unit is a user.
    """

    units: int = Field(ge=1)
    delta: Decimal = Field(default=Decimal("1e-7"), gt=0, lt=1)


class NoisyRelease(_Frozen):
    """Noisy figures over the partitions that ``keys`` make of a table.

    ``name``, ``description`` and ``purpose`` are as for a table; ``reads`` is what budgets are granted of. ``unit`` is
    whose presence is hidden, ``bounds`` what one may contribute, ``lifetime`` how many a person is. ``measures`` are
    the figures by name, and ``threshold`` leaves out small ones.
    ``loss`` is what one build may cost a privacy unit; noise is Gaussian under zCDP and Laplace under (epsilon,
    delta). A partition's absence tells of people too, so ``partitions`` is a public set, of which all are published
    (zeros are noised as well), unless they are selected privately. ``changed_input`` says whether data that was
    corrected since may be released again, at a new loss.
    """

    kind: Literal["noisy"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    reads: str = Field(min_length=1)
    unit: PrivacyUnit
    keys: dict[str, Key] = Field(min_length=1)
    partitions: PublicKeys | PrivateKeys
    measures: dict[str, Measure] = Field(min_length=1)
    bounds: Bounds
    loss: PrivacyLoss
    threshold: Threshold | None = None
    lifetime: Lifetime
    changed_input: Literal["spend", "refuse"] = "refuse"
    version: str = ""

    @model_validator(mode="after")
    def _coherent(self) -> NoisyRelease:
        if both := sorted(set(self.keys) & set(self.measures)):
            raise ValueError(f"a column has one role only: {', '.join(both)}")
        if self.unit.user in {*self.keys, *self.measures, *(getattr(key, "column", "") for key in self.keys.values())}:
            raise ValueError("the user is never published: take it out of the keys and measures")
        if self.loss.main < LEAST:
            raise ValueError(f"a loss below {LEAST} leaves nothing but noise")
        if self.unit.per == "user" and self.lifetime.units != 1:
            raise ValueError("a user is one unit for life: lifetime units is 1")
        if self.threshold and getattr(self.measures.get(self.threshold.measure), "measure", "") not in _COUNTED:
            raise ValueError("the threshold is on a measure of this release that counts")
        if any(measure.measure == "flows" for measure in self.measures.values()) and not (
            {"origin", "destination"} <= set(self.keys)
        ):
            raise ValueError("flows need keys origin and destination")
        self._keys_fit()
        return self

    def _keys_fit(self) -> None:
        if isinstance(self.partitions, PrivateKeys):
            if not self.loss.delta:
                raise ValueError("private partitions need a delta above 0 in loss")
        elif self.loss.delta:
            raise ValueError("nothing uses delta where partitions are public")
        elif self.partitions.product and set(self.partitions.product) != set(self.keys):
            raise ValueError("the product of partitions is over the keys, all of them")

    @property
    def gaussian(self) -> bool:
        """Whether noise is Gaussian, not Laplace."""
        return isinstance(self.loss, ZeroConcentrated)


_COUNTED = ("count", "flows", "distinct_actors")
