"""What lies at a limit is published as open: whoever reads it knows that it may be anything beyond."""

from __future__ import annotations

import numpy as np
import pytest

from quality.releases.attributes import QuasiIdentifier
from transforms.anonymity.tell_limits import tell_limits


def told(texts, positions, nodes=False, **limits):
    declared = QuasiIdentifier(kind="numeric", **limits)
    return tell_limits(texts, np.array(positions, float), declared, nodes=nodes)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param({"bottom": 18, "top": 90}, ["<=18", "40", ">=90"], id="both"),
        pytest.param({"bottom": 18}, ["<=18", "40", "90"], id="bottom"),
        pytest.param({"top": 90}, ["18", "40", ">=90"], id="top"),
        pytest.param({"bottom": 17, "top": 91}, ["18", "40", "90"], id="limits-that-nobody-is-at"),
        pytest.param({}, ["18", "40", "90"], id="none-declared"),
    ],
)
def test_a_value_at_a_limit_is_open(limits, expected):
    assert told(["18", "40", "90"], [18, 40, 90], **limits) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["[10, 20[", "[10, 20[", "[80, 90["], ["[<=10, 20[", "[<=10, 20[", "[80, >=90["], id="intervals"),
        pytest.param(["[0, 99[", "[0, 99[", "[0, 99["], ["[<=0, >=99["] * 3, id="one-for-both"),
        pytest.param(["young", "young", "old"], ["young", "young", "old"], id="names"),
    ],
)
def test_a_node_that_holds_a_limit_is_open(texts, expected):
    assert told(texts, [18, 19, 85], nodes=True, bottom=18, top=85) == expected


def test_no_values_have_no_limits():
    assert told([], [], bottom=18) == []
