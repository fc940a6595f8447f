"""Attack a release of places before anybody else does, each attack with its positive control on the epoch's raw rows.

What an attacker can do depends on what is published:

- Without pseudonyms no two rows are linked, and rows of one cell and slot are equal. He knows homes and work places,
  or labelled traces of other days, and guesses whose a row is (``home_work``, ``trajectory_linking``: a class of equal
  rows is an id of all its people); or he links rows of one slot to rows of the next (``recovery``). There is no trace
  of which points could be known, and none that could be found again in another epoch: ``unicity`` and ``linkage`` do
  not apply, and the release says so.
- With pseudonyms of trips he sees traces: some points single one out (``unicity``), homes and work places or labelled
  trips find their person's (``home_work``, ``trajectory_linking``), and a trip of the epoch's first half finds the
  same person's trips of the second half, whose pseudonyms are others (``linkage``). ``recovery`` does not apply: rows
  of a trip are linked already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from jobs.release.attack_halves import NOT_TRIED
from jobs.release.explain_places import NOT_APPLICABLE
from jobs.release.places_seen import Seen, see
from quality.checks.attacks.epoch_linkage import EPOCHS, attack_epochs
from quality.checks.attacks.finding import Attack, Finding, as_verdict
from quality.checks.attacks.home_work import HOME_WORK, attack_home_work
from quality.checks.attacks.points import points_of
from quality.checks.attacks.trajectory_linking import TRAJECTORIES, attack_trajectories
from quality.checks.attacks.trajectory_recovery import RECOVERY, attack_recovery
from quality.checks.attacks.unicity import UNICITY, attack_unicity
from quality.checks.verdict import Verdict
from quality.releases.places import PlacesRelease
from transforms.location.adaptive_tiling import AdaptiveTiling
from transforms.location.prepare_fixes import Prepared
from transforms.location.publish_places import PublishedPlaces

DRAWS, TARGETS = 2_000, 4_000
"""Sets of points that are drawn, and trajectories of each half whose person is sought."""

SEED = 20_261_127


def attack_places(
    release: PlacesRelease, prepared: Prepared, made: PublishedPlaces, tiling: AdaptiveTiling,
    tell: Callable[[str], None],
) -> list[Verdict]:  # fmt: skip
    """Return a verdict for each attack: what it reached, or that it does not apply, or that its gate is null."""
    if not made.table.num_rows:
        return []  # there is nothing to attack: the floor of visits kept is what fails
    seen = see(release, prepared, made, tiling)
    gates = release.gates
    tried: list[tuple[str, Attack, float | None, Callable[[float], Finding], dict[str, int]]] = [
        ("unicity", UNICITY, limit, partial(_unicity, seen, known), {"known": known})
        for known, limit in _unicity_limits(release)
    ]
    tried += [
        ("home_work", HOME_WORK, gates.home_work, partial(_home_work, seen, release.k), {}),
        ("linkage", EPOCHS, gates.linkage, partial(_linkage, seen), {}),
        ("trajectory_linking", TRAJECTORIES, gates.trajectory_linking, partial(_trips, seen), {}),
        ("recovery", RECOVERY, gates.recovery, partial(_recovery, seen, release.k), {}),
    ]
    verdicts = []
    for gate, attack, limit, run, about in tried:
        if reason := NOT_APPLICABLE.get((release.pseudonym, gate)):
            verdict = _untried(attack, "not_applicable", f"Not applicable: {reason}.")
        elif limit is None:
            verdict = _untried(attack, "not_tried", f"Not tried, since the release states so: {attack.claim}")
        else:
            tell(f"Attacking: {attack.name.replace('_', ' ')}")
            verdict = as_verdict(run(limit), accept_too_small=gates.accept_too_small)
            verdict = replace(verdict, mend=verdict.mend + NOT_TRIED % gate if verdict.mend else "")
        verdicts.append(replace(verdict, measured={**about, **verdict.measured}))
    return verdicts


def _untried(attack: Attack, outcome: str, text: str) -> Verdict:
    """Return a verdict that neither passes nor stops: nothing was proven."""
    return Verdict(f"attack_{attack.name}", False, text, "", {"outcome": outcome}, "warn")


def _unicity_limits(release: PlacesRelease) -> list[tuple[int, float | None]]:
    """Return the limit by known points; one that is null, where none applies or none is stated."""
    limits = [] if release.pseudonym == "none" else sorted(release.gates.unicity.items())
    return limits or [(4, None)]


def _unicity(seen: Seen, known: int, limit: float) -> Finding:
    told, raw = seen.told, seen.raw
    points = points_of(told.ids, *told.point, owners=told.owners)
    exact = points_of(raw.trips, raw.visits.places, raw.fixes.seconds // 60, owners=raw.visits.owners)
    return attack_unicity(points, exact, known=known, limit=limit, draws=DRAWS, seed=SEED)


def _home_work(seen: Seen, k: int, margin: float) -> Finding:
    return attack_home_work(
        seen.told.visits, seen.residents, seen.raw.visits, k=k, margin=margin, utc_offset=seen.utc_offset, seed=SEED
    )


def _linkage(seen: Seen, margin: float) -> Finding:
    begins = seen.second_epoch
    return attack_epochs(seen.told.epochs(begins), seen.raw.epochs(begins), margin=margin, seed=SEED)


def _trips(seen: Seen, margin: float) -> Finding:
    return attack_trajectories(seen.told.other_days(), seen.raw.other_days(), margin=margin, targets=TARGETS, seed=SEED)


def _recovery(seen: Seen, k: int, margin: float) -> Finding:
    return attack_recovery(seen.told.sightings(), seen.raw.sightings(), k=k, margin=margin, seed=SEED)
