"""Build a release for several k, in memory and for nobody to read, and propose one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jobs.listings.release_reports import TunedPoint
from jobs.release.build_file import Built, build_file
from jobs.release.choose_point import undominated
from jobs.release.release_report import ATTACKS
from quality.checks.anonymity.risk import state_risk
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import KAnonymity

LARGEST = "the largest k within the declared gates: as private as what must be left of the data allows"
KNEE = "the knee: the k of the frontier farthest from the line between its ends (Satopaa et al., 2011)"
"""How a point is proposed: by the gates if the declaration limits the loss of information, else by the knee."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A point for each k, in order, and the ``rule`` that proposed one; ``proposed`` is None if none can be."""

    points: tuple[TunedPoint, ...]
    proposed: int | None
    rule: str


def tune_release(
    release: TableRelease, declared_in: Path, source: Path, ks: Sequence[int], tell: Callable[[str], None]
) -> Tuned:
    """Build ``release`` with each of ``ks`` in place of its own k; nothing is written. UsageError for a k below 2."""
    from transforms.anonymity.partition_bounds import Unreachable

    if not ks or min(ks) < 2:
        raise UsageError("Every k is 2 or more.", mend="For example: --k 2,5,10,20,50")
    points = []
    for k in sorted(set(ks)):
        try:
            built = build_file(with_k(release, k), declared_in, source, None, partial(_tell_of, tell, k))
            points.append(_point(k, built))
        except Unreachable as error:
            points.append(TunedPoint(k=k, why=error.message))
    return propose(points, limited="max_information_loss" in release.gates.model_fields_set)


def without_attacks(release: TableRelease) -> TableRelease:
    """Return the release with no attack to be tried: to look for a k faster. A build tries them."""
    untried = dict.fromkeys(ATTACKS)
    return release.model_copy(update={"gates": release.gates.model_copy(update=untried)})


def _tell_of(tell: Callable[[str], None], k: int, step: str) -> None:
    tell(f"k = {k}: {step}")


def with_k(release: TableRelease, k: int) -> TableRelease:
    """Return the release with ``k`` for its own; k-anonymity is added to one that lacks it."""
    others = tuple(model for model in release.models if not isinstance(model, KAnonymity))
    return release.model_copy(update={"models": (KAnonymity(model="k_anonymity", k=k), *others)})


def propose(points: Sequence[TunedPoint], *, limited: bool) -> Tuned:
    """Mark the Pareto frontier of ``points`` (highest risk, information loss) and propose one of it that may be built.

    ``limited``: the declaration limits the loss, so the largest k within it; else the knee. Of fewer than three points
    there is no knee: the largest k.
    """
    front_of = undominated([_costs(point) for point in points])
    marked = [p.model_copy(update={"frontier": best}) for p, best in zip(points, front_of, strict=True)]
    able = [point for point in marked if point.within_gates]
    front = sorted((point for point in able if point.frontier), key=lambda point: point.k)
    rule = LARGEST if limited or len(front) < 3 else KNEE
    chosen = max(able, key=lambda point: point.k, default=None) if rule == LARGEST else _knee(front)
    if chosen is None:
        return Tuned(tuple(marked), None, rule)
    found = (point.model_copy(update={"proposed": point.k == chosen.k}) for point in marked)
    return Tuned(tuple(found), chosen.k, rule)


def _point(k: int, built: Built) -> TunedPoint:
    risk, lost = state_risk(built.measured).prosecutor, built.utility
    return TunedPoint(
        k=k, why=", ".join(verdict.check for verdict in built.failed), risk_highest=risk.highest,
        risk_average=risk.average, information_loss=lost.ncp, c_avg=lost.c_avg, discernibility=lost.discernibility,
        suppressed=lost.suppressed, within_gates=not built.failed,
    )  # fmt: skip


def _costs(point: TunedPoint) -> tuple[float, float] | None:
    if point.risk_highest is None or point.information_loss is None:
        return None
    return point.risk_highest, point.information_loss


def _knee(front: Sequence[TunedPoint]) -> TunedPoint:
    """Return the point farthest below the line between both ends, costs scaled to [0, 1]; of equals the larger k."""
    costs = [_costs(point) or (0.0, 0.0) for point in front]
    scaled = [
        [(value - min(axis)) / ((max(axis) - min(axis)) or 1) for value in axis] for axis in zip(*costs, strict=True)
    ]
    below = [1 - risk - loss for risk, loss in zip(*scaled, strict=True)]
    return max(zip(below, front, strict=True), key=lambda pair: (round(pair[0], 9), pair[1].k))[1]
