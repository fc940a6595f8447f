"""The figures of one measure: added up per partition, and noised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.noisy import Bounds, DistinctActors, Mean, Measure, Quantile, Sum
from transforms.noise import mechanisms
from transforms.noise.bound_contributions import Bounded, worst_presence, worst_unit
from transforms.noise.gather_contributions import Values, Whole
from transforms.noise.mechanisms import Kind, Measurement, Mechanism, NoiseSource

Figures = NDArray[np.int64] | NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the figures of all measures share: ``chosen`` (p,) of ``size`` partitions have figures, in this order."""

    bounded: Bounded
    bounds: Bounds
    kind: Kind
    noise: NoiseSource
    chosen: Whole
    size: int

    @untold
    def total(self, amounts: Whole, partition: Whole | None = None) -> Whole:
        """Return the sum (p,) of amounts (n,) of pairs for each chosen partition, 0 where there are none."""
        sums = np.zeros(self.size, dtype=np.int64)
        np.add.at(sums, self.bounded.partition if partition is None else partition, amounts)
        return sums[self.chosen]


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Noise (p,) of a mechanism for zeros: ``drawn`` waits for it."""

    mechanism: Mechanism
    drawn: Callable[[], Whole]


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Figures (p,) of one measure with noise and without, and by which mechanisms."""

    noisy: Figures
    exact: Figures
    mechanisms: tuple[Mechanism, ...]


@untold
def additives(
    name: str, measure: Measure, loss: Fraction, bounds: Bounds, kind: Kind
) -> tuple[tuple[Mechanism, Measurement], ...]:
    """Return the noise of each sum of a measure at a ``loss`` of rho or epsilon; a quantile has no sums."""
    if isinstance(measure, Quantile):
        return ()
    worst = worst_unit(bounds)
    if isinstance(measure, Mean):
        low, high = measure.limits
        reach = max(high - measure.middle, measure.middle - low)
        total = mechanisms.additive(f"{name}: total", kind, worst, reach, loss / 2)
        return total, mechanisms.additive(f"{name}: count", kind, worst, 1, loss / 2)
    if isinstance(measure, Sum):
        return (mechanisms.additive(name, kind, worst, max(map(abs, measure.limits)), loss),)
    counted = worst_presence(bounds) if isinstance(measure, DistinctActors) else worst
    return (mechanisms.additive(name, kind, counted, 1, loss),)


@untold
def figure(name: str, measure: Measure, loss: Fraction, setting: Setting, noises: Sequence[Noise]) -> Figure:
    """Return the figures of a measure at a ``loss``; ``noises`` are those of its ``additives``.

    They are noise of zeros: added to sums it is distributed as noise of sums, since neither comes near the ends of 64
    bits. Sums are of fewer than 2^32 rows of at most 2^30 steps, and see ``additive`` for noise.
    """
    if isinstance(measure, Quantile):
        return _quantile(name, measure, loss, setting)
    exact = _sums(name, measure, setting)
    noisy = [sums + noise.drawn() for sums, noise in zip(exact, noises, strict=True)]
    told = _of_sums(measure, noisy)
    if isinstance(measure, Mean):
        told = _rounded(told, noises[0].mechanism.scale * measure.step / np.maximum(noisy[1], 1))
    return Figure(told, _of_sums(measure, exact), tuple(noise.mechanism for noise in noises))


def _sums(name: str, measure: Measure, setting: Setting) -> list[Whole]:
    """Return the sums (p,) that a measure is made of, in the order of its ``additives``."""
    bounded = setting.bounded
    if isinstance(measure, Mean):
        return [setting.total(bounded.values[name].total), setting.total(bounded.values[name].rows)]
    if isinstance(measure, Sum):
        return [setting.total(bounded.values[name].total)]
    return [_distinct(setting) if isinstance(measure, DistinctActors) else setting.total(bounded.rows)]


def _of_sums(measure: Measure, sums: Sequence[Whole]) -> Figures:
    if isinstance(measure, Mean):
        total, count = sums
        return np.clip(measure.middle + total / np.maximum(count, 1), *measure.limits) * measure.step
    return sums[0] * measure.step if isinstance(measure, Sum) else sums[0]


def _rounded(means: Figures, scales: Figures) -> Figures:
    """Return means to two digits of their noise's scale, of noisy counts: the others say nothing."""
    tens = 10.0 ** np.clip(1 - np.floor(np.log10(scales)), 0, 15)
    return np.asarray(np.round(means * tens) / tens, dtype=np.float64)


def _distinct(setting: Setting) -> Whole:
    """Count users: several units of one user, such as days, that share a partition are one; each changes it by 1."""
    both = np.sort(
        setting.bounded.actor * setting.size + setting.bounded.partition
    )  # np.unique hashes: ten times slower
    both = both[np.diff(both, prepend=-1) > 0]
    return setting.total(np.ones(len(both), dtype=np.int64), both % max(setting.size, 1))


def _quantile(name: str, measure: Quantile, loss: Fraction, setting: Setting) -> Figure:
    low, high = measure.limits
    worst, candidates = worst_unit(setting.bounds), list(range(low, high + 1))
    mechanism, measurement = mechanisms.quantile(name, setting.kind, worst, candidates, measure.at, loss)
    groups = _groups(setting.bounded.values[name], setting)
    noisy = np.array([setting.noise.one(measurement, each) for each in groups], dtype=np.int64)
    middles = [np.quantile(each, measure.at, method="inverted_cdf") if len(each) else np.nan for each in groups]
    return Figure(noisy * measure.step, np.array(middles, dtype=np.float64) * measure.step, (mechanism,))


def _groups(values: Values, setting: Setting) -> list[Whole]:
    """Return the values of each chosen partition."""
    assert values.each is not None
    partition = np.repeat(setting.bounded.partition, values.rows)
    order = np.argsort(partition, kind="stable")
    starts = np.searchsorted(partition[order], np.arange(setting.size + 1))
    ranked = values.each[order]
    return [ranked[starts[one] : starts[one + 1]] for one in setting.chosen]
