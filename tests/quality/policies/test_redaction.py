from __future__ import annotations

import pytest

from quality.policies.redaction import KINDS, Redaction


@pytest.mark.parametrize(
    ("operator", "on_request", "allowed"),
    [
        pytest.param("placeholder", (), ("placeholder", "mask", "drop"), id="safer-ones"),
        pytest.param("drop", (), ("drop",), id="nothing-is-safer"),
        pytest.param("mask", ("token",), ("mask", "token", "drop"), id="on-request"),
        pytest.param("encrypt", (), ("encrypt", "token", "placeholder", "mask", "drop"), id="all"),
    ],
)
def test_the_usual_operator_comes_first_and_safer_ones_are_always_allowed(operator, on_request, allowed):
    assert Redaction(operator=operator, on_request=on_request).allowed == allowed


def test_without_kinds_all_are_looked_for():
    assert Redaction(operator="mask").kinds == KINDS
