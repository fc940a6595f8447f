"""What landed by source and date: counts of files and rows from the catalog, and what became of the dates. No Spark."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches

from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landed_regions import catalogs, of_each
from jobs.landing_ledger import File, Part
from jobs.listings.landed import LandedDate, LandedListing, LandedSource, LandedState
from jobs.plan import held_back, plan
from jobs.region_faults import Fence, unfenced
from quality.contracts.errors import UsageError
from quality.sources.load_mapping import shipped_mappings

Dates = dict[str, dict[date, list[Part]]]


def list_landed(
    home: Home, region: str = "", source: str = "", day: date | None = None, fence: Fence = unfenced
) -> LandedListing:
    """Return the sources that landed and the dates their files hold, of one source or date or all.

    Raises ``UsageError`` for a source that neither comes with Geoward nor landed in any region.
    """
    if source:
        _refuse_unknown(home, source)

    def look(name: str) -> Iterator[tuple[list[LandedSource], list[LandedDate]]]:
        for place, catalog in catalogs(home, name):
            held = catalog.dates()
            dates = [one for one in _dates(home, place, catalog, held, source) if day in (None, one.date)]
            yield [*_sources(place, catalog.files(source), held)], dates

    found = of_each(home, region, fence, look)
    return LandedListing(
        sources=[one for sources, _ in found for one in sources], dates=[one for _, dates in found for one in dates]
    )


def _refuse_unknown(home: Home, source: str) -> None:
    known = {*shipped_mappings(), *(file.source for _, catalog in catalogs(home) for file in catalog.files())}
    if source not in known:
        near = get_close_matches(source, sorted(known), n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no source {source!r}.", mend=f"{meant}Known: {', '.join(sorted(known))}.")


def _sources(place: Region, files: Collection[File], held: Dates) -> Iterator[LandedSource]:
    rows: dict[str, Counter[date]] = defaultdict(Counter)
    for day, part in ((day, part) for days in held.values() for day, parts in days.items() for part in parts):
        rows[part.source][day] += part.rows
    by_source: dict[str, list[File]] = defaultdict(list)
    for file in files:
        by_source[file.source].append(file)
    for source, mine in by_source.items():
        days = rows[source]
        waiting = sum(not file.dated and not file.reason for file in mine)
        yield LandedSource(
            region=place.name, source=source, files=len(mine), undated=waiting,
            quarantined=sum(bool(file.reason) for file in mine), bytes=sum(file.bytes for file in mine),
            rows=days.total(), first_date=min(days, default=None), last_date=max(days, default=None),
            last_landed=max(file.landed_at for file in mine),
        )  # fmt: skip


def _dates(home: Home, place: Region, catalog: Catalog, held: Dates, source: str) -> Iterator[LandedDate]:
    states = _states(home, place, catalog, held) if held else {}
    for table, days in held.items():
        for day, parts in days.items():
            for name in sorted({part.source for part in parts if source in ("", part.source)}):
                mine = [part for part in parts if part.source == name]
                yield LandedDate(
                    region=place.name, source=name, table=table, date=day, files=len({part.file_id for part in mine}),
                    rows=sum(part.rows for part in mine), state=states[table, day],
                )  # fmt: skip


def _states(home: Home, region: Region, catalog: Catalog, held: Dates) -> dict[tuple[str, date], LandedState]:
    place = Workplace.open(home, region, no_spark)
    stale = {(one.table, one.date) for one in plan(place, tables=tuple(held))}
    back, published = {(one.table, one.date) for one in held_back(place)}, catalog.origins(held).keys()

    def state(key: tuple[str, date]) -> LandedState:
        if key in back:
            return "withdrawn"
        if key in stale:
            return "stale" if key in published else "waiting"
        return "published"

    return {key: state(key) for key in ((table, day) for table, days in held.items() for day in days)}
