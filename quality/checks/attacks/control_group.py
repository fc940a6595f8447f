"""Attacks with a control group: what a guess gains on the release's own people over people who are not in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import Estimate, difference
from quality.checks.attacks.released_columns import People, size_of, some


@dataclass(frozen=True, slots=True)
class Trial:
    """How often guesses were right on the release's people (``main``), on the control group, and by chance."""

    main: Estimate
    control: Estimate
    baseline: Estimate

    @property
    def gain(self) -> Estimate:
        """What the release tells of its own people alone: main - control. What fits everybody is no leak."""
        return difference(self.main, self.control)


def judge_trials(attack: Attack, released: Trial, raw: Trial, *, limit: float) -> Finding:
    """Return the finding on the gain (Giomi et al., PETS 2023), where guesses on the raw rows must gain too.

    Their risk is (main - control) / (1 - control); this takes main - control as the policy's limit is stated.
    """
    return judge(attack, released.gain, raw.gain, limit=limit, baseline=released.baseline.value)


def drawn(people: People, most: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], People]:
    """Return at most ``most`` of the people, by chance, and their positions."""
    rows = rng.permutation(size_of(people))[:most]
    return rows, some(people, rows)
