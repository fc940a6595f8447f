"""What `geoward release build` does with a differentially private release."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.cli.app import show
from jobs.cli.release import tell_step
from jobs.cli.release_report import write_page
from jobs.home import open_home
from jobs.listings.releases import LostListing, NoiseListing, NoisyListing
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from quality.releases.noisy import NoisyRelease
    from transforms.noise.claim import Claim

NOTHING = "delta reaches 1, so nothing is promised any more."


def build_and_show(
    declared: NoisyRelease, where: Path, file: Path, output: Path | None, *, consumer: str, days: tuple[str, str],
    report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Build and show what was spent; raise ``UsageError`` unless it is said for whom, of which days and whereto."""
    from jobs.release.build_noisy import ALL_DAYS, build_noisy
    from jobs.release.noisy_report import figure_noise, report_noisy
    from jobs.release.verify_file import existing

    if output is None:
        raise UsageError("Noise is drawn once and paid for: there is no dry run.", mend="Say --output.")
    if not consumer:
        raise UsageError("Who is the release for?", mend="Say --consumer: each has a budget of its own.")
    if declared.unit.time is None and any(days):
        mend = (
            "Leave --from and --to out: all rows are read. To bound the days, name the column: `unit: {time: COLUMN}`."
        )
        raise UsageError(f"Release {declared.name} knows no time of a row.", mend=mend)
    first, last = ALL_DAYS if declared.unit.time is None else (_day("--from", days[0]), _day("--to", days[1]))
    if first > last:
        raise UsageError("--from comes after --to.", mend="Swap them.")
    existing(file)  # before a home is made
    told = build_noisy(
        open_home(), declared, where, file, output, consumer=consumer, days=(first, last),
        tell=tell_step,
    )  # fmt: skip
    if report is not None:
        write_page(report_noisy(declared, file, told, output, consumer, (first, last), datetime.now(UTC)), report)
    noise = figure_noise(declared)
    listing = NoisyListing(
        release=declared.name, version=declared.version, source=file.name, output=output.name, consumer=consumer,
        days=(str(first), str(last)) if declared.unit.time else None, rows_out=told.rows_out,
        alone=_lost(told.alone), in_all=_lost(told.in_all) if told.in_all else None, left=told.left,
        noise=[NoiseListing(figure=one.figure, half_width=one.half_width) for one in noise],
    )  # fmt: skip
    rest = ", ".join(f"{main:g} to {name}" for name, (main, _) in told.left.items())
    in_all = told.in_all.said if told.in_all else f"With all that this ledger knows of {declared.reads}: {NOTHING}"
    widths = [f"95 % of {one.figure} are within ± {one.half_width:.3g}" for one in noise if one.half_width is not None]
    sizes = [f"Noise: {'; '.join(widths)}."] if widths else []
    lines = [f"{told.rows_out:,} partitions.", *sizes, told.alone.said, in_all, f"Left of the budgets: {rest}."]
    show(listing, as_json, lines, markup=False)


def _lost(claim: Claim) -> LostListing:
    one, life = claim.as_approximate, claim.lifetime_as_approximate
    return LostListing(
        claim=claim.said, loss=float(claim.loss.main), epsilon=float(one.epsilon), delta=float(one.delta),
        lifetime_epsilon=float(life.epsilon), lifetime_delta=float(life.delta),
    )  # fmt: skip


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        mend = "Say --from and --to, as in 2026-11-01: what lies outside is not read."
        wrong = f"{option} {text!r} is no day." if text else "Of which days are the figures?"
        raise UsageError(wrong, mend=mend) from None
