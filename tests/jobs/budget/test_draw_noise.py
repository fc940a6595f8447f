"""Noise of a long vector is drawn in chunks, each value once and in its place."""

from __future__ import annotations

from threading import Event

import pytest

from jobs.budget import draw_noise
from jobs.budget.draw_noise import OpenDpNoise


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(draw_noise, "CHUNK", 3)


def test_noise_is_drawn_once_for_each_zero():
    asked = []

    def measurement(values):
        asked.append(values.tolist())
        return [value + 1000 for value in values.tolist()]

    with OpenDpNoise().drawing() as draw:
        first, second = draw(measurement, 8), draw(measurement, 1)
        assert (first().tolist(), second().tolist()) == ([1000] * 8, [1000])

    assert sorted(asked, key=len) == [[0], [0, 0], [0, 0, 0], [0, 0, 0]]


def test_no_values_have_no_noise():
    with OpenDpNoise().drawing() as draw:
        assert draw(None, 0)().tolist() == []


def test_noise_is_drawn_while_other_work_is_done():
    begun = Event()

    with OpenDpNoise().drawing() as draw:
        noise = draw(lambda values: begun.set() or values, 1)
        assert begun.wait(10)
        assert noise().tolist() == [0]


def test_noise_that_nobody_waits_for_is_given_up_where_the_work_breaks():
    drawn, broken = [], Event()

    def measurement(values):
        broken.wait(10)
        drawn.append(values)
        return values

    with pytest.raises(ZeroDivisionError), OpenDpNoise(1).drawing() as draw:
        draw(measurement, 3000)
        broken.set()
        raise ZeroDivisionError

    assert len(drawn) < 1000
