"""Whether enough is left of the data: an empty release is not a private one."""

from __future__ import annotations

from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates


def judge_usefulness(gates: Gates, *, information_loss: float, suppressed: float) -> list[Verdict]:
    """Return the verdicts on the normalized certainty penalty and the share of rows left out, both in [0, 1]."""
    return [
        Verdict(
            "useful_information",
            information_loss <= gates.max_information_loss,
            f"The published values lose at most {gates.max_information_loss:.0%} of what the true ones told (NCP).",
            "The release is useless as it is. Ask for a smaller k, name fewer quasi-identifiers, publish more rows at "
            "once, or state a higher `gates.max_information_loss`.",
            {"information_loss": information_loss, "limit": gates.max_information_loss},
        ),
        Verdict(
            "useful_rows",
            suppressed <= gates.max_suppressed,
            f"At most {gates.max_suppressed:.0%} of the rows are left out.",
            "The release is useless as it is. Ask for a smaller k, allow coarser values before suppressing, or state a "
            "higher `gates.max_suppressed`.",
            {"suppressed": suppressed, "limit": gates.max_suppressed},
        ),
    ]
