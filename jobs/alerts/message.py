"""How a digest is worded: the JSON that a webhook gets, and the subject and text of an e-mail."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from jobs.alerts.digest import Digest, Told
from jobs.listings.listing import Listing
from jobs.problem import Problem, ProblemKind

IN_TEXT, IN_BODY = 20, 200
"""Problems worded in a chat's text, and listed in JSON and e-mail; more are counted."""

_MARKUP = str.maketrans({"<": "‹", ">": "›", "@": "＠"})
"""A file's name may hold what a chat takes for markup, such as a mention of everybody."""


class AlertProblem(Listing):
    """One problem, with its mend and the runbook's entry."""

    kind: ProblemKind
    region: str
    table: str
    date: dt.date | None
    what: str
    mend: str
    runbook: str


class AlertResolved(Listing):
    """One problem that is gone, and when it was first told."""

    kind: ProblemKind
    region: str
    table: str
    since: dt.datetime


class AlertMessage(Listing):
    """What a webhook is posted. ``text`` is what chats show; ``more`` counts the problems left out of the list."""

    text: str
    problems: list[AlertProblem]
    resolved: list[AlertResolved]
    more: int = 0


def alert_message(digest: Digest) -> AlertMessage:
    """Return a webhook's JSON."""
    return AlertMessage(
        text=chat_text(digest),
        problems=[AlertProblem.model_validate(p, from_attributes=True) for p in digest.problems[:IN_BODY]],
        resolved=[AlertResolved(**t.key._asdict(), since=t.since) for t in digest.resolved[:IN_BODY]],
        more=max(len(digest.problems) - IN_BODY, 0),
    )


def subject(digest: Digest) -> str:
    """Return counts only: ``Geoward: 2 failed, 1 late, 1 resolved``."""
    kinds = Counter(problem.kind for problem in digest.problems)
    counts = [f"{count} {kind}" for kind, count in kinds.items()]
    return "Geoward: " + ", ".join([*counts, *([f"{len(digest.resolved)} resolved"] if digest.resolved else [])])


def chat_text(digest: Digest) -> str:
    """Return a line for each problem, as chats show it."""
    lines = [f"• {_heading(p)}. {_sentence(p.what)} Mend: {p.mend} ({p.runbook})" for p in digest.problems[:IN_TEXT]]
    rest = _rest(digest, IN_TEXT)
    return "\n".join(_one_line(line).translate(_MARKUP) for line in (subject(digest), *lines, *rest))


def mail_body(digest: Digest) -> str:
    """Return a paragraph for each problem: what it is, what to do now, where the runbook says more."""
    parts = [
        "\n".join((_heading(p), *map(_one_line, (f"  What: {p.what}", f"  Mend: {p.mend}")), f"  Read: {p.runbook}"))
        for p in digest.problems[:IN_BODY]
    ]
    rest = "\n".join(map(_one_line, _rest(digest, IN_BODY)))
    return "\n\n".join([*parts, *([rest] if rest else []), "`geoward status` shows all that is open."]) + "\n"


def _heading(problem: Problem) -> str:
    return _one_line(f"{problem.kind}: {problem.key.place}{f', {problem.date}' if problem.date else ''}")


def _rest(digest: Digest, shown: int) -> Iterator[str]:
    if (more := len(digest.problems) - shown) > 0:
        yield f"• and {more} more: `geoward status`"
    yield from (_gone(told) for told in digest.resolved[:shown])
    if (more := len(digest.resolved) - shown) > 0:
        yield f"• and {more} more resolved"
    if digest.still_open:
        yield f"Still open, told before: {digest.still_open}."


def _gone(told: Told) -> str:
    return f"• resolved: {told.key.kind}: {told.key.place}, first told {told.since:%Y-%m-%d %H:%M} UTC"


def _sentence(text: str) -> str:
    """Return text that ends as a sentence does."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _one_line(text: str) -> str:
    """Return text whose control characters are spaces, so that a name cannot make lines of its own."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
