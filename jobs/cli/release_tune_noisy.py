"""What `geoward release tune` does with a differentially private release."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jobs.cli.app import err, grid, show
from jobs.listings.release_tunes import TuneNoisyListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.tune_noisy import Sizes
    from quality.releases.noisy import NoisyRelease

TIMES = ("0.1", "0.25", "0.5", "1", "2", "4")
"""Of the declared loss: what is tried unless said."""


def tune_and_show(
    declared: NoisyRelease, where: Path, file: Path, historic: Path | None, losses: tuple[str, ...],
    sizes: tuple[str, ...], *, within: float, output: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the error to expect at each loss; end with code 1 if none is small enough."""
    from jobs.release.draw_error import draw_error
    from jobs.release.tune_noisy import tune_noisy

    tried = _decimals(losses, "--loss") or [declared.loss.main * Decimal(times) for times in TIMES]
    known = _sizes(declared, where, file, historic, _decimals(sizes, "--size"))
    tuned = tune_noisy(declared, tried, known, within)
    name = "rho" if declared.gaussian else "epsilon"
    listing = TuneNoisyListing(
        release=declared.name, version=declared.version, accounting=name, sizes=known.told,
        points=list(tuned.points), not_told=list(tuned.not_told), proposed=tuned.proposed, rule=tuned.rule,
        picture=output.name if output and any(one.relative_error is not None for one in tuned.points) else None,
    )  # fmt: skip
    if output is not None and listing.picture:
        picture = draw_error(f"{declared.name}: expected error of {known.told}", name, tuned.points, within)
        output.write_text(picture, encoding="utf-8")
    show(listing, as_json, _tables(listing), markup=False)
    if tuned.proposed is None:
        err.print("No loss that was tried is enough: try larger ones, coarser keys, or a larger --error.", markup=False)
        raise typer.Exit(1)


def _sizes(declared: NoisyRelease, where: Path, file: Path, historic: Path | None, stated: list[Decimal]) -> Sizes:
    from jobs.release.tune_noisy import sizes_of_historic, sizes_stated

    if (historic is None) == (not stated):
        mend = "Say --size, as in --size 500,10000; or --historic FILE, with rows that are public or of other days."
        raise UsageError(
            "How large are the figures? The rows to be released are not read before a loss is paid.", mend=mend
        )
    if historic is not None:
        return sizes_of_historic(declared, where, file, historic)
    return sizes_stated(declared, [float(one) for one in stated])


def _decimals(texts: tuple[str, ...], option: str) -> list[Decimal]:
    try:
        made = [Decimal(one) for one in texts]
    except InvalidOperation:
        made = [Decimal("NaN")]
    if not all(one.is_finite() for one in made):
        raise UsageError(f"{option} takes numbers.", mend=f"For example: {option} 0.5,1,2")
    return made


def _tables(told: TuneNoisyListing) -> list[Table | str]:
    table = grid(
        f"{told.accounting}#",
        "epsilon#",
        "lifetime#",
        "measure",
        "scale#",
        "95 %#",
        "error#",
        "dropped#",
        "spurious#",
        "",
    )
    for one in told.points:
        rates = (f"{rate:.2%}" if rate is not None else "" for rate in (one.drop_rate, one.spurious_rate))
        table.add_row(
            f"{one.loss:g}", f"{one.epsilon:.3g}", f"{one.lifetime_epsilon:.3g}", one.measure, f"{one.scale:.4g}",
            f"± {one.half_width:.4g}", "" if one.relative_error is None else f"{100 * one.relative_error:.3g}%", *rates,
            "proposed" if one.proposed else "",
        )  # fmt: skip
    end = "None is proposed."
    if told.proposed is not None:
        end = f"Proposed: {told.accounting} = {told.proposed:g}, {told.rule}."
    others = f"Not told of {', '.join(told.not_told)}: their error hangs on the values."
    return [table, f"Errors are of {told.sizes}.", end, *([others] if told.not_told else [])]
