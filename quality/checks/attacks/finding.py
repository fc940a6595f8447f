"""What an attack found, and whether that stops a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quality.checks.attacks.intervals import CONFIDENCE, Estimate
from quality.checks.verdict import Measured, Verdict

Outcome = Literal["passed", "failed", "blind", "too_small"]

_BLIND = (
    "The attack does not get past the limit on the raw rows either, so it proves nothing of the release: they tell"
    " people apart too little, or are of too few. If they were rounded before, give them as they were; if not, declare"
    " more columns, or a limit that raw rows break."
)
_TOO_SMALL = (
    "There are too few attempts for the interval to end below the limit. Release more subjects or a longer period at"
    " once; of a table, `gates: {accept_too_small: true}` publishes without the proof, which the report tells."
)


@dataclass(frozen=True, slots=True)
class Attack:
    """``name``, what holds when it fails (``claim``), and the knob that makes it fail with its cost (``mend``)."""

    name: str
    claim: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What an attack reached on the release and, as its positive control, on the ``raw`` rows.

    ``baseline`` is what guessing reaches, ``limit`` what the policy allows. All but ``passed`` block.
    """

    attack: Attack
    reached: Estimate
    raw: Estimate
    baseline: float
    limit: float
    outcome: Outcome
    confidence: float = CONFIDENCE

    @property
    def mend(self) -> str:
        """The next step; empty when the release passed."""
        return {"passed": "", "failed": self.attack.mend, "blind": _BLIND, "too_small": _TOO_SMALL}[self.outcome]


def judge(attack: Attack, reached: Estimate, raw: Estimate, *, limit: float, baseline: float = 0.0) -> Finding:
    """Return the finding. A release passes only if the whole interval is within the limit that raw rows break.

    ``failed``: the attack got past the limit, whatever the control says. ``blind``: the raw rows' interval does not
    lie above the limit. ``too_small``: the value is within the limit, its interval is not.
    """
    if not 0 <= limit <= 1:
        raise ValueError("a limit is a share in [0, 1]")
    return Finding(attack, reached, raw, baseline, limit, _outcome(reached, raw, limit))


def _outcome(reached: Estimate, raw: Estimate, limit: float) -> Outcome:
    if reached.attempts and reached.value > limit:
        return "failed"
    if not raw.attempts or raw.low <= limit:
        return "blind"
    return "too_small" if reached.high > limit or not reached.attempts else "passed"


def limit_over_chance(baseline: float, *, k: int | None = None, margin: float = 0.01) -> float:
    """Return baseline + margin, or 1 / k if that is more: what a crowd of ``k`` allows anyway."""
    return min(1.0, max(baseline + margin, 1 / k if k else 0.0))


def as_verdict(finding: Finding, *, accept_too_small: bool = False) -> Verdict:
    """Return the finding as a verdict that stops a publish unless it passed.

    A policy may accept an attack that is undecided for want of people (``accept_too_small``): that only warns. Nothing
    makes a failed or a blind attack acceptable.
    """
    accepted = finding.outcome == "too_small" and accept_too_small
    reached, raw = finding.reached, finding.raw
    measured: Measured = {
        "outcome": finding.outcome,
        "estimate": reached.value, "low": reached.low, "high": reached.high, "confidence": finding.confidence,
        "attempts": reached.attempts, "successes": reached.successes, "limit": finding.limit,
        "baseline": finding.baseline, "raw_estimate": raw.value, "raw_low": raw.low, "raw_attempts": raw.attempts,
    }  # fmt: skip
    return Verdict(
        f"attack_{finding.attack.name}",
        finding.outcome == "passed",
        finding.attack.claim,
        finding.mend,
        measured,
        "warn" if accepted else "error",
    )
