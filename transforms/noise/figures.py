"""The figures of one measure: added up per partition, and noised."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.noisy import Bounds, DistinctActors, Mean, Measure, Quantile, Sum
from transforms.noise import mechanisms
from transforms.noise.bound_contributions import Bounded, Worst, worst_presence, worst_unit
from transforms.noise.gather_contributions import Values, Whole
from transforms.noise.mechanisms import Kind, Mechanism, NoiseSource

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
class Figure:
    """Figures (p,) of one measure with noise and without, and by which mechanisms."""

    noisy: Figures
    exact: Figures
    mechanisms: tuple[Mechanism, ...]


@untold
def figure(name: str, measure: Measure, loss: Fraction, setting: Setting) -> Figure:
    """Return the figures of a measure at a ``loss`` of rho or epsilon."""
    if isinstance(measure, Quantile):
        return _quantile(name, measure, loss, setting)
    if isinstance(measure, Mean):
        return _mean(name, measure, loss, setting)
    worst = worst_unit(setting.bounds)
    if isinstance(measure, Sum):
        total = setting.total(setting.bounded.values[name].total)
        noisy, mechanism = _noised(name, total, worst, max(map(abs, measure.limits)), loss, setting)
        return Figure(noisy * measure.step, total * measure.step, (mechanism,))
    if isinstance(measure, DistinctActors):
        counted, worst = _distinct(setting), worst_presence(setting.bounds)
    else:
        counted = setting.total(setting.bounded.rows)
    noisy, mechanism = _noised(name, counted, worst, 1, loss, setting)
    return Figure(noisy, counted, (mechanism,))


def _noised(
    name: str, exact: Whole, worst: Worst, weight: int, loss: Fraction, setting: Setting
) -> tuple[Whole, Mechanism]:
    mechanism, measurement = mechanisms.additive(name, setting.kind, worst, weight, loss)
    return setting.noise.vector(measurement, exact), mechanism


def _distinct(setting: Setting) -> Whole:
    """Count users: several units of one user, such as days, that share a partition are one; each changes it by 1."""
    both = np.sort(
        setting.bounded.actor * setting.size + setting.bounded.partition
    )  # np.unique hashes: ten times slower
    both = both[np.diff(both, prepend=-1) > 0]
    return setting.total(np.ones(len(both), dtype=np.int64), both % max(setting.size, 1))


def _mean(name: str, measure: Mean, loss: Fraction, setting: Setting) -> Figure:
    values, half = setting.bounded.values[name], loss / 2
    low, high = measure.limits
    center, worst = measure.middle, worst_unit(setting.bounds)
    total, count = setting.total(values.total), setting.total(values.rows)
    reach = max(high - center, center - low)
    noisy_total, of_total = _noised(f"{name}: total", total, worst, reach, half, setting)
    noisy_count, of_count = _noised(f"{name}: count", count, worst, 1, half, setting)
    noisy, exact = (
        np.clip(center + sums / np.maximum(counts, 1), low, high) * measure.step
        for sums, counts in ((noisy_total, noisy_count), (total, count))
    )
    return Figure(noisy, exact, (of_total, of_count))


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
