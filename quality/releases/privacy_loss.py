"""Privacy loss in exact decimals: what a release may cost one privacy unit, and how losses add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ZeroConcentrated(_Frozen):
    """``delta``-approximate ``rho``-zCDP (Bun & Steinke, TCC 2016, definitions 1.1 and 8.1); noise is Gaussian.

    ``delta`` is above 0 only where partitions are selected privately.
    """

    accounting: Literal["zcdp"] = "zcdp"
    rho: Decimal = Field(gt=0, allow_inf_nan=False)
    delta: Decimal = Field(default=Decimal(0), ge=0, lt=1)

    @property
    def main(self) -> Decimal:
        """The parameter beside delta."""
        return self.rho


class Approximate(_Frozen):
    """(``epsilon``, ``delta``)-differential privacy (Dwork & Roth, 2014, definition 2.4); noise is Laplace."""

    accounting: Literal["approximate"] = "approximate"
    epsilon: Decimal = Field(gt=0, allow_inf_nan=False)
    delta: Decimal = Field(default=Decimal(0), ge=0, lt=1)

    @property
    def main(self) -> Decimal:
        """The parameter beside delta."""
        return self.epsilon


PrivacyLoss = Annotated[ZeroConcentrated | Approximate, Field(discriminator="accounting")]
