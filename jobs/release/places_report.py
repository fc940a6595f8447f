"""All that a privacy officer must see before a release of places is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.listings.release_reports import Weakness
from jobs.release.build_places import BuiltPlaces
from jobs.release.limits_by_kind import limits_of_places
from jobs.release.release_report import apart
from jobs.release.report_facts import Facts, facts_of
from quality.checks.verdict import Verdict
from quality.releases.places import PlacesRelease

PARTS = ("geoward", "h3", "numpy", "pyarrow", "duckdb")
UNTRIED = ("not_applicable", "not_tried")
"""Outcomes of attacks that were not run: they prove nothing."""


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """``declared`` is what was declared, in words; ``kept`` are the verdicts that are not on an attack.

    ``attacks`` are those that ran, ``untried`` those that do not apply or were not asked for.
    The page holds errors against the true rows: it is for who signs, and is not published beside the release.
    """

    release: PlacesRelease
    facts: Facts
    built: BuiltPlaces
    declared: tuple[tuple[str, str], ...]
    attacks: tuple[Verdict, ...]
    untried: tuple[Verdict, ...]
    kept: tuple[Verdict, ...]
    limits: tuple[Weakness, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing stops the release, as far as it was tested."""
        return not self.built.failed

    @property
    def mapped(self) -> bool:
        """Whether the page may show cells: noisy ones only where their noise was entered in the ledger."""
        return self.holds or self.release.noise is None

    @property
    def cells(self) -> str:
        """What the map shows."""
        return told_cells(published=self.facts.published is not None)


def told_cells(*, published: bool) -> str:
    """Return what a map's cells are called."""
    return "published cells" if published else "cells as built, not published"


def report_places(
    release: PlacesRelease, source: Path, built: BuiltPlaces, published: Path | None, made_at: datetime,
    inputs: Mapping[str, str] | None = None,
) -> PlacesReport:  # fmt: skip
    """Return the report of what was ``built`` of ``source``; ``published`` is the file written, if any.

    ``inputs`` are the digests of what it was made of, taken before.
    """
    attacks, kept = apart(built.verdicts)
    facts = facts_of(source, published, built.sha256, made_at, PARTS, inputs)
    ran = tuple(verdict for verdict in attacks if verdict.measured.get("outcome") not in UNTRIED)
    untried = tuple(verdict for verdict in attacks if verdict not in ran)
    return PlacesReport(release, facts, built, declared(release), ran, untried, kept, limits_of_places(release))


def declared(release: PlacesRelease) -> tuple[tuple[str, str], ...]:
    """Return what the release promises and how, in words."""
    tiles, slots, position = release.tiles, release.slots, release.cell or f"{release.latitude}, {release.longitude}"
    hours = ", ".join(f"{hours} h" for hours in slots.hours)
    of_week = "of the week" if slots.time == "hour_of_week" else "since 1970"
    told = {
        "Model": f"at least {release.k} distinct people in each published cell and slot",
        "Columns read": f"{release.subject} (who, never published), {position} (where), {release.time} (when)",
        "Accounts united by": ", ".join(release.links) or "nothing: each subject counts as a person",
        "Epoch": f"{release.epoch.start} to {release.epoch.end}; tiling and parameters are fixed for it",
        "Cells": f"H3, resolution {tiles.finest} to {tiles.coarsest}, {tiles.least} devices or residents in each",
        "Statute": f"{tiles.citation} (over {tiles.min_area_m2:,.0f} m², radius over {tiles.min_radius_m:,.1f} m)",
        "Slots": f"{hours}, hours {of_week}, UTC{slots.utc_offset:+d}",
        "Pseudonyms": "none: no two rows are linked",
    }
    if release.sequences:
        told["Pseudonyms"] = (
            f"one for each trip and {release.sequences.points} points; any {release.sequences.m} of them match at least"
            f" {release.k} people (k^m-anonymity; Terrovitis et al., 2008)"
        )
    return (*told.items(), *_withheld(release))


def _withheld(release: PlacesRelease) -> list[tuple[str, str]]:
    """Return what is left out or coarsened, whoever it is of."""
    found = []
    if (trips := release.trips) and (trips.trim_m or trips.trim_minutes):
        found.append(("Ends of trips", f"left out within {trips.trim_m:g} m or {trips.trim_minutes:g} minutes"))
    if release.home_and_work:
        found.append(("Home and work", f"left out within {release.home_and_work.radius_m:g} m of a person's own"))
    if release.stay_points:
        found.append(
            ("Stays only", f"{release.stay_points.minutes:g} minutes within {release.stay_points.radius_m:g} m")
        )
    if places := release.sensitive_places:
        found.append(("Sensitive places", f"{places.action} around {', '.join(places.classes)} ({places.reads})"))
    return found
