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
    """A class's sensitive values are diverse (Machanavajjhala et al., TKDD 2007).

    ``column`` is the sensitive column, ``variant`` what is counted, and ``c`` belongs to the recursive one.
    With p_v the share of a class's subjects that hold value v, in falling order r1, r2, ...: ``distinct`` is at least
    ``l`` values; ``entropy`` is -sum p_v ln p_v >= ln l; ``recursive`` is r1 < c (r_l + ... + r_m).
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

    ``column`` is the sensitive column, and ``distance`` says how far apart two values are.
    ``equal``: half the sum of absolute differences. ``ordered``: mean of absolute cumulated differences over the
    values in order. ``hierarchical``: mass moves along the column's hierarchy; leaves that meet at height h of H are
    h / H apart.
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
