import dataclasses

import pytest

from quality.checks.verdict import Verdict


@pytest.mark.parametrize(
    ("passed", "severity", "stops"),
    [
        pytest.param(False, "error", True, id="failed-error"),
        pytest.param(False, "warn", False, id="failed-warning"),
        pytest.param(True, "error", False, id="passed"),
    ],
)
def test_only_a_failed_error_stops_a_publish(passed, severity, stops):
    assert Verdict("c", passed, "d", "m", {}, severity).stops is stops


def test_a_verdict_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Verdict("c", True, "d", "m").passed = False
