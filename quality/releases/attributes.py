"""Quasi-identifiers as a release declares them: their scale, their hierarchy and their weight."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Intervals(_Frozen):
    """Numbers in intervals of ``width`` from ``start``, each level ``fanout`` times as wide as the one below.

    ``levels`` are how many there are below the root, which is everything.
    """

    build: Literal["intervals"]
    start: float = 0.0
    width: float = Field(gt=0)
    fanout: int = Field(default=2, ge=2)
    levels: int = Field(ge=1, le=20)


class Order(_Frozen):
    """Neighbors in the stated order of ``values`` join in groups of ``fanout``, level by level."""

    build: Literal["order"]
    values: tuple[str, ...] = ()
    fanout: int = Field(default=2, ge=2)


class Dates(_Frozen):
    """Dates and times by calendar: each of ``levels`` one of the granularities, finest first."""

    build: Literal["dates"]
    levels: tuple[Literal["hour", "day", "week", "month", "quarter", "year", "decade"], ...] = Field(min_length=1)


class Redaction(_Frozen):
    """Texts lose one more character per level, from the ``side``; ``*`` stands for each."""

    build: Literal["redaction"]
    side: Literal["right", "left"] = "right"


HierarchyBuild = Annotated[Intervals | Order | Dates | Redaction, Field(discriminator="build")]


class QuasiIdentifier(_Frozen):
    """A column that an attacker may know of a person.

    ``kind`` is its scale. Values that are ``numeric`` are released as intervals, ``ordered`` ones as ranges,
    ``categorical`` ones as sets and
    ``hierarchical`` ones as the lowest node that covers a class. ``hierarchy`` names a CSV file as ARX writes it (no
    header, a value's generalizations from itself to the root in one line) or says how to build one; a full-domain
    release needs one for each. ``weight`` is the share of information loss that the column counts for. ``bottom`` and
    ``top`` code what lies beyond as the limit (top and bottom coding), which is published as ``<=1940``, ``>=2010``.
    """

    kind: Literal["numeric", "ordered", "categorical", "hierarchical"]
    hierarchy: str | HierarchyBuild | None = None
    weight: float = Field(default=1.0, gt=0)
    bottom: float | None = None
    top: float | None = None

    @model_validator(mode="after")
    def _coherent(self) -> QuasiIdentifier:
        if self.kind == "hierarchical" and self.hierarchy is None:
            raise ValueError("a hierarchical column needs its hierarchy")
        if self.kind != "numeric" and (self.bottom is not None or self.top is not None):
            raise ValueError("bottom and top belong to numeric columns")
        if self.bottom is not None and self.top is not None and self.bottom >= self.top:
            raise ValueError("bottom must be below top")
        return self
