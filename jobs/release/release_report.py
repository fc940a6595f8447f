"""All that a privacy officer must see before a release is signed, as plain data: nothing of it is a raw value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.listings.release_reports import ModelMeaning, Weakness
from jobs.release.build_file import Built
from jobs.release.explain_release import limits_of, means
from jobs.release.plan_release import shape_of
from jobs.release.report_facts import Facts, facts_of
from quality.checks.anonymity.risk import Risk, state_risk
from quality.checks.verdict import Verdict
from quality.releases.declaration import TableRelease

PARTS = ("geoward", "numpy", "numba", "pyarrow", "duckdb")
"""What made and measured a release: their versions stand in its report."""


ATTACKS = ("singling_out", "linkability", "inference", "membership")
"""Gates that limit an attack; one without a limit is not tried."""


@dataclass(frozen=True, slots=True)
class WorstClass:
    """A class in which a parameter is worst, by its published values."""

    parameter: str
    value: float
    subjects: int
    quasi_ids: str


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """``attacks`` are the verdicts of those that were run, ``not_tried`` names the others.

    ``kept`` are the verdicts on models and utility.
    """

    release: TableRelease
    facts: Facts
    built: Built
    risk: Risk
    attacks: tuple[Verdict, ...]
    not_tried: tuple[str, ...]
    kept: tuple[Verdict, ...]
    models: tuple[ModelMeaning, ...]
    limits: tuple[Weakness, ...]
    worst: tuple[WorstClass, ...]
    dropped: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing stops the release, as far as it was tested."""
        return not self.built.failed


def report_release(
    release: TableRelease, source: Path, built: Built, published: Path | None, made_at: datetime,
    inputs: Mapping[str, str] | None = None,
) -> ReleaseReport:  # fmt: skip
    """Return the report of what was ``built`` of ``source``; ``published`` is the file written, if any.

    ``inputs`` are the digests of what it was made of, taken before.
    """
    attacks, kept = apart(built.verdicts)
    facts = facts_of(source, published, built.sha256, made_at, PARTS, inputs)
    return ReleaseReport(
        release, facts, built, state_risk(built.measured), attacks, _not_tried(release, attacks), kept,
        tuple(means(model) for model in release.models), tuple(limits_of(release)), _worst(built),
        _dropped(release, source),
    )  # fmt: skip


def apart(verdicts: Iterable[Verdict]) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
    """Return the verdicts on attacks, and the others."""
    told = tuple(verdicts)
    attacks = tuple(verdict for verdict in told if verdict.check.startswith("attack"))
    return attacks, tuple(verdict for verdict in told if verdict not in attacks)


def _not_tried(release: TableRelease, attacks: tuple[Verdict, ...]) -> tuple[str, ...]:
    """Return the attacks without a limit, and those that had nothing to attack, such as secrets to infer."""
    tried = {verdict.check for verdict in attacks}
    idle = {name for name in ATTACKS if tried and "attacks" not in tried and f"attack_{name}" not in tried}
    return tuple(name for name in ATTACKS if name in idle or getattr(release.gates, name) is None)


def _worst(built: Built) -> tuple[WorstClass, ...]:
    """Return the worst classes of each parameter that a declared model limits, and of k."""
    judged = {(name, verdict.measured.get("column")) for verdict in built.verdicts for name in verdict.measured}
    judged.add(("k", None))
    return tuple(
        WorstClass(
            one.name if one.column is None else f"{one.name} of {one.column}", group.value, group.subjects,
            ", ".join(f"{name} = {'null' if value is None else value}" for name, value in group.quasi_ids.items()),
        )
        for one in built.measured.parameters
        if (one.name, one.column) in judged
        for group in one.worst[:3]
    )  # fmt: skip


def _dropped(release: TableRelease, source: Path) -> tuple[str, ...]:
    """Return the columns of the source that are not published."""
    shown = {*release.quasi_ids, *release.sensitive, *release.keep}
    return tuple(name for name in shape_of(source).columns if name not in shown)
