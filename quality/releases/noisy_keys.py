"""What makes the partitions of a noisy release: columns, places and times, and the set of all of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST = 200_000_000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnKey(_Frozen):
    """The values of ``column`` as they are."""

    by: Literal["column"]
    column: str


class GridKey(_Frozen):
    """Squares of ``step`` degrees of the columns ``latitude`` and ``longitude``.

    Each is 10,000,000 times the number of the row from -90 plus the column from -180. A place on a border lies in the
    square to its north or east; at the pole and the antimeridian, where there is none, in the last.
    """

    by: Literal["grid"]
    latitude: str
    longitude: str
    step: float = Field(ge=0.0001, le=90)


class CellKey(_Frozen):
    """The H3 cell of a place at a ``resolution``; ``column`` holds cells at least as fine."""

    by: Literal["h3"]
    column: str
    resolution: int = Field(ge=0, le=15)


class TimeKey(_Frozen):
    """A time (UTC) of ``column``: ``every`` says floored to what, or which hour.

    These are the hour or the day, the hour of its day (0 to 23) or of its week (0 on Monday).
    """

    by: Literal["time"]
    column: str
    every: Literal["hour", "day", "hour_of_day", "hour_of_week"]


Key = Annotated[ColumnKey | GridKey | CellKey | TimeKey, Field(discriminator="by")]


class Numbers(_Frozen):
    """Whole numbers from ``first`` to ``last``, such as the hours of a day."""

    first: int
    last: int

    @model_validator(mode="after")
    def _ordered(self) -> Numbers:
        if self.first > self.last:
            raise ValueError("first must not exceed last")
        return self


class Box(_Frozen):
    """The squares of a grid key with places from ``south`` to ``north`` and ``west`` to ``east``, ends included."""

    south: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)

    @model_validator(mode="after")
    def _ordered(self) -> Box:
        if self.south >= self.north or self.west >= self.east:
            raise ValueError("south and west must lie below north and east")
        return self


class Times(_Frozen):
    """The hours or days, as their key floors them, from ``since`` to before ``until`` (UTC)."""

    since: datetime
    until: datetime

    @model_validator(mode="after")
    def _ordered(self) -> Times:
        if self.since.tzinfo or self.until.tzinfo:
            raise ValueError("times are in UTC and name no zone")
        if self.since >= self.until:
            raise ValueError("since must come before until")
        return self


Which = tuple[str | int, ...] | Numbers | Box | Times


class PublicKeys(_Frozen):
    """All partitions, known without the data: the ``product`` of values of each key, or the rows of a ``table``.

    ``table`` names a file or a table that holds a column for each key.
    """

    are: Literal["public"] = "public"
    product: dict[str, Which] = {}
    table: str | None = None

    @model_validator(mode="after")
    def _one(self) -> PublicKeys:
        if bool(self.product) == (self.table is not None):
            raise ValueError("partitions are a product of values or the rows of a table")
        return self


class PrivateKeys(_Frozen):
    """Partitions of enough units, by a noisy threshold (Rogers, 2023): those that few units have stay unknown.

    ``share`` of the budget goes to the choice, relative to the measures, and the whole of delta.
    """

    are: Literal["private"]
    share: Decimal = Field(default=Decimal(1), gt=0)
