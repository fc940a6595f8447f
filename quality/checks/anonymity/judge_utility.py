"""Whether enough is left of a table: an empty release is private, and of no use."""

from __future__ import annotations

from quality.checks.anonymity.utility import Utility
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates

_TUNE = "`geoward release tune` shows what each k costs; or declare beforehand that so much may be lost"
_LOST = (
    "Ask for a smaller k or l or a larger t, allow some `suppression` where a few rows are unlike all others, or"
    f" generalize fewer quasi-identifiers: {_TUNE} (`gates: {{max_information_loss: 1}}`)."
)
_MISSING = (
    "Ask for a smaller k or l or a larger t, generalize fewer quasi-identifiers, or keep rows that lack a value"
    " (`nulls: category`); where all values were generalized away, some `suppression` spares those of the other rows:"
    f" {_TUNE} (`gates: {{max_suppressed: 1}}`)."
)


def judge_utility(lost: Utility, gates: Gates) -> list[Verdict]:
    """Return the verdicts on the floors that were declared: the information loss (NCP), and the share of missing rows.

    A limit of 1 forbids nothing and still is told.
    """
    return [
        _verdict(
            "information_loss", lost.ncp, gates.max_information_loss,
            "The release loses at most the declared share of information (NCP), so that it is of use.", _LOST,
        ),
        _verdict(
            "suppressed_rows", lost.suppressed, gates.max_suppressed,
            "At most the declared share of the rows is missing, so that the release is of use.", _MISSING,
        ),
    ]  # fmt: skip


def _verdict(check: str, value: float, limit: float, text: str, mend: str) -> Verdict:
    return Verdict(check, value <= limit + 1e-9, text, mend, {"share": value, "limit": limit})
