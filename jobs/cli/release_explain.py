"""`geoward release explain`: what a release promises, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, grid, show
from jobs.cli.release import release
from jobs.listings.release_reports import ExplainListing

if TYPE_CHECKING:
    from rich.table import Table


@release.command()
def explain(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    as_json: Json = False,
) -> None:
    """Teach what each model of a declaration promises, what it does not protect against, and what each knob costs.

    Each statement names the paper it is from. No table is read.

    Example: `geoward release explain adult.yaml`
    """
    from jobs.release.explain_places import explain_places
    from jobs.release.explain_release import explain_release
    from quality.releases.load_release import load_release, load_table_release
    from quality.releases.places import PlacesRelease

    declared = load_release(name)
    told = (
        explain_places(declared) if isinstance(declared, PlacesRelease) else explain_release(load_table_release(name))
    )
    show(told, as_json, _tables(told))


def _tables(told: ExplainListing) -> list[Table | str]:
    parts: list[Table | str] = []
    for model in told.models:
        of = f" of {escape(model.column)}" if model.column else ""
        parts += [f"{model.model}{of}: {escape(model.promises)} ({model.source})", "  It does not protect against:"]
        parts += [f"  - {one.name}: {one.how}" for one in model.not_against]
    parts += ["No model of this kind protects against:", *(f"  - {one.name}: {one.how}" for one in told.always), ""]
    if told.attacks:
        attacks = grid("attack", "here", "how it goes", "source")
        for one in told.attacks:
            attacks.add_row(one.attack, one.tried, one.how, one.source)
        parts.append(attacks)
    knobs = grid("knob", "here", "what it does", "what it costs", "source")
    for knob in told.knobs:
        knobs.add_row(knob.knob, escape(knob.value), knob.does, knob.costs, knob.source)
    return [*parts, knobs]
