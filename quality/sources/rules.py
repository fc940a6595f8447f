"""The safe vocabulary of source mappings: what one column of a contract may be made from."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    Tag,
    field_validator,
    model_validator,
)
from pydantic import StrictStr as Text

UNITS: dict[tuple[str, str], float] = {
    ("ft", "m"): 0.3048,
    ("yd", "m"): 0.9144,
    ("mi", "m"): 1609.344,
    ("km", "m"): 1000.0,
    ("cm", "m"): 0.01,
    ("km/h", "m/s"): 1 / 3.6,
    ("mph", "m/s"): 0.44704,
    ("ft/s", "m/s"): 0.3048,
    ("knots", "m/s"): 1852 / 3600,
    ("cents", "currency"): 0.01,
}
"""Factors between units; exact by the international yard and pound agreement of 1959 and the nautical mile of 1929."""

_PATTERN_LETTERS = set("GyMLdDahKkHmsSVzOXxZ")
_OFFSET_LETTERS = set("VzOXxZ")


def _as_text(value: Any) -> Any:
    """YAML reads 1, -777 and true as numbers and booleans; sources are compared as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Scalar = Annotated[str, BeforeValidator(_as_text)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


def check_zone(zone: str) -> str:
    """Return ``zone`` if it is an IANA time zone, else raise ``ValueError``."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise ValueError("zone must be an IANA time zone such as Europe/Berlin") from None
    return zone


class Frozen(BaseModel):
    """An immutable declaration that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)


class Unit(Frozen):
    """A conversion by a fixed factor of ``UNITS``."""

    from_: str = Field(alias="from")
    to: str

    @model_validator(mode="after")
    def _known(self) -> Unit:
        if (self.from_, self.to) not in UNITS:
            raise ValueError(f"unknown unit; known: {', '.join(f'{a} to {b}' for a, b in UNITS)}")
        return self

    @property
    def factor(self) -> float:
        """What a value in ``from`` is multiplied by."""
        return UNITS[self.from_, self.to]


class Modifiers(Frozen):
    """What happens to a value that was read: sentinels, then an enum, or one of the readings of time, or a unit.

    ``time`` is a Spark datetime pattern and needs ``zone`` unless it holds an offset; ``iso`` is ISO 8601 with an
    offset; ``epoch`` counts from 1970-01-01 UTC.
    """

    null_if: tuple[Scalar, ...] = ()
    enum: dict[Scalar, Scalar] = {}
    time: str = ""
    zone: str = ""
    iso: StrictBool = False
    epoch: Literal["seconds", "milliseconds"] | None = None
    unit: Unit | None = None

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        return check_zone(zone) if zone else zone

    @field_validator("time")
    @classmethod
    def _pattern_reads(cls, pattern: str) -> str:
        if unknown := sorted({c for c in _unquoted(pattern) if c.isalpha() and c not in _PATTERN_LETTERS}):
            raise ValueError(f"letters that no datetime pattern reads: {', '.join(unknown)}")
        return pattern

    @model_validator(mode="after")
    def _coherent(self) -> Modifiers:
        if sum(map(bool, (self.time, self.iso, self.epoch, self.unit, self.enum))) > 1:
            raise ValueError("use only one of time, iso, epoch, unit and enum")
        offset = bool(set(_unquoted(self.time)) & _OFFSET_LETTERS)
        if self.time and not self.zone and not offset:
            raise ValueError("the time pattern holds no offset, so zone is required")
        if self.zone and (not self.time or offset):
            raise ValueError("zone belongs to a time pattern that holds no offset")
        return self

    @property
    def reads_time(self) -> bool:
        """Whether a moment is read from the text or number."""
        return bool(self.time or self.iso or self.epoch)


class From(Modifiers):
    """One column, renamed and cast to the contract's type."""

    from_: Name = Field(alias="from")

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that are read."""
        return (self.from_,)


class Join(Modifiers):
    """Columns put together as text before the cast; null when any part is."""

    join: Names
    with_: str = Field(alias="with")

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that are read."""
        return self.join


class Constant(Frozen):
    """The same value for every row."""

    constant: StrictBool | StrictInt | StrictFloat | Text

    @property
    def columns(self) -> tuple[str, ...]:
        """No source column is read."""
        return ()


class Key(Frozen):
    """A composite key. The separator is escaped inside parts, so (1, 23) and (12, 3) differ; null if any part is."""

    key: Names
    with_: str = Field("|", alias="with", min_length=1, max_length=1, pattern=r"^[^\\]$")

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that are read."""
        return self.key


class Derive(Frozen):
    """An id made from content: SHA-256 over the source's name, ``tag`` and the parts, each with its length.

    ``tag`` keeps apart the several events of one row. Rows that agree in all parts are one event.
    """

    derive: Names
    tag: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that are read."""
        return self.derive


class Anchor(Frozen):
    """A weekday (English name, or ISO number 1 to 7) and an hour 0 to 23 in the week that starts on ``week_of``."""

    weekday: Name
    hour: Name
    week_of: date
    zone: str

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        return check_zone(zone)

    @field_validator("week_of")
    @classmethod
    def _starts_on_monday(cls, day: date) -> date:
        if day.weekday() != 0:
            raise ValueError("week_of must be a Monday")
        return day


class WeekHour(Frozen):
    """A moment from weekday and hour alone, in a declared week."""

    week_hour: Anchor

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that are read."""
        return (self.week_hour.weekday, self.week_hour.hour)


KINDS = ("from", "constant", "join", "key", "derive", "week_hour")


def _kind(value: Any) -> str | None:
    found = [kind for kind in KINDS if isinstance(value, dict) and kind in value]
    return found[0] if len(found) == 1 else None


Rule = Annotated[
    Annotated[From, Tag("from")]
    | Annotated[Constant, Tag("constant")]
    | Annotated[Join, Tag("join")]
    | Annotated[Key, Tag("key")]
    | Annotated[Derive, Tag("derive")]
    | Annotated[WeekHour, Tag("week_hour")],
    Discriminator(
        _kind,
        custom_error_type="rule",
        custom_error_message=f"a rule is a mapping with exactly one of {', '.join(KINDS)}",
    ),
]
"""One of the six kinds, told by its key."""


def _unquoted(pattern: str) -> str:
    return "".join(pattern.split("'")[::2])
