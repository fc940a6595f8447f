from __future__ import annotations

import pytest

from jobs.sample.streams import stream


def test_the_same_stream_gives_the_same_numbers():
    assert stream(1, "eu", "cast", 2).random() == stream(1, "eu", "cast", 2).random()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((2, "eu", "cast", 2), id="seed"),
        pytest.param((1, "us", "cast", 2), id="region"),
        pytest.param((1, "eu", "pings", 2), id="topic"),
        pytest.param((1, "eu", "cast", 3), id="day"),
    ],
)
def test_another_stream_gives_other_numbers(other):
    assert stream(1, "eu", "cast", 2).random() != stream(*other).random()
