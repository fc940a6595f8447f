"""What `geoward release tune` does with a release of places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jobs.cli.app import err, grid, show
from jobs.cli.release import noise_of, tell_step
from jobs.listings.release_tunes import TunedPlacesPoint, TunePlacesListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from quality.releases.places import PlacesRelease


def tune_and_show(
    declared: PlacesRelease, where: Path, file: Path, historic: Path | None, ks: list[int], finest: list[int], *,
    attacks: bool, output: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Build for each k and resolution and show what is proposed; end with code 1 if nothing is."""
    from jobs.release.tune_places import tune_places, without_attacks

    if historic is None:
        mend = "Say --historic FILE, with rows from before the epoch, as for `geoward release tile`."
        raise UsageError("Each resolution needs tiles of its own, which are never made of the epoch's rows.", mend=mend)
    own = declared.tiles.finest
    around = [at for at in (own - 1, own, own + 1) if declared.tiles.coarsest <= at <= 11]
    tried = declared if attacks else without_attacks(declared)
    tuned = tune_places(tried, where, file, historic, ks, finest or around, tell_step, noise=noise_of(declared))
    listing = TunePlacesListing(
        release=declared.name, version=declared.version, source=file.name, historic=historic.name,
        points=list(tuned.points), attacked=attacks, rule=tuned.rule,
        picture=_draw(declared.name, output, tuned.points),
    )  # fmt: skip
    show(listing, as_json, _tables(listing, tuned.proposed), markup=False)
    if tuned.proposed is None:
        err.print("Nothing can be released: see why, and mend the declaration or try smaller k.", markup=False)
        raise typer.Exit(1)


def _draw(name: str, output: Path | None, points: tuple[TunedPlacesPoint, ...]) -> str | None:
    from jobs.release.draw_places_frontier import draw_places_frontier

    if output is None or all(point.risk_highest is None for point in points):
        return None
    output.write_text(draw_places_frontier(f"{name}: risk against utility", points), encoding="utf-8")
    return output.name


def _tables(told: TunePlacesListing, proposed: TunedPlacesPoint | None) -> list[Table | str]:
    table = grid("finest#", "k#", "highest risk#", "told#", "moved#", "95 %#", "cells#", "attacks", "frontier", "")
    for one in told.points:
        if one.risk_highest is None or one.displacement_m is None:
            table.add_row(str(one.finest), str(one.k), *[""] * 7, one.why)
            continue
        reached = ", ".join(f"{name.removeprefix('attack_')} {value:.1%}" for name, value in one.attacks.items())
        table.add_row(
            str(one.finest), str(one.k), f"{one.risk_highest:.2%}", f"{one.kept:.1%}",
            *(f"{meters:,.0f} m" for meters in one.displacement_m), f"{one.cells:,}", reached,
            "yes" if one.frontier else "",
            "proposed" if one.proposed else f"fails: {one.why}" if one.why else "",
        )  # fmt: skip
    end = "Nothing is proposed."
    if proposed is not None:
        end = f"Proposed: tiles.finest {proposed.finest} and k = {proposed.k}, {told.rule}."
    return [table, end, *([] if told.attacked else ["Attacks were not tried: `geoward release build` tries them."])]
