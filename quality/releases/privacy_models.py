"""Privacy models as a release declares them: what is promised, in the terms of the paper that defined it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Distance = Literal["equal", "ordered", "hierarchical"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KAnonymity(_Frozen):
    """Every class of equal quasi-identifiers holds at least ``k`` distinct subjects (Sweeney, 2002)."""

    model: Literal["k_anonymity"]
    k: int = Field(ge=2)


class KMap(_Frozen):
    """Every class of the release matches at least ``k`` subjects of a ``population`` table (Sweeney, 2001)."""

    model: Literal["k_map"]
    k: int = Field(ge=2)
    population: str = Field(min_length=1)


class LDiversity(_Frozen):
    """A class's sensitive values are diverse (Machanavajjhala et al., TKDD 2007), counted in distinct subjects.

    r1, r2, ... are the subjects of a class that hold each value, in falling order; ``distinct`` is at least ``l``
    values; with p = r over the class's subjects ``entropy`` is -sum p ln p >= ln l; ``recursive`` is
    r1 < c (r_l + ... + r_m). A subject who holds several values counts once, for the commonest: of each r no more is
    taken than the subjects that those before it leave. So subjects that all hold one value hold no other that counts,
    no l - 1 values are all that somebody holds, and where each has one value it is the paper's definition.
    """

    model: Literal["l_diversity"]
    column: str
    l: float = Field(ge=1)  # noqa: E741  (the model's own name)
    variant: Literal["distinct", "entropy", "recursive"] = "distinct"
    c: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> LDiversity:
        if (self.variant == "recursive") != (self.c is not None):
            raise ValueError("c belongs to the recursive variant, which needs it")
        if self.variant != "entropy" and self.l != int(self.l):
            raise ValueError("l is a whole number, but for entropy")
        return self


class TCloseness(_Frozen):
    """The earth mover's distance of a class's sensitive values to the table's is at most ``t`` (Li et al., ICDE 2007).

    ``equal``: half the sum of absolute differences. ``ordered``: mean of absolute cumulated differences over the
    published values in order. ``hierarchical``: mass moves along the column's hierarchy; leaves that meet at height h
    of H are h / H apart. Values are counted once for each subject that holds them. Where subjects hold several, the
    share of a class's subjects that hold a value must not exceed the table's by more than t either, in units of the
    least step to another value (1 for ``equal``, 1 / (m - 1) of m values in order, 1 / H): that follows where each has
    one value.
    """

    model: Literal["t_closeness"]
    column: str
    t: float = Field(gt=0, le=1)
    distance: Distance = "equal"


class DeltaPresence(_Frozen):
    """The chance that a subject of ``population`` is in the release stays within limits (Nergiz et al., 2007).

    For each class, subjects of the release over subjects of the population that match it lie within
    [``minimum``, ``maximum``].
    """

    model: Literal["delta_presence"]
    minimum: float = Field(default=0.0, ge=0, le=1)
    maximum: float = Field(ge=0, le=1)
    population: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> DeltaPresence:
        if self.minimum > self.maximum:
            raise ValueError("minimum must not exceed maximum")
        return self


PrivacyModel = Annotated[KAnonymity | KMap | LDiversity | TCloseness | DeltaPresence, Field(discriminator="model")]
