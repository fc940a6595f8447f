"""The mechanisms of OpenDP that a release needs, at the scale that its loss asks for, verified by OpenDP's own maps.

All work on whole numbers, with discrete noise drawn exactly (Canonne, Kamath & Steinke, NeurIPS 2020): no bit of a
float can tell what it was added to (Mironov, CCS 2012).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.rounding import down, root_up, up
from transforms.noise.bound_contributions import Worst

Measurement = Any
"""A measurement of OpenDP: called with values it returns noisy ones; ``map`` gives the loss at a distance."""
Kind = Literal["gaussian", "laplace"]


Draw = Callable[[Measurement, int], Callable[[], NDArray[np.int64]]]
"""Begins to draw noise for so many zeros, each its own, and returns what waits for it."""
LARGEST = 2.0**53
"""The largest scale of noise that is added: at 512 scales it reaches 2^62, by a chance of e^-512."""


class NoiseSource(Protocol):
    """Draws noise: given by who calls, since transforms do nothing that differs from run to run."""

    def drawing(self) -> AbstractContextManager[Draw]:
        """Return what draws within it while other work is done; noise that nobody waited for is given up after it."""

    def one(self, measurement: Measurement, values: Any) -> Any:
        """Return what a measurement makes of all values together."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Noise of a ``scale``, and the loss of a unit by it: rho of Gaussian noise, epsilon of Laplace noise.

    ``loss`` is what was granted; OpenDP's map gave at most this. ``sensitivity`` is L2 or L1, in steps.
    """

    figure: str
    kind: Kind
    scale: float
    sensitivity: float
    loss: Fraction


@untold
def additive(figure: str, kind: Kind, worst: Worst, weight: int, loss: Fraction) -> tuple[Mechanism, Measurement]:
    """Return noise for whole numbers of which a unit changes ``weight`` times what ``worst`` says, and its measurement.

    Gaussian noise of scale s and L2 sensitivity d has rho = d^2 / 2 s^2 (Bun & Steinke, 2016, proposition 1.6; for
    discrete noise Canonne et al., theorem 4); Laplace noise of scale b and L1 sensitivity d has epsilon = d / b. The
    scale is the least one from there upwards that OpenDP's map confirms. Raises ``UsageError`` for noise so large that
    numbers of 64 bits do not hold it: it is drawn for zeros, and no sum with it may come near their ends.
    """
    if kind == "gaussian":
        distance: float | int = root_up(worst.l2_squared * weight**2)
        scale = root_up(Fraction(distance) ** 2 / (2 * loss))
    else:
        distance = worst.l1 * weight
        scale = up(distance / loss)
    if max(scale, distance) > LARGEST:  # before OpenDP, whose distances are of 64 bits
        raise UsageError(f"The noise of {figure} would be too large.", mend="Lower bounds, or make step larger.")
    made = vector_measurement(kind, scale)
    while made.map(distance) > down(loss):
        scale = nextafter(scale, inf)
        made = vector_measurement(kind, scale)
    return Mechanism(figure, kind, scale, float(distance), loss), made


@untold
def vector_measurement(kind: Kind, scale: float) -> Measurement:
    """Return OpenDP's discrete noise over vectors of whole numbers."""
    dp = opendp()
    domain = dp.vector_domain(dp.atom_domain(T="i64"))
    if kind == "gaussian":
        return dp.m.make_gaussian(domain, dp.l2_distance(T="f64"), scale)
    return dp.m.make_laplace(domain, dp.l1_distance(T="i64"), scale)


@untold
def quantile(
    figure: str, kind: Kind, worst: Worst, candidates: list[int], at: float, loss: Fraction
) -> tuple[Mechanism, Measurement]:
    """Return a quantile of whole numbers, of one partition, whose losses over a unit's partitions are ``loss``.

    Of the unit's partitions, each costs what OpenDP's map says of as many rows as the worst unit has in it.
    """
    scale = 1.0

    def made(scale: float) -> Measurement:
        dp = opendp()
        measure = dp.zero_concentrated_divergence() if kind == "gaussian" else dp.max_divergence()
        domain = dp.vector_domain(dp.atom_domain(T="i64"))
        return dp.m.make_private_quantile(domain, dp.symmetric_distance(), measure, candidates, at, scale)

    def cost(measurement: Measurement) -> Fraction:
        rest = Fraction(measurement.map(worst.rest)) if worst.rest else 0
        return worst.full * Fraction(measurement.map(worst.linf)) + rest

    ratio = cost(made(scale)) / loss
    scale = root_up(ratio) if kind == "gaussian" else up(ratio)
    if scale > LARGEST:
        raise UsageError(f"The noise of {figure} would be too large.", mend="Raise its share, or lower bounds.")
    while cost(made(scale)) > loss:
        scale *= 1 + 1e-9
    distance = root_up(worst.l2_squared) if kind == "gaussian" else worst.l1
    return Mechanism(figure, kind, scale, float(distance), loss), made(scale)


@untold
def selection(kind: Kind, worst: Worst, loss: Fraction, delta: Fraction) -> tuple[Mechanism, int, Measurement]:
    """Return the choice of partitions by a noisy threshold on how many units each has, and that threshold.

    A unit is counted once in each of its partitions. The threshold is the least one whose chance to show a partition
    that a single unit has, over all of the unit's partitions, is at most ``delta`` by OpenDP's map (Rogers, 2023). The
    map counts noisy numbers above a threshold, and OpenDP 0.16 shows those that equal it too: it is given one more.
    """
    mechanism, _ = additive("partitions", kind, worst, 1, loss)
    integer = kind == "laplace"
    distance = (worst.partitions, worst.l1 if integer else root_up(worst.l2_squared), 1 if integer else 1.0)
    low, high = 1, 2
    while _delta(kind, mechanism.scale, high, distance, loss) > delta:
        low, high = high, high * 2
        if high > 2**40:
            raise UsageError("No threshold makes delta this small.", mend="Raise delta in loss.")
    while high - low > 1:
        between = (low + high) // 2
        low, high = (
            (low, between) if _delta(kind, mechanism.scale, between, distance, loss) <= delta else (between, high)
        )
    return mechanism, high + 1, _threshold(kind, mechanism.scale, high + 1)


def _delta(kind: Kind, scale: float, threshold: int, distance: Any, loss: Fraction) -> float:
    try:
        main, delta = _threshold(kind, scale, threshold).map(distance)
    except Exception:  # OpenDP refuses thresholds that are no bound at all
        return 1.0
    return float(delta) if main <= up(loss) else 1.0


def _threshold(kind: Kind, scale: float, threshold: int) -> Measurement:
    dp = opendp()
    domain = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
    if kind == "gaussian":
        metric = dp.l02inf_distance(dp.absolute_distance(T="f64"))
        return dp.m.make_gaussian_threshold(domain, metric, scale, threshold)
    return dp.m.make_laplace_threshold(domain, dp.l01inf_distance(dp.absolute_distance(T="i64")), scale, threshold)


def opendp() -> Any:
    """Return OpenDP with its proven parts enabled; it is imported at first use, since that takes a second."""
    import opendp.prelude as dp

    dp.enable_features("contrib")
    return dp
