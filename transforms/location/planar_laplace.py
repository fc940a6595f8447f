"""Geo-indistinguishability: each cell that a subject was in is told as a noisy one, the same all epoch long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease
from transforms.location.distances import EARTH_M
from transforms.location.fixes import Fixes, Floats, Ints
from transforms.location.h3_cells import Cells, cell_texts, cells_at, centers


class NoiseSource(Protocol):
    """Draws that only the holder of a key can tell, and the same ones again for the same bytes."""

    def uniforms(self, keys: Sequence[bytes]) -> Floats:
        """Return two numbers (n, 2) in [0, 1) for each key, as a keyed pseudorandom function makes them."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Spent:
    """``cells`` (S,): for each subject, the distinct cells that were told noisily, each at ``epsilon_per_km``."""

    cells: Ints
    epsilon_per_km: float

    @property
    def most(self) -> float:
        """What the subject with the most cells lost: its budgets add up (Andres et al., CCS 2013, Section 3)."""
        return float(self.cells.max(initial=0) * self.epsilon_per_km)


@untold
def noisy_cells(
    fixes: Fixes, accounts: pa.ChunkedArray, release: PlacesRelease, source: NoiseSource
) -> tuple[Cells, Spent]:
    """Return the cells (n,) to tell instead of the fixes', and what that spends.

    The center of a cell is moved by planar Laplace noise and snapped to the grid, which is post-processing. The noise
    is drawn for (dataset, epoch's first day, scale, cell, account): seen there again, the subject is told at the same
    place again, and the mean of many reports, or of releases by many names, says no more than one. Another
    ``epsilon_per_km`` draws anew: the same draw at two scales could be solved for the true place. ``accounts`` are the
    source's subject column: a number would change from day to day.
    """
    rules = release.noise
    if rules is None:
        raise ValueError("the release declares no noise")
    drawn = accounts.combine_chunks().dictionary_encode()
    names = [str(name).encode() for name in drawn.dictionary.to_pylist()]
    who = drawn.indices.to_numpy(zero_copy_only=False)[fixes.rows].astype(np.int64)
    cells, places = np.unique(fixes.cells, return_inverse=True)
    pairs, at = np.unique(who * max(len(cells), 1) + places, return_inverse=True)
    scale = f"{rules.epsilon_per_km}\0{release.tiles.finest}"
    epoch = f"{release.reads}\0{release.epoch.start}\0{scale}".encode()
    texts = [str(text).encode() for text in cell_texts(cells)]
    keys = [b"\0".join((epoch, texts[pair % len(cells)], names[pair // len(cells)])) for pair in pairs.tolist()]
    latitudes, longitudes = (each[pairs % max(len(cells), 1)] for each in centers(cells))
    moved = moved_by(latitudes, longitudes, source.uniforms(keys), rules.epsilon_per_km)
    told = cells_at(*moved, release.tiles.finest)
    subject_of = np.zeros(len(pairs), np.int64)
    subject_of[at] = fixes.subjects
    return told[at], Spent(np.bincount(subject_of), rules.epsilon_per_km)


@untold
def moved_by(latitudes: Floats, longitudes: Floats, uniforms: Floats, epsilon_per_km: float) -> tuple[Floats, Floats]:
    """Return the positions (n,) moved along great circles by polar Laplace noise, from ``uniforms`` (n, 2).

    The angle is uniform, the radius in meters the inverse of C(r) = 1 - (1 + epsilon r) e^(-epsilon r): its mean is
    2 / epsilon (Andres et al., CCS 2013, Section 4).
    """
    turn, far = 2 * math.pi * uniforms[:, 0], laplace_radius(uniforms[:, 1], epsilon_per_km) * 1000 / EARTH_M
    phi = np.radians(latitudes)
    risen = np.arcsin(np.clip(np.sin(phi) * np.cos(far) + np.cos(phi) * np.sin(far) * np.cos(turn), -1, 1))
    aside = np.arctan2(np.sin(turn) * np.sin(far) * np.cos(phi), np.cos(far) - np.sin(phi) * np.sin(risen))
    return np.degrees(risen), (longitudes + np.degrees(aside) + 180) % 360 - 180


@untold
def laplace_radius(shares: Floats, epsilon: float) -> Floats:
    """Return C^-1(p) = -(W_-1((p - 1) / e) + 1) / epsilon for each share p in [0, 1)."""
    return np.asarray(-(lambert_w((np.asarray(shares) - 1) / math.e) + 1) / epsilon)


@untold
def lambert_w(values: Floats) -> Floats:
    """Return the branch W_-1 <= -1 of w e^w = x for x in [-1/e, 0), by Halley's method.

    It starts at the expansions of Corless et al. (1996): around the branch point (4.22), and near 0 (4.19).
    """
    x = np.asarray(values, float)
    edge = -np.sqrt(np.maximum(2 * (math.e * x + 1), 0))
    logs = np.log(-x)
    w = np.where(x < -0.25, -1 + edge - edge**2 / 3 + 11 * edge**3 / 72, logs - np.log(-logs + (x < -0.25)))
    for _ in range(12):
        grown = np.exp(w)
        off = w * grown - x
        slope = grown * (w + 1) - (w + 2) * off / np.where(w == -1, np.inf, 2 * w + 2)
        w = w - np.divide(off, slope, out=np.zeros_like(w), where=slope != 0)
    return np.minimum(w, -1.0)
