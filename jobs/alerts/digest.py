"""What a channel is due to be told, from what is wrong now and what it was told before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jobs.alerts.config import Channel
from jobs.problem import Problem, ProblemKey


@dataclass(frozen=True, slots=True)
class Told:
    """A problem that a channel knows: since when, and when it was last told."""

    key: ProblemKey
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """One message's content: problems that are new or due again, and those that are gone.

    ``still_open`` counts the problems that were told before and are not due again.
    """

    problems: tuple[Problem, ...]
    resolved: tuple[Told, ...]
    still_open: int = 0

    def __bool__(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.problems or self.resolved)

    def identity(self, *of: object) -> str:
        """Return an id that a second attempt at this message has too: of its problems and what else is given."""
        keys = [sorted({p.key for p in self.problems}), sorted({t.key for t in self.resolved})]
        return hashlib.sha256(repr((of, keys)).encode()).hexdigest()[:32]


def digest(channel: Channel, problems: Iterable[Problem], told: Mapping[ProblemKey, Told], at: datetime) -> Digest:
    """Return what the channel is due; a problem that it is no longer told of is not called resolved.

    Where a region cannot be looked at, that alone is told of it: nothing else there is new or resolved.
    """
    problems = list(problems)
    hidden = {problem.region for problem in problems if problem.hides}
    problems = [problem for problem in problems if problem.hides or problem.region not in hidden]
    heard = [problem for problem in problems if channel.hears(problem.key)]
    due = {problem.key for problem in heard if _is_due(channel, told.get(problem.key), at)}
    now_wrong = {problem.key for problem in problems}
    seen = {key: one for key, one in told.items() if key.region not in hidden}
    gone = [one for key, one in seen.items() if key not in now_wrong and channel.hears(key)]
    return Digest(
        problems=tuple(sorted((p for p in heard if p.key in due), key=_order)),
        resolved=tuple(sorted(gone, key=lambda one: one.key)),
        still_open=len({problem.key for problem in heard} - due),
    )


def told_after(channel: Channel, sent: Digest, told: Mapping[ProblemKey, Told], at: datetime) -> dict[ProblemKey, Told]:
    """Return what the channel knows once a digest reached it."""
    gone = {one.key for one in sent.resolved}
    kept = {key: one for key, one in told.items() if key not in gone and channel.hears(key)}
    news = {p.key: Told(p.key, since=kept[p.key].since if p.key in kept else at, at=at) for p in sent.problems}
    return {**kept, **news}


def _is_due(channel: Channel, told: Told | None, at: datetime) -> bool:
    """Whether to tell it; a nightly run never ends at the same minute, so 1/48 of the time is forgiven.

    The age is taken without its sign: a clock that was set back must not silence a channel.
    """
    return told is None or abs(at - told.at) >= channel.remind_after * (47 / 48)


def _order(problem: Problem) -> tuple[ProblemKey, str]:
    return problem.key, str(problem.date or "")
