"""What noise of several losses would do to figures of known size: nothing is spent, and no private row is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.listings.release_tunes import TunedNoisyPoint
from jobs.manifest import sha256_of
from jobs.release.build_noisy import listed_in, rows_of
from jobs.release.read_table import read_table
from jobs.release.verify_file import existing
from quality.contracts.errors import UsageError
from quality.releases.noisy import Count, DistinctActors, NoisyRelease, Sum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from transforms.noise.mechanisms import Draw
    from transforms.noise.noise_scales import NoiseScale

TOLD = (Count, DistinctActors, Sum)
"""Measures whose error the scale and the size of a figure decide."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Exact figures (n,) of each measure, by its name, and where they are from."""

    told: str
    of: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class TunedNoisy:
    """Points by loss and measure; ``proposed`` is the loss that the ``rule`` chooses, None if none does."""

    points: tuple[TunedNoisyPoint, ...]
    not_told: tuple[str, ...]
    proposed: float | None
    rule: str


def sizes_stated(release: NoisyRelease, sizes: Sequence[float]) -> Sizes:
    """Return figures as somebody knows them from elsewhere, for every measure."""
    import numpy as np

    if not sizes or min(sizes) <= 0:
        raise UsageError("A figure's size is above 0.", mend="For example: --size 500,10000")
    told = ", ".join(f"{size:g}" for size in sizes)
    return Sizes(f"figures of {told}, as stated", dict.fromkeys(_measures(release), np.array(sizes, np.float64)))


def sizes_of_historic(release: NoisyRelease, declared_in: Path, source: Path, historic: Path) -> Sizes:
    """Return the exact figures of public or ``historic`` rows, as bounded; UsageError if they are those of ``source``.

    They are exact: what is made of them is for the eyes of those who may see the rows.
    """
    from transforms.noise.release_noisily import release_noisily

    if source.is_file() and sha256_of(existing(historic)) == sha256_of(source):
        mend = "Give rows that are public, or of other days that may be looked at; or --size."
        raise UsageError(
            "These are the very rows whose privacy is to be paid for: nothing is read for free.", mend=mend
        )
    from transforms.noise.derive_keys import public_partitions

    listed = listed_in(release, declared_in)
    names = read_table(listed, list(release.keys)) if listed else None
    made = release_noisily(
        rows_of(release, historic, None), release, key=bytes(32), noise=_Still(),
        public=public_partitions(release.partitions, release.keys, names),
    )  # fmt: skip
    exact = {name: made.exact[name].to_numpy().astype(float) for name in _measures(release)}
    return Sizes(f"{made.exact.num_rows:,} partitions of {historic.name}", exact)


def tune_noisy(release: NoisyRelease, losses: Sequence[Decimal], sizes: Sizes, within: float) -> TunedNoisy:
    """Return what to expect at each of ``losses``, and the least of them with a median error ``within`` that share."""
    if not losses or min(losses) <= 0:
        raise UsageError("A loss is a number above 0.", mend="For example: --loss 0.1,0.5,1")
    points = [point for loss in sorted(set(losses)) for point in _points(release, loss, sizes)]
    if not points:
        raise UsageError("No measure of this release has an error that its noise alone decides.")
    able = {one.loss for one in points} - {one.loss for one in points if not _close(one, within)}
    proposed = min(able, default=None)
    rule = f"the least loss at which half of all figures of every measure are within {within:.0%} of the exact ones"
    marked = tuple(one.model_copy(update={"proposed": one.loss == proposed}) for one in points)
    others = tuple(name for name in release.measures if name not in _measures(release))
    return TunedNoisy(marked, others, proposed, rule)


def _close(point: TunedNoisyPoint, within: float) -> bool:
    return point.relative_error is not None and point.relative_error <= within


def _measures(release: NoisyRelease) -> list[str]:
    return [name for name, measure in release.measures.items() if isinstance(measure, TOLD)]


def _points(release: NoisyRelease, loss: Decimal, sizes: Sizes) -> list[TunedNoisyPoint]:
    from transforms.noise.claim import claim_of
    from transforms.noise.noise_scales import noise_scales

    field = "rho" if release.gaussian else "epsilon"
    tried = release.model_copy(update={"loss": release.loss.model_copy(update={field: loss})})
    claim = claim_of(tried)
    epsilons = float(claim.as_approximate.epsilon), float(claim.lifetime_as_approximate.epsilon)
    scales = [one for one in noise_scales(tried) if one.measure in sizes.of]
    return [_point(tried, float(loss), epsilons, one, sizes.of[str(one.measure)]) for one in scales]


def _point(
    release: NoisyRelease, loss: float, epsilons: tuple[float, float], noise: NoiseScale, sizes: NDArray[np.float64]
) -> TunedNoisyPoint:
    import numpy as np

    from transforms.noise.expected_error import chances_to_reach, half_width, median_error

    kind, scale, name = noise.mechanism.kind, noise.scale or 0.0, str(noise.measure)
    own = release.threshold if release.threshold and release.threshold.measure == name else None
    least = own.at_least if own else -np.inf
    large = np.abs(sizes)[(sizes >= least) & (sizes != 0)]
    shown = chances_to_reach(kind, scale, least, sizes)
    return TunedNoisyPoint(
        loss=loss, measure=name, epsilon=epsilons[0], lifetime_epsilon=epsilons[1], scale=scale,
        half_width=half_width(kind, scale),
        relative_error=float(np.median(median_error(kind, scale) / large)) if len(large) else None,
        drop_rate=float(1 - shown[sizes >= least].mean()) if own and len(large) else None,
        spurious_rate=float(shown[sizes == 0].sum() / shown.sum()) if own and shown.sum() else None,
    )  # fmt: skip


class _Still:
    """Adds no noise, and chooses every partition: for figures that go nowhere."""

    @contextmanager
    def drawing(self) -> Iterator[Draw]:
        import numpy as np

        yield lambda measurement, size: lambda: np.zeros(size, dtype=np.int64)

    def one(self, measurement: Any, values: Any) -> Any:
        return values if isinstance(values, dict) else 0
