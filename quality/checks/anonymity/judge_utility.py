"""Whether enough is left of a table: an empty release is private, and of no use."""

from __future__ import annotations

from quality.checks.anonymity.utility import Utility
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates

_MEND = (
    "Ask for a smaller k, allow some suppression, or generalize fewer quasi-identifiers: `geoward release tune` shows"
    " what each k costs; or declare beforehand that so much may be lost (gates.{gate})."
)


def judge_utility(lost: Utility, gates: Gates) -> list[Verdict]:
    """Return the verdicts on the floors that were declared: the information loss (NCP), and the share of missing rows.

    A limit of 1 forbids nothing and still is told.
    """
    return [
        _verdict(
            "information_loss", "max_information_loss", lost.ncp, gates.max_information_loss,
            "The release loses at most the declared share of information (NCP), so that it is of use.",
        ),
        _verdict(
            "suppressed_rows", "max_suppressed", lost.suppressed, gates.max_suppressed,
            "At most the declared share of the rows is missing, so that the release is of use.",
        ),
    ]  # fmt: skip


def _verdict(check: str, gate: str, value: float, limit: float, text: str) -> Verdict:
    return Verdict(check, value <= limit + 1e-9, text, _MEND.format(gate=gate), {"share": value, "limit": limit})
