"""Build a release of places in memory: in the tiles of its epoch, and proven on the rows that are to be published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.digest_rows import digest_rows
from jobs.release.measure_places import PlacesUtility, measure_places, rows_by_cell
from jobs.release.read_table import read_table
from jobs.release.write_table import check_output, write_table
from quality.checks.verdict import Verdict
from quality.contracts.errors import UsageError
from quality.releases.places import PlacesRelease

if TYPE_CHECKING:
    import pyarrow as pa

    from jobs.release.places_floors import NoiseSpent
    from transforms.location.adaptive_tiling import AdaptiveTiling
    from transforms.location.h3_cells import Cells
    from transforms.location.planar_laplace import NoiseSource
    from transforms.location.prepare_fixes import Prepared
    from transforms.location.publish_places import PublishedPlaces

DRAWS = 2_000
SEED = 20_261_127
UNTIL, UNDATED = "rows until ", "rows without dates, with the SHA-256 "
"""What a tiling says that it was made from, before the last day or the digest."""


@dataclass(frozen=True, slots=True)
class BuiltPlaces:
    """What became of each fix: ``rows_in`` is all ``withheld``, ``suppressed`` and what is told by ``rows_out`` rows.

    ``kept`` is the share of fixes in the epoch that are told; ``displacement_m`` the mean and the 95th percentile in
    meters from a fix to the center of the cell that it is told by. ``noise`` is what was spent, if any is declared;
    ``shown`` counts the rows of each published cell; ``sha256`` is of what was written, as it was written.
    """

    rows_in: int
    withheld: dict[str, int]
    suppressed: int
    told: int
    rows_out: int
    cells: int
    kept: float
    displacement_m: tuple[float, float]
    tiling: str
    verdicts: tuple[Verdict, ...]
    noise: NoiseSpent | None
    utility: PlacesUtility
    shown: dict[str, int]
    sha256: str | None = None

    @property
    def failed(self) -> list[Verdict]:
        """What keeps the release from being published."""
        return [verdict for verdict in self.verdicts if verdict.stops]


def columns_of(release: PlacesRelease) -> list[str]:
    """Return the columns that are read, each once."""
    named = (
        release.subject,
        *release.links,
        release.latitude,
        release.longitude,
        release.cell,
        release.time,
        release.hour,
    )
    return list(dict.fromkeys(name for name in named if name))


def tile_file(release: PlacesRelease, declared_in: Path, historic: Path, tell: Callable[[str], None]) -> AdaptiveTiling:
    """Return the tiling that distinct subjects of ``historic`` rows make, for the release's whole epoch.

    Rows of the epoch itself are left out: a tiling that is fitted to what it releases tells of it. Where rows have no
    date, all are taken, and no release can be built of those very rows. Raises ``UsageError`` if no row is left.
    """
    import numpy as np

    from transforms.location.adaptive_tiling import tile_by_subjects
    from transforms.location.prepare_fixes import prepare_fixes

    tell(f"Reading {historic.name}")
    table = read_table(historic, columns_of(release))
    before = release.model_copy(update={"epoch": release.epoch.model_copy(update={"start": date(1970, 1, 1)})})
    prepared = prepare_fixes(table, before.model_copy(update={"noise": None}))
    fixes = prepared.fixes
    made_from = f"{UNDATED}{digest_rows(table, release)}"
    if release.hour is None:
        offset = release.slots.utc_offset * 3_600  # days are those of the place, as the epoch's are
        first = (release.epoch.start - date(1970, 1, 1)).days * 86_400 - offset
        fixes = fixes.where(np.asarray(fixes.seconds < first))
        last = date.fromordinal(date(1970, 1, 1).toordinal() + (int(fixes.seconds.max(initial=0)) + offset) // 86_400)
        made_from = f"{UNTIL}{last}"
    if not len(fixes.rows):
        mend = _zoned(prepared) or f"Give rows from before {release.epoch.start}, the first day of the epoch."
        raise UsageError(f"{historic.name} has no rows from before the epoch.", mend=mend)
    tell(f"Making tiles of {len(fixes.rows):,} {made_from}")
    regions = _regions(release, declared_in)
    return tile_by_subjects(fixes.cells, fixes.subjects, release.tiles, made_from=made_from, regions=regions)


def build_places(
    release: PlacesRelease, declared_in: Path, source: Path, tiling_file: Path, target: Path | None,
    tell: Callable[[str], None], *, noise: NoiseSource | None = None, out: Sequence[Path] = (),
    book: Callable[[], None] = lambda: None, seen: Callable[[pa.Table], None] = lambda table: None,
) -> BuiltPlaces:  # fmt: skip
    """Build ``release`` of ``source`` in the tiles of ``tiling_file`` and write it to ``target``, if any.

    ``out`` are files of earlier versions that somebody may have; the target's own is one. Nothing is written unless
    each crowd is found anew on the rows as published and every gate is kept, and not before ``book`` has entered what
    that costs. ``seen`` looks at the rows as they would be published before anything is measured of them. Raises
    ``UsageError`` for files that cannot be read or written, and what the transforms raise.
    """
    from jobs.release.places_attacks import attack_places
    from jobs.release.places_floors import judge_floors, spent_on, useful
    from transforms.location.adaptive_tiling import tiling_from_json
    from transforms.location.prepare_fixes import prepare_fixes
    from transforms.location.publish_places import publish_places

    if release.noise is not None and noise is None:
        raise UsageError("Noise is drawn by the key of an installation.", mend="Run the command in its home.")
    if target is not None:
        check_output(source, target)
    stated = _text(tiling_file)
    tiling = tiling_from_json(stated, name=tiling_file.name)
    tell(f"Reading {source.name}")
    table = read_table(source, columns_of(release))
    regions = _regions(release, declared_in)
    coarsened = bool(release.sensitive_places and release.sensitive_places.action == "coarsen")
    tell(f"Looking at {table.num_rows:,} rows")
    prepared = prepare_fixes(table, release, regions=None if coarsened else regions, noise=noise)
    refuse_none(prepared, source)
    tell("Looking for crowds")
    made = publish_places(prepared.fixes, release, tiling, regions=regions if coarsened else None)
    seen(made.table)
    tell(f"Verifying {made.table.num_rows:,} published rows")
    kept, far = useful(prepared, made)
    verdicts = [*_crowds(release, table, made), *_tiles(release, made, stated, tiling, table)]
    verdicts += _versions(release, made, {*out, *([target] if target else [])})
    verdicts += judge_floors(release, prepared, made, kept)
    verdicts += attack_places(release, prepared, made, tiling, tell)
    built = BuiltPlaces(
        table.num_rows, dict(prepared.withheld), made.suppressed, len(prepared.fixes.rows) - made.suppressed,
        made.table.num_rows, len(made.table["cell"].unique()), kept, far, tiling.version, tuple(verdicts),
        spent_on(prepared.spent) if prepared.spent else None,
        measure_places(prepared.epoch, made.table, release), rows_by_cell(made.table),
    )  # fmt: skip
    if target is not None and not built.failed:
        book()
        tell(f"Writing {target.name}")
        return replace(built, sha256=write_table(made.table, target))
    return built


def refuse_none(prepared: Prepared, source: Path) -> None:
    """Raise ``UsageError`` if no row is in the epoch."""
    if not len(prepared.epoch.rows):
        mend = _zoned(prepared) or (
            "Look whether `epoch`, `time`, `latitude` and `longitude` are those of the file; `plan` shows what is read."
        )
        raise UsageError(f"No row of {source.name} is a place in the release's epoch.", mend=mend)


def _zoned(prepared: Prepared) -> str:
    """Return what to do of times without a zone; empty if there are none."""
    from transforms.location.fixes import NO_ZONE

    if not (count := prepared.withheld.get(NO_ZONE, 0)):
        return ""
    return f"{count:,} times have no zone: write them as 2026-11-27T08:30:00Z, or 2026-11-27T09:30:00+01:00."


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        mend = "Make it once for the epoch: `geoward release tile NAME --historic FILE --output TILING.json`."
        raise UsageError(f"There is no tiling {path.name!r} there.", mend=mend) from None


def _regions(release: PlacesRelease, declared_in: Path) -> Cells:
    import pyarrow.parquet as pq

    from transforms.location.adaptive_tiling import NO_CELLS
    from transforms.location.prepare_fixes import regions_of

    if release.sensitive_places is None:
        return NO_CELLS
    places = declared_in.parent / release.sensitive_places.reads
    if not places.is_file():
        raise UsageError(
            f"There is no table of sensitive places {places.name!r} there.", mend="Put it beside the release."
        )
    return regions_of(pq.read_table(places), release.sensitive_places, release.tiles)


def _crowds(release: PlacesRelease, table: pa.Table, made: PublishedPlaces) -> list[Verdict]:
    """Count anew who is in each published cell and slot, and who matches points of a trip."""
    from quality.checks.places.count_subjects import check_crowds, check_pairs, check_sequences, persons_of

    persons = persons_of(table[release.subject], {link: table[link] for link in release.links}, made.rows.tolist())
    found = [check_crowds(made.table, persons, k=release.k)]
    if release.sequences is not None:
        found.append(check_pairs(made.table, persons, k=release.k))
        m = release.sequences.m
        found.append(check_sequences(made.table, persons, k=release.k, m=m, draws=DRAWS, seed=SEED))
    return found


def _versions(release: PlacesRelease, made: PublishedPlaces, out: set[Path]) -> list[Verdict]:
    """Compare with the versions that are out; those of an output that is not there yet are none."""
    from quality.checks.places.check_versions import GROUP, check_versions

    def read(file: Path) -> pa.Table:
        try:
            return read_table(file, GROUP)
        except UsageError:
            mend = "Name another output, or move the file away."
            raise UsageError(f"{file.name} is there, and is no version of this release.", mend=mend) from None

    there = [read(file) for file in out if file.exists()]
    linked = release.pseudonym != "none"
    return [check_versions(made.table, there, k=release.k, late_days=release.late_days, linked=linked)]


def _tiles(
    release: PlacesRelease, made: PublishedPlaces, stated: str, tiling: AdaptiveTiling, table: pa.Table
) -> list[Verdict]:
    from quality.checks.places.check_tiles import check_limits, check_tiling

    cells = made.table["cell"].unique().to_pylist()
    rules, told = release.tiles, tiling.made_from
    until = date.fromisoformat(told.removeprefix(UNTIL)) if told.startswith(UNTIL) else None
    if told.startswith(UNDATED) and told == UNDATED + digest_rows(table, release):
        until = release.epoch.end
    return [
        check_limits(cells, min_area_m2=rules.min_area_m2, min_radius_m=rules.min_radius_m),
        check_tiling(cells, stated, tiling.version, release, made_of_until=until),
    ]
