"""What a release claims: the loss of one privacy unit, and of one person over a lifetime, alone and with all others."""

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
    """Loss ``by`` something, of one ``unit`` and of ``units`` that are one person's, each also as (epsilon, delta)."""

    by: str
    unit: str
    loss: PrivacyLoss
    as_approximate: Approximate
    units: int
    lifetime: PrivacyLoss
    lifetime_as_approximate: Approximate

    @property
    def said(self) -> str:
        """The claim in words; epsilon per unit never stands alone."""
        per, one, life = self.unit.replace("_", "-"), *map(_words, (self.as_approximate, self.lifetime_as_approximate))
        if self.units == 1:
            return f"{self.by}: {one} per {per} over a lifetime."
        return f"{self.by}: {one} per {per}; a person of {self.units:,} such units loses {life} over a lifetime."


@untold
def claim_of(release: NoisyRelease) -> Claim:
    """Return what one build of a release claims, as if nothing else were ever published of the same people."""
    return _claim("This release alone", release, release.loss)


@untold
def claim_in_all(release: NoisyRelease, lost: PrivacyLoss) -> Claim | None:
    """Return what is claimed where a ledger knows that a unit has ``lost`` so much; None where delta reaches 1."""
    try:
        return _claim(f"With all that this ledger knows of {release.reads}", release, lost)
    except UsageError:
        return None


def _claim(by: str, release: NoisyRelease, loss: PrivacyLoss) -> Claim:
    """Return a claim. Losses of a person's units add up, in the release's own accounting."""
    units, delta = release.lifetime.units, release.lifetime.delta
    life = times(loss, units)
    return Claim(by, release.unit.per, loss, as_approximate(loss, delta), units, life, as_approximate(life, delta))


@untold
def times(loss: PrivacyLoss, units: int) -> PrivacyLoss:
    """Return the loss of several units together: basic composition (Bun & Steinke, lemma 1.7; Dwork & Roth, 3.16).

    Raises ``UsageError`` where delta would reach 1, so that nothing is claimed any more.
    """
    if loss.delta * units >= 1:
        raise _no_privacy()
    if isinstance(loss, ZeroConcentrated):
        return ZeroConcentrated(rho=loss.rho * units, delta=loss.delta * units)
    return Approximate(epsilon=loss.epsilon * units, delta=loss.delta * units)


@untold
def as_approximate(loss: PrivacyLoss, delta: Decimal) -> Approximate:
    """Return a loss as (epsilon, delta), rounded upwards; one that is so already stays as it is.

    ``delta`` is what the conversion adds to a delta that partition selection has spent (Bun & Steinke, lemma 8.8).
    The conversion is OpenDP's (Canonne, Kamath & Steinke, 2020, proposition 7). Raises ``UsageError`` where delta
    reaches 1.
    """
    if isinstance(loss, Approximate):
        return loss
    if loss.delta + delta >= 1:
        raise _no_privacy()
    dp = opendp()
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="f64")
    profile = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, 1.0)).map(root_up(2 * Fraction(loss.rho)))
    epsilon = max(PLACES, Decimal(profile.epsilon(float(delta))).quantize(PLACES, ROUND_CEILING))
    return Approximate(epsilon=epsilon, delta=loss.delta + delta)


def _no_privacy() -> UsageError:
    return UsageError("Over so many units delta reaches 1, and no privacy is left.", mend="Lower delta in loss.")


def _words(loss: Approximate) -> str:
    return f"epsilon = {_short(loss.epsilon)} (delta = {_short(loss.delta)})"


def _short(number: Decimal) -> str:
    return f"{number.normalize():.3g}"
