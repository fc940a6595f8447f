"""What is said of a release where no version that is out was named to compare it with."""

from __future__ import annotations

from quality.checks.verdict import Verdict


def none_named(check: str) -> Verdict:
    """Return the warning that nothing was compared, under the name of the ``check`` that would have."""
    return Verdict(
        check, False, "Whether a version that is out differs by a few people was not tried: none was named.",
        "If somebody has an earlier version, name it: `--out-already FILE`.",
        {"outcome": "not_tried", "versions": 0}, "warn",
    )  # fmt: skip
