"""How much noise each figure of a release gets: from its declaration alone, so nobody's data tells it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quality.contracts.untold import untold
from quality.releases.noisy import Mean, Measure, NoisyRelease, Quantile, Sum
from quality.releases.noisy_keys import PrivateKeys
from transforms.noise import mechanisms
from transforms.noise.bound_contributions import worst_presence, worst_unit
from transforms.noise.figures import additives
from transforms.noise.mechanisms import Kind, Mechanism
from transforms.noise.release_noisily import shares


@dataclass(frozen=True, slots=True)
class NoiseScale:
    """The mechanism of one figure of ``measure``, and its noise's ``scale`` in the figure's unit.

    ``measure`` is None for the choice of private partitions, ``threshold`` the units that show one, None elsewhere. The
    scale is None for a quantile, whose error hangs on the values around it.
    """

    mechanism: Mechanism
    measure: str | None
    scale: float | None
    threshold: int | None = None


@untold
def noise_scales(release: NoisyRelease) -> tuple[NoiseScale, ...]:
    """Return the noise of each figure, as ``release_noisily`` draws it."""
    kind: Kind = "gaussian" if release.gaussian else "laplace"
    losses, found = shares(release), []
    if isinstance(release.partitions, PrivateKeys):
        worst = worst_presence(release.bounds)
        chosen, threshold, _ = mechanisms.selection(kind, worst, losses["partitions"], Fraction(release.loss.delta))
        found.append(NoiseScale(chosen, None, chosen.scale, threshold))
    for name, measure in release.measures.items():
        found += [
            NoiseScale(one, name, None if isinstance(measure, Quantile) else one.scale * step)
            for one, step in _mechanisms(name, measure, losses[name], release, kind)
        ]
    return tuple(found)


def _mechanisms(
    name: str, measure: Measure, loss: Fraction, release: NoisyRelease, kind: Kind
) -> list[tuple[Mechanism, float]]:
    """Return the mechanisms of a measure, and how much of its unit a step of each is."""
    if isinstance(measure, Quantile):
        low, high = measure.limits
        worst, candidates = worst_unit(release.bounds), list(range(low, high + 1))
        return [(mechanisms.quantile(name, kind, worst, candidates, measure.at, loss)[0], measure.step)]
    added = [mechanism for mechanism, _ in additives(name, measure, loss, release.bounds, kind)]
    return list(zip(added, (measure.step, 1.0) if isinstance(measure, (Sum, Mean)) else (1.0,), strict=False))
