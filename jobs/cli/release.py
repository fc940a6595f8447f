"""`geoward release`: anonymous tables, with the proof that they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jobs.cli.app import app, err
from jobs.cli.steps import Steps
from jobs.counted import counted
from jobs.listings.releases import ModelVerdict
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from quality.checks.verdict import Verdict
    from quality.releases.places import PlacesRelease
    from transforms.location.planar_laplace import NoiseSource

release = typer.Typer()
app.add_typer(release, name="release")
_STEPS = Steps()
tell_step = _STEPS.tell
"""Tell a step of long work as it begins, and again while it takes."""


@release.callback()
def end_steps(context: typer.Context) -> None:
    """Make tables anonymous, verify that they are, and attack them before anybody else does."""
    context.call_on_close(_STEPS.end)


def tell_rows(rows: int, became: str, *, published: bool) -> None:
    """Tell what became of each row, or would have."""
    err.print(f"{counted(rows, 'row')} in {'=' if published else 'would be'} {became}", markup=False, highlight=False)


def refuse_options(kind: str, given: Mapping[str, object], of_kind: Mapping[str, set[str]]) -> None:
    """Raise ``UsageError`` for options that another kind of release has: nothing that is said is ignored."""
    if stray := [name for name, value in given.items() if value and name not in of_kind.get(kind, set())]:
        whose = ", ".join(other for other, names in of_kind.items() if names & set(stray))
        mend = f"Leave it out, or declare another kind ({whose})."
        raise UsageError(f"A release of kind {kind} takes no {', '.join(stray)}.", mend=mend)


def told_verdicts(verdicts: Iterable[Verdict]) -> list[ModelVerdict]:
    """Return verdicts as a listing tells them."""
    return [
        ModelVerdict(
            check=v.check,
            passed=v.passed,
            description=v.description,
            mend=v.mend,
            measured=v.measured,
            severity=v.severity,
        )
        for v in verdicts
    ]


def told_outcome(verdict: Verdict) -> str:
    """Return whether a verdict holds, in a word."""
    return "holds" if verdict.passed else "FAILS" if verdict.stops else "WARNING"


def told_held(verdict: Verdict) -> str:
    """Say what is proven: an attack that was not tried, or has nothing to go by, is neither yes nor no."""
    outcome = str(verdict.measured.get("outcome", "")).replace("_", " ")
    if verdict.passed or outcome in ("not tried", "not applicable"):
        return "yes" if verdict.passed else outcome
    if not (verdict.stops or outcome):
        return "warning"
    return f"NO: {outcome}" if outcome else "NO"


def noise_of(declared: PlacesRelease) -> NoiseSource | None:
    """Return the noise of this home, if the release declares any; raise what ``keyed_noise`` does."""
    if declared.noise is None:
        return None
    from jobs.budget.keyed_noise import keyed_noise
    from jobs.home import open_home

    return keyed_noise(open_home())


def noise_booked(declared: PlacesRelease, file: Path) -> Callable[[], None]:
    """Return what enters that the noise of ``declared`` is told of ``file``, in this home; raises ``DrawnBefore``."""

    def book() -> None:
        if declared.noise is None:
            return
        from jobs.budget.noisy_epochs import book_epoch
        from jobs.home import open_home
        from jobs.manifest import sha256_of

        book_epoch(open_home(), declared, sha256_of(file))

    return book
