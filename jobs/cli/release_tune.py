"""`geoward release tune`: what each k, resolution or loss costs, and what it leaves of risk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import Json, err, grid, show
from jobs.cli.release import refuse_options, release, tell_step
from jobs.cli.release_verify import split
from jobs.listings.release_reports import TunedPoint, TuneListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from quality.releases.declaration import TableRelease

KS = "2,5,10,20,50"
WITHIN = 0.1


@release.command()
def tune(
    name: Annotated[str, typer.Argument(help="A declaration: a shipped one's name, or a YAML file.")],
    source: Annotated[Path | None, typer.Option("--input", "-i", help="The table; default: what it `reads`.")] = None,
    k: Annotated[list[str] | None, typer.Option("--k", help=f"The k to try; a,b or again. Default: {KS}.")] = None,
    attacks: Annotated[
        bool, typer.Option("--attacks/--no-attacks", help="Attack each release as a build does, which takes longest.")
    ] = True,
    finest: Annotated[
        list[str] | None,
        typer.Option("--finest", help="Of places: finest resolutions. Default: the declared one, ± 1."),
    ] = None,
    historic: Annotated[
        Path | None, typer.Option("--historic", help="Of places: rows from before the epoch. Of noise: public ones.")
    ] = None,
    loss: Annotated[list[str] | None, typer.Option("--loss", help="Of noise: each rho or epsilon to try.")] = None,
    size: Annotated[list[str] | None, typer.Option("--size", help="Of noise: how large figures are.")] = None,
    error: Annotated[
        float | None,
        typer.Option("--error", help=f"Of noise: the median relative error to keep within; else {WITHIN}."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="*.svg to draw risk against utility.")] = None,
    as_json: Json = False,
) -> None:
    """Set risk beside utility for several k, resolutions or losses, and propose one. Nothing is published or spent.

    Tables are built in memory for each k, places for each k and finest resolution. Risk is measured on the rows as they
    would be published. A point is on the frontier if no other is better in everything. Proposed is, of those that keep
    every model, gate and attack's limit, the largest k if the declaration limits the loss of information, else the
    knee; of places, the nearest to the best of risk, fixes told and displacement. Noisy figures are not built: their
    error is computed from the noise and from the sizes of figures that you state, or of public or historic rows.

    Example: `geoward release tune adult.yaml --input adult.csv --k 2,5,10,20,50 --output frontier.svg`
    """
    from jobs.cli.release_report import check_picture
    from jobs.cli.release_tune_noisy import tune_and_show as tune_noise
    from jobs.cli.release_tune_places import tune_and_show
    from quality.releases.load_release import load_release, locate_release
    from quality.releases.noisy import NoisyRelease
    from quality.releases.places import PlacesRelease

    if output is not None:
        check_picture(output)
    declared, where = load_release(name), locate_release(name)
    noisy = {"--loss": loss, "--size": size, "--error": error is not None}
    others = {"--k": k, "--no-attacks": not attacks, "--finest": finest, "--historic": historic}
    refuse_options(declared.kind, {**others, **noisy}, {
        "table": {"--k", "--no-attacks"}, "places": set(others), "noisy": {"--historic", *noisy},
    })  # fmt: skip
    file = source or where.parent / declared.reads
    if isinstance(declared, NoisyRelease):
        asked = (split(loss), split(size))
        tune_noise(
            declared,
            where,
            file,
            historic,
            *asked,
            within=WITHIN if error is None else error,
            output=output,
            as_json=as_json,
        )
        return
    ks = numbers(split(k) or split([KS]), "--k", KS)
    if isinstance(declared, PlacesRelease):
        levels = numbers(split(finest), "--finest", "6,7,8")
        tune_and_show(declared, where, file, historic, ks, levels, attacks=attacks, output=output, as_json=as_json)
        return
    _tune_table(declared, where, file, ks, attacks=attacks, output=output, as_json=as_json)


def _tune_table(
    declared: TableRelease, where: Path, file: Path, ks: list[int], *, attacks: bool, output: Path | None, as_json: bool
) -> None:
    from jobs.release.tune_release import tune_release, without_attacks

    tried = declared if attacks else without_attacks(declared)
    tuned = tune_release(tried, where, file, ks, tell_step)
    listing = TuneListing(
        release=declared.name, version=declared.version, source=file.name, points=list(tuned.points),
        attacked=attacks, proposed=tuned.proposed, rule=tuned.rule, picture=_draw(declared.name, output, tuned.points),
    )  # fmt: skip
    show(listing, as_json, _tables(listing), markup=False)
    if tuned.proposed is None:
        err.print("No k can be released: see why, and mend the declaration or try smaller k.", markup=False)
        raise typer.Exit(1)


def numbers(texts: tuple[str, ...], option: str, example: str) -> list[int]:
    """Return whole numbers; raise ``UsageError`` for what is none."""
    try:
        return [int(one) for one in texts]
    except ValueError:
        raise UsageError(f"{option} takes whole numbers.", mend=f"For example: {option} {example}") from None


def _draw(name: str, output: Path | None, points: tuple[TunedPoint, ...]) -> str | None:
    from jobs.release.draw_frontier import draw_frontier

    if output is None or all(point.information_loss is None for point in points):
        return None
    output.write_text(draw_frontier(f"{name}: risk against utility", points), encoding="utf-8")
    return output.name


def _tables(told: TuneListing) -> list[Table | str]:
    table = grid("k#", "highest risk#", "average#", "NCP#", "C_avg#", "discernibility#", "suppressed#", "frontier", "")
    for one in told.points:
        if one.information_loss is None:
            table.add_row(str(one.k), *[""] * 7, one.why)
            continue
        table.add_row(
            str(one.k), f"{one.risk_highest:.2%}", f"{one.risk_average:.2%}", f"{one.information_loss:.4f}",
            f"{one.c_avg:.2f}", f"{one.discernibility:,}", f"{one.suppressed:.2%}", "yes" if one.frontier else "",
            "proposed" if one.proposed else f"fails: {one.why}" if one.why else "",
        )  # fmt: skip
    end = "None is proposed." if told.proposed is None else f"Proposed: k = {told.proposed}, {told.rule}."
    return [table, end, *([] if told.attacked else ["Attacks were not tried: `geoward release build` tries them."])]
