"""The risk that a record is given a name, as ARX and sdcMicro state it, from the sizes of classes alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quality.checks.anonymity.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Attacker:
    """``highest`` and ``average`` chance that a record is linked to its subject; ``above`` is the share of records
    whose chance is higher than the threshold.
    """

    highest: float
    average: float
    above: float


@dataclass(frozen=True, slots=True)
class Risk:
    """Risks of El Emam & Arbuckle, Anonymizing Health Data, 2013, chapter 2, for each subject of each class.

    ``prosecutor`` knows that the subject is in the release (1 / class). ``journalist`` does not (1 / class in the
    population); None without a population. ``marketer`` links all and is right by this share. ``sample_uniques`` are
    the share of subjects that are alone in a class of theirs.
    """

    threshold: float
    prosecutor: Attacker
    journalist: Attacker | None
    marketer: float
    sample_uniques: float


def state_risk(measured: Measurement, *, threshold: float = 0.1) -> Risk:
    """Return the risks of a measured table. A class has at least its own subjects in the population."""
    prosecutor = _attacker([(size, size, n) for size, n in measured.histogram.items()], threshold)
    journalist = None
    if measured.population_histogram is not None:
        journalist = _attacker(measured.population_histogram, threshold)
    marketer = prosecutor.average if journalist is None else journalist.average
    return Risk(threshold, prosecutor, journalist, marketer, measured.alone / measured.subjects)


def _attacker(classes: Iterable[tuple[int, int, int]], threshold: float) -> Attacker:
    """``classes`` are (subjects in the release, in the population, how many classes have these)."""
    chances = [(1 / max(own, population), own * n) for own, population, n in classes if own]
    total = sum(records for _, records in chances)
    return Attacker(
        max(chance for chance, _ in chances),
        sum(chance * records for chance, records in chances) / total,
        sum(records for chance, records in chances if chance > threshold) / total,
    )
