from __future__ import annotations

from xml.etree import ElementTree

import pytest

from jobs.release.draw_histogram import draw_histogram

SVG = "{http://www.w3.org/2000/svg}"


def bars(histogram, k=2):
    found = ElementTree.fromstring(draw_histogram(histogram, k)).findall(f"{SVG}rect")[1:]  # the first is the paper
    return [(round(float(one.get("height"))), one.get("fill")) for one in found]


def test_a_bar_is_as_high_as_classes_have_its_size():
    assert [height for height, _ in bars({2: 10, 3: 5, 5: 10})] == [170, 85, 0, 170]


def test_sizes_near_k_keep_a_bar_each_beside_a_crowd():
    assert [height for height, _ in bars({5: 10, 6: 5, 900: 2, 80: 3}, k=5)] == [170, 85, *[0] * 17, 85]


def test_classes_below_k_are_marked_and_told():
    assert [fill for _, fill in bars({1: 3, 2: 3})] == ["#b00", "#555"]
    assert "3 below k = 2" in draw_histogram({1: 3, 2: 3}, 2)


@pytest.mark.parametrize(
    ("histogram", "most"),
    [
        pytest.param({5: 1, 5_000_000: 1}, 20, id="a-stadium"),
        pytest.param({7: 1}, 1, id="one-class"),
        pytest.param({}, 0, id="no-class"),
    ],
)
def test_there_are_never_more_bars_than_can_be_read(histogram, most):
    assert len(bars(histogram)) <= most
