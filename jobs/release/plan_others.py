"""What a release of places or of noisy figures would do of a file, what must hold, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jobs.listings.release_reports import ModelMeaning, PlannedColumn, ReleasePlanListing, Role
from jobs.release.explain_noisy import explain_noisy
from jobs.release.explain_places import explain_places
from jobs.release.plan_other_values import ValuesSeen, needs_of, see_values
from jobs.release.plan_release import MOST_ROWS, FileShape, shape_of
from quality.releases.noisy import NoisyRelease
from quality.releases.noisy_keys import GridKey, PublicKeys
from quality.releases.places import PlacesRelease

Roles = Sequence[tuple[Role, Sequence[str]]]


def plan_other(release: PlacesRelease | NoisyRelease, declared_in: Path, source: Path) -> ReleasePlanListing:
    """Return the plan; what lies beside ``declared_in`` and is missing is a problem, no error.

    Values are looked at in files of up to 3,000,000 rows, if nothing else is missing.
    """
    lessons = (explain_places(release) if isinstance(release, PlacesRelease) else explain_noisy(release)).models
    shape = shape_of(source) if source.exists() else None
    roles = _places(release) if isinstance(release, PlacesRelease) else _figures(release)
    columns = [
        PlannedColumn(
            name=name,
            role=role,
            published=role in ("generalized", "counted"),
            in_file=name in shape.columns if shape else None,
        )
        for role, names in roles
        for name in names
    ]
    gates = release.gates.model_dump() if isinstance(release, PlacesRelease) else {}
    problems = list(_problems(release, declared_in.parent, source, shape, columns))
    seen = ValuesSeen(None, [])
    if shape and not problems and shape.rows <= MOST_ROWS:
        seen = see_values(release, declared_in, source)
    limits = {f"unicity of {known}": limit for known, limit in gates.pop("unicity", {}).items()}
    return ReleasePlanListing(
        release=release.name, version=release.version, description=release.description, purpose=release.purpose,
        source=source.name, rows=shape.rows if shape else None, method=release.kind, columns=columns,
        models=[
            ModelMeaning(model=one.model, column=one.column, parameters=one.parameters, meaning=one.promises)
            for one in lessons
        ],
        gates={**gates, **limits}, needs=needs_of(release), read=seen.read,
        problems=[*problems, *seen.problems],
    )  # fmt: skip


def _places(release: PlacesRelease) -> Roles:
    named = (release.latitude, release.longitude, release.cell, release.time, release.hour)
    return [
        ("generalized", [name for name in named if name]), ("subject", [release.subject]), ("link", release.links),
    ]  # fmt: skip


def _figures(release: NoisyRelease) -> Roles:
    keys = release.keys.values()
    of_keys = [
        n for one in keys for n in ((one.latitude, one.longitude) if isinstance(one, GridKey) else (one.column,))
    ]
    measured = [one.column for one in release.measures.values() if hasattr(one, "column")]
    time = [release.unit.time] if release.unit.time else []
    return [("counted", list(dict.fromkeys([*of_keys, *measured, *time]))), ("subject", [release.unit.user])]


def _problems(
    release: PlacesRelease | NoisyRelease, beside: Path, source: Path, shape: FileShape | None,
    columns: Sequence[PlannedColumn],
) -> Iterator[str]:  # fmt: skip
    if shape is None:
        yield f"There is no file {source.name} there: name the table with --input."
    yield from (f"{source.name} has no column {one.name}." for one in columns if one.in_file is False)
    if isinstance(release, PlacesRelease):
        if release.sensitive_places and not (beside / release.sensitive_places.reads).is_file():
            yield f"The sensitive places {release.sensitive_places.reads} are not beside the declaration."
        if shape and shape.rows < release.k:
            yield f"{source.name} has {shape.rows:,} rows: no crowd of {release.k} can be in them."
    elif isinstance(release.partitions, PublicKeys) and (listed := release.partitions.table):
        if not (beside / listed).exists():
            yield f"The partitions {listed} are not beside the declaration."
        else:
            known = shape_of(beside / listed).columns
            yield from (f"The partitions {listed} have no column {key}." for key in release.keys if key not in known)
