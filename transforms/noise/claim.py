"""What a release claims: the loss of one privacy unit, and of one person over a lifetime."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.noisy import NoisyRelease
from quality.releases.privacy_loss import Approximate, PrivacyLoss, ZeroConcentrated
from quality.releases.rounding import root_up
from transforms.noise.mechanisms import opendp

PLACES = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Claim:
    """Loss of one ``unit`` and of ``units`` of them that are one person's, each also as (epsilon, delta)."""

    unit: str
    loss: PrivacyLoss
    as_approximate: Approximate
    units: int
    lifetime: PrivacyLoss
    lifetime_as_approximate: Approximate

    @property
    def said(self) -> str:
        """The claim in words; epsilon per unit never stands alone."""
        per = self.unit.replace("_", "-")
        one, life = self.as_approximate, self.lifetime_as_approximate
        return (
            f"epsilon = {_short(one.epsilon)} (delta = {_short(one.delta)}) per {per}; a person of {self.units} such "
            f"units loses epsilon = {_short(life.epsilon)} (delta = {_short(life.delta)}) over a lifetime."
        )


@untold
def claim_of(release: NoisyRelease) -> Claim:
    """Return what a release claims. Losses of a person's units add up, in the release's own accounting."""
    units = release.lifetime.units
    life = times(release.loss, units)
    delta = release.lifetime.delta
    return Claim(
        release.unit.per, release.loss, as_approximate(release.loss, delta), units, life, as_approximate(life, delta)
    )


@untold
def times(loss: PrivacyLoss, units: int) -> PrivacyLoss:
    """Return the loss of several units together: basic composition (Bun & Steinke, lemma 1.7; Dwork & Roth, 3.16).

    Raises ``UsageError`` where delta would reach 1, so that nothing is claimed any more.
    """
    if loss.delta * units >= 1:
        raise UsageError("Over so many units delta reaches 1, and no privacy is left.", mend="Lower delta in loss.")
    if isinstance(loss, ZeroConcentrated):
        return ZeroConcentrated(rho=loss.rho * units, delta=loss.delta * units)
    return Approximate(epsilon=loss.epsilon * units, delta=loss.delta * units)


@untold
def as_approximate(loss: PrivacyLoss, delta: Decimal) -> Approximate:
    """Return a loss as (epsilon, delta), rounded upwards; one that is so already stays as it is.

    ``delta`` is what the conversion adds to a delta that partition selection has spent (Bun & Steinke, lemma 8.8).
    The conversion is OpenDP's (Canonne, Kamath & Steinke, 2020, proposition 7).
    """
    if isinstance(loss, Approximate):
        return loss
    dp = opendp()
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="f64")
    profile = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, 1.0)).map(root_up(2 * Fraction(loss.rho)))
    epsilon = Decimal(profile.epsilon(float(delta))).quantize(PLACES, ROUND_CEILING)
    return Approximate(epsilon=epsilon, delta=loss.delta + delta)


def _short(number: Decimal) -> str:
    return f"{number.normalize():.3g}"
