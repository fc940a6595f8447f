"""Attack the published half of a release's people, with the other half as the control group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quality.checks.attacks.finding import Finding, as_verdict
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates

if TYPE_CHECKING:
    from quality.checks.attacks.released_columns import People, Released

TARGETS = 5_000
"""People whom each attack tries: enough for an interval of about a hundredth."""

COMPARED = 500_000_000
"""People of a population whom questions are compared with, at most: of a large one fewer questions are asked."""

SEED = 20_261_127
NOT_TRIED = " To publish without this proof, state `gates: {%s: null}`; the report then says that it was not tried."
KEPT = (
    " The attacker knew what is kept: %s. Declare as quasi-identifiers, or do not publish, what somebody may know; if"
    " nobody else can know its values, state `gates: {kept_alone: 1}`, which the report tells."
)


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """What an attacker sees of the ``released`` half, and the true values of its people and of the others.

    ``kept`` are the columns that are published as they are and may be known. ``population`` is there where the release
    hides its people among those of it, and not among each other.
    """

    released: Released
    members: People
    others: People
    sizes: dict[str, int]
    kept: tuple[str, ...] = ()
    population: People | None = None


def attack_halves(
    made: Halves, known: tuple[str, ...], sensitive: tuple[str, ...], gates: Gates, tell: Callable[[str], None]
) -> list[Verdict]:
    """Return a verdict for each attack that ``gates`` name; ``known`` are the columns that the attacker knows.

    Where columns are kept, each is tried with them and without: neither may hide what the other finds.
    """
    asked = [name for name in _ATTACKS if getattr(gates, name) is not None]
    tries = [
        (name, secret, kept)
        for name in asked
        for secret in (sensitive if name == "inference" else ("",))
        for kept in _tried(name, made, known)
    ]
    found: list[Verdict] = []
    for at, (name, secret, kept) in enumerate(tries, 1):
        of, knowing = (f" of {secret}" if secret else ""), (f" knowing {', '.join(kept)}" if kept else "")
        tell(f"Attacking: {name.replace('_', ' ')}{of}{knowing} ({at} of {len(tries)})")
        finding = _ATTACKS[name](made, (*known, *kept), secret, getattr(gates, name))
        found.append(_told(finding, secret, kept, gates))
    return found if "linkability" not in asked or _tried("linkability", made, known) else [*found, _unlinkable()]


def _tried(name: str, made: Halves, known: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return what the attacker knows besides ``known`` in each try; none of linkability of a single column.

    A population has no kept columns, so that nobody is sought in it by them.
    """
    if name == "singling_out" and made.population is not None:
        return [()]
    tries = [made.kept, ()] if made.kept else [()]
    return [kept for kept in tries if name != "linkability" or len(known) + len(kept) > 1]


def _told(finding: Finding, secret: str, kept: tuple[str, ...], gates: Gates) -> Verdict:
    verdict = as_verdict(finding, accept_too_small=gates.accept_too_small)
    mend = verdict.mend + NOT_TRIED % finding.attack.name if verdict.mend else ""
    if kept and finding.outcome == "failed":
        mend = verdict.mend + KEPT % ", ".join(kept) + NOT_TRIED % finding.attack.name
    named = {"column": secret} if secret else {}
    knowing = {"knowing": ", ".join(kept)} if kept else {}
    return replace(verdict, mend=mend, measured={**named, **knowing, **verdict.measured})


def _unlinkable() -> Verdict:
    from quality.checks.attacks.linkability import LINKABILITY

    return Verdict(
        "attack_linkability", False, LINKABILITY.claim,
        "One quasi-identifier cannot be known to two data sets in parts, so that the attack cannot be tried."
        + NOT_TRIED % "linkability", {"outcome": "blind"},
    )  # fmt: skip


def _of(made: Halves, columns: tuple[str, ...]) -> tuple[Released, People, People]:
    members, others = ({name: half[name] for name in columns} for half in (made.members, made.others))
    return {name: made.released[name] for name in columns}, members, others


def _singling_out(made: Halves, known: tuple[str, ...], _: str, limit: float) -> Finding:
    from quality.checks.attacks.released_columns import size_of
    from quality.checks.attacks.singling_out import LEAST, attack_singling_out, attack_singling_out_in

    released, members, others = _of(made, known)
    if made.population is None:
        return attack_singling_out(
            released, members, others, categories=made.sizes, limit=limit, guesses=TARGETS, seed=SEED
        )
    guesses = min(TARGETS, max(2 * LEAST, COMPARED // max(1, size_of(made.population))))
    return attack_singling_out_in(
        released, members, made.population, categories=made.sizes, limit=limit, guesses=guesses, seed=SEED
    )


def _inference(made: Halves, known: tuple[str, ...], secret: str, limit: float) -> Finding:
    from quality.checks.attacks.inference import attack_inference

    return attack_inference(
        *_of(made, (*known, secret)), secret=secret, categories=made.sizes, limit=limit, targets=TARGETS, seed=SEED
    )


def _linkability(made: Halves, known: tuple[str, ...], _: str, limit: float) -> Finding:
    """Return what the first parts find that are not blind; there are some, as two columns or more are known."""
    from quality.checks.attacks.linkability import attack_linkability

    tries = (
        attack_linkability(
            *_of(made, known), parts=parts, categories=made.sizes, limit=limit, targets=TARGETS, seed=SEED
        )
        for parts in _parts(made, known)
    )
    finding = next(tries)
    while finding.outcome == "blind" and (further := next(tries, None)) is not None:
        finding = further
    return finding


def _parts(made: Halves, known: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the columns of two data sets that an attacker links, sharing ever more of them, the most telling first.

    What tells raw rows apart with few columns in common shows a leak best; where it takes more, it is given more.
    """
    import numpy as np

    return parts_of(sorted(known, key=lambda name: -len(np.unique(made.members[name]))))


def parts_of(telling: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the parts of columns that are in order, the most telling first."""
    for shared in range(len(telling) - 1):
        rest = telling[shared:]
        yield (*telling[:shared], *rest[::2]), (*telling[:shared], *rest[1::2])


def _membership(made: Halves, known: tuple[str, ...], _: str, limit: float) -> Finding:
    from quality.checks.attacks.membership import attack_membership, closeness
    from quality.checks.attacks.released_columns import published_exactly

    released, *groups = _of(made, known)
    exact = published_exactly(groups[0], made.sizes)
    scores = [(closeness(rows, groups[0]), closeness(rows, groups[1])) for rows in (released, exact)]
    return attack_membership(*scores, limit=limit, seed=SEED)


_ATTACKS: dict[str, Callable[[Halves, tuple[str, ...], str, float], Finding]] = {
    "singling_out": _singling_out, "linkability": _linkability, "inference": _inference, "membership": _membership,
}  # fmt: skip
