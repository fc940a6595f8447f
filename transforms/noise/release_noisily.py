"""Make the noisy figures of a release: bound, add up, draw noise, leave out what is below the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.noisy import NoisyRelease
from quality.releases.noisy_keys import PrivateKeys
from transforms.noise import mechanisms
from transforms.noise.bound_contributions import (
    Bounded,
    BoundLoss,
    bound_contributions,
    worst_presence,
)
from transforms.noise.figures import Figures, Noise, Setting, additives, figure
from transforms.noise.gather_contributions import Whole, gather_contributions
from transforms.noise.mechanisms import Draw, Kind, Mechanism, NoiseSource


@dataclass(frozen=True, slots=True, eq=False)
class Noisy:
    """``table`` has a row per partition and a column per measure: all that may be published, at the release's loss.

    ``loss`` tells what bounds cost, ``exact`` holds the figures (p rows) of all partitions as bounded and without
    noise, and ``published`` (p,) says which of them are in the table: no word of these may be published.
    """

    table: pa.Table
    mechanisms: tuple[Mechanism, ...]
    loss: BoundLoss
    exact: pa.Table
    published: NDArray[np.bool_]


@untold
def release_noisily(
    rows: pa.Table, release: NoisyRelease, *, key: bytes, noise: NoiseSource, public: pa.Table | None
) -> Noisy:
    """Return the noisy figures of a release over ``rows``; its whole loss is spent by it, whatever comes out.

    ``key`` (32 bytes, secret) decides what bounds leave out, ``noise`` draws, and ``public`` holds what
    ``public_partitions`` returns of the release. Raises ``UsageError`` where one of them does not fit.
    """
    private = isinstance(release.partitions, PrivateKeys)
    if private != (public is None):
        raise UsageError("Public partitions are given, and private ones are not.")
    losses = shares(release)
    kind: Kind = "gaussian" if release.gaussian else "laplace"
    with noise.drawing() as draw:
        noises = _begun(release, losses, kind, draw, public.num_rows) if public is not None else {}
        contributions = gather_contributions(rows, release, key, public)
        bounded = bound_contributions(contributions, release.bounds)
        used: list[Mechanism] = []
        chosen = np.arange(contributions.partitions.num_rows)
        if private:
            mechanism, chosen = _selected(bounded, release, losses["partitions"], kind, noise)
            used.append(mechanism)
            noises = _begun(release, losses, kind, draw, len(chosen))
        setting = Setting(bounded, release.bounds, kind, noise, chosen, contributions.partitions.num_rows)
        figures = {
            name: figure(name, one, losses[name], setting, noises[name]) for name, one in release.measures.items()
        }
    noisy = {name: one.noisy for name, one in figures.items()}
    keys = contributions.partitions.take(pa.array(chosen))
    keep = np.ones(len(chosen), dtype=bool)
    if release.threshold:
        keep = noisy[release.threshold.measure] >= release.threshold.at_least
    return Noisy(
        _table(keys, noisy).filter(pa.array(keep)),
        (*used, *(mechanism for one in figures.values() for mechanism in one.mechanisms)),
        bounded.loss,
        _table(keys, {name: one.exact for name, one in figures.items()}),
        keep,
    )


def _begun(
    release: NoisyRelease, losses: Mapping[str, Fraction], kind: Kind, draw: Draw, size: int
) -> dict[str, list[Noise]]:
    """Begin to draw all noise of ``size`` partitions: it hangs on no row, so that it is drawn while these are read."""
    return {
        name: [
            Noise(mechanism, draw(measurement, size))
            for mechanism, measurement in additives(name, one, losses[name], release.bounds, kind)
        ]
        for name, one in release.measures.items()
    }


def _table(keys: pa.Table, figures: Mapping[str, Figures]) -> pa.Table:
    return pa.table({**dict(zip(keys.column_names, keys.columns, strict=True)), **figures})


@untold
def shares(release: NoisyRelease) -> dict[str, Fraction]:
    """Return what of rho or epsilon each measure gets, and ``partitions`` where these are private; the sum is all."""
    parts = {name: Fraction(measure.share) for name, measure in release.measures.items()}
    if isinstance(release.partitions, PrivateKeys):
        parts["partitions"] = Fraction(release.partitions.share)
    whole = sum(parts.values())
    return {name: Fraction(release.loss.main) * part / whole for name, part in parts.items()}


def _selected(
    bounded: Bounded, release: NoisyRelease, loss: Fraction, kind: Kind, noise: NoiseSource
) -> tuple[Mechanism, Whole]:
    worst = worst_presence(release.bounds)
    mechanism, _, choose = mechanisms.selection(kind, worst, loss, Fraction(release.loss.delta))
    there, units = np.unique(bounded.partition, return_counts=True)
    shown = noise.one(choose, dict(zip(there.tolist(), units.tolist(), strict=True)))
    return mechanism, np.array(sorted(shown), dtype=np.int64)
