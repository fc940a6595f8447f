"""All that a privacy officer must see before noisy figures are signed: nothing is measured on the private rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.counted import counted
from jobs.listings.release_reports import Weakness
from jobs.release.build_noisy import BuiltNoisily
from jobs.release.limits_by_kind import limits_of_noisy
from jobs.release.report_facts import Facts, facts_of
from quality.releases.noisy import Count, DistinctActors, NoisyRelease
from quality.releases.noisy_keys import PrivateKeys

if TYPE_CHECKING:
    from quality.releases.privacy_loss import Approximate
    from transforms.noise.claim import Claim
    from transforms.noise.noise_scales import NoiseScale

PARTS = ("geoward", "opendp", "numpy", "polars", "pyarrow")
COUNTED = (Count, DistinctActors)
SIZES = (10, 100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class FigureNoise:
    """Noise of one figure: its scale, and what it stays within in 95 of 100 cases; None where that is not known."""

    figure: str
    kind: str
    sensitivity: float
    loss: float
    scale: float | None
    half_width: float | None


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """What becomes of a figure of ``size``: half of all errors are within ``relative`` of it.

    ``shown`` is the chance that it passes the threshold on this measure, None where there is none.
    """

    measure: str
    size: int
    relative: float
    shown: float | None


@dataclass(frozen=True, slots=True)
class NoisyReport:
    """``lost`` tells by what and of whom (epsilon, delta) is lost, and bounds what any attack gains over a coin.

    ``spurious`` is the chance that a partition of nobody passes the declared threshold, None without one; ``units``
    the noisy count of units that shows a private partition.
    """

    release: NoisyRelease
    facts: Facts
    built: BuiltNoisily
    consumer: str
    days: tuple[date, date]
    declared: tuple[tuple[str, str], ...]
    noise: tuple[FigureNoise, ...]
    errors: tuple[ExpectedError, ...]
    spurious: float | None
    units: int | None
    lost: tuple[tuple[str, str, Approximate, float], ...]
    limits: tuple[Weakness, ...]


def report_noisy(
    release: NoisyRelease, source: Path, built: BuiltNoisily, published: Path, consumer: str,
    days: tuple[date, date], made_at: datetime,
) -> NoisyReport:  # fmt: skip
    """Return the report of what was ``built`` of ``source`` and written to ``published``."""
    from transforms.noise.expected_error import advantage
    from transforms.noise.noise_scales import noise_scales

    scales = noise_scales(release)
    lost = [
        (claim.by, whom, loss, advantage(float(loss.epsilon), float(loss.delta)))
        for claim in (built.alone, built.in_all) if claim is not None
        for whom, loss in _of_whom(claim).items()
    ]  # fmt: skip
    return NoisyReport(
        release, facts_of(source, published, built.sha256, made_at, PARTS), built, consumer, days, declared(release),
        tuple(map(_noise, scales)), tuple(_errors(release, scales)), _spurious(release, scales),
        next((one.threshold for one in scales if one.threshold), None),
        tuple(lost), limits_of_noisy(release),
    )  # fmt: skip


def _of_whom(claim: Claim) -> dict[str, Approximate]:
    one = {f"one {claim.unit.replace('_', '-')}": claim.as_approximate}
    life = {f"a person of {claim.units:,} such units, over a lifetime": claim.lifetime_as_approximate}
    return one | (life if claim.units > 1 else {})


def declared(release: NoisyRelease) -> tuple[tuple[str, str], ...]:
    """Return what the release promises and how, in words."""
    loss, bounds, private = release.loss, release.bounds, isinstance(release.partitions, PrivateKeys)
    name = "rho" if release.gaussian else "epsilon"
    source = "zero-concentrated differential privacy (Bun & Steinke, TCC 2016)" if release.gaussian else (
        "(epsilon, delta)-differential privacy (Dwork & Roth, 2014)"
    )  # fmt: skip
    life = release.lifetime
    rows = f"at most {counted(bounds.l0, 'partition')}, {counted(bounds.linf, 'row')} in each"
    told = {
        "Model": source,
        "Loss of one build": f"{name} = {loss.main}, delta = {loss.delta}",
        "Privacy unit": f"{release.unit.per.replace('_', '-')} of {release.unit.user}",
        "Bounds of a unit": f"{rows}{f', {bounds.l1} in all' if bounds.l1 else ''}",
        "Bounds chosen from": f"{bounds.chosen_from}: {bounds.because}",
        "Keys": ", ".join(release.keys),
        "Measures": ", ".join(f"{name} ({one.measure})" for name, one in release.measures.items()),
        "Partitions": "chosen privately by a noisy threshold (Rogers, 2023)" if private else "public: all are noised",
        "Lifetime": f"{counted(life.units, 'unit')} of a person, epsilon stated at delta = {life.delta}",
        "Changed data": "a new loss" if release.changed_input == "spend" else "refused",
    }
    if release.threshold:
        told["Left out"] = f"partitions whose noisy {release.threshold.measure} is below {release.threshold.at_least:g}"
    return tuple(told.items())


def figure_noise(release: NoisyRelease) -> tuple[FigureNoise, ...]:
    """Return the noise of each figure that a build draws."""
    from transforms.noise.noise_scales import noise_scales

    return tuple(map(_noise, noise_scales(release)))


def _noise(one: NoiseScale) -> FigureNoise:
    from transforms.noise.expected_error import half_width

    made = one.mechanism
    width = None if one.scale is None else half_width(made.kind, one.scale)
    told = "exponential" if one.scale is None else made.kind
    return FigureNoise(made.figure, told, made.sensitivity, float(made.loss), one.scale, width)


def _errors(release: NoisyRelease, scales: tuple[NoiseScale, ...]) -> list[ExpectedError]:
    """Return what is expected of figures of round sizes, of measures that count."""
    import numpy as np

    from transforms.noise.expected_error import chances_to_reach, median_error

    found = []
    for one in scales:
        if one.scale is None or one.measure is None or not isinstance(release.measures[one.measure], COUNTED):
            continue
        shown: list[float | None] = [None] * len(SIZES)
        if release.threshold and release.threshold.measure == one.measure:
            least = release.threshold.at_least
            shown = chances_to_reach(one.mechanism.kind, one.scale, least, np.array(SIZES, float)).tolist()
        error = median_error(one.mechanism.kind, one.scale)
        found += [
            ExpectedError(one.measure, size, error / size, chance) for size, chance in zip(SIZES, shown, strict=True)
        ]
    return found


def _spurious(release: NoisyRelease, scales: tuple[NoiseScale, ...]) -> float | None:
    import numpy as np

    from transforms.noise.expected_error import chances_to_reach

    if release.threshold is None:
        return None
    one = next(one for one in scales if one.measure == release.threshold.measure)
    return float(chances_to_reach(one.mechanism.kind, one.scale or 0.0, release.threshold.at_least, np.zeros(1))[0])
