"""Noise of a long vector is drawn in chunks, each value once and in its place."""

from __future__ import annotations

import numpy as np

from jobs.budget import draw_noise
from jobs.budget.draw_noise import OpenDpNoise


def test_every_value_is_drawn_for_once_and_stays_in_its_place(monkeypatch):
    monkeypatch.setattr(draw_noise, "CHUNK", 3)
    asked = []

    def measurement(values):
        asked.append(len(values))
        return [value + 1000 for value in values.tolist()]

    noisy = OpenDpNoise().vector(measurement, np.arange(8))

    assert noisy.tolist() == list(range(1000, 1008))
    assert sorted(asked) == [2, 3, 3]


def test_no_values_have_no_noise():
    assert OpenDpNoise().vector(None, np.arange(0)).tolist() == []
