"""What auditors are told of reveals: who, which case and why; a digest of the token, never it or the identifier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobs.accept_audit import ACCEPTANCE, read_left
from jobs.audit_log import audit_many
from jobs.explain_failure import kind_of
from jobs.home import Home
from jobs.landing.file_name import told
from jobs.reveal.request import Request
from quality.contracts.errors import EnvironmentFault, GeowardError


@dataclass(slots=True)
class Line:
    """A line of the audit log that is being made up; a dry run tells nothing."""

    home: Home
    dry_run: bool
    request: str = ""
    region: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    def of(self, request: Request) -> None:
        """Take what is known of a request."""
        asked = request.asked
        self.request, self.region = request.id, asked.region
        self.facts |= {
            "principal": request.principal, "kind": asked.kind, "case": asked.case, "reason": asked.reason,
            "token_sha256": request.token_digest,
        }  # fmt: skip

    def tell(self, outcome: str, **more: str) -> None:
        """Append it; when this returns it is on the disk."""
        if not self.dry_run:
            detail = {name: told(fact) for name, fact in (self.facts | more).items()}
            audit_many(self.home, [("reveal", told(self.request), outcome, told(self.region), detail)])


@contextmanager
def refusals_told(home: Home, *, dry_run: bool) -> Iterator[Line]:
    """Give a line to make up; whatever is raised meanwhile is told as a refusal, by what was known by then."""
    line = Line(home, dry_run)
    try:
        yield line
    except GeowardError as error:
        _refused(line, error.message)
        raise
    except Exception as error:  # its message may hold a value: tell its kind only
        _refused(line, kind_of(error))
        raise


def _refused(line: Line, why: str) -> None:
    try:
        line.tell("refused", why=why)
    except Exception as fault:
        said = f"Refused: {why} Auditors could not be told of it: {kind_of(fault)}."
        raise EnvironmentFault(said, mend="Run `geoward fsck`.") from None


REQUESTED, REVEALED, REFUSED, WITHDRAWN = "requested", "revealed", "request refused", "request withdrawn"
"""What auditors are told of a request: that it was entered, and how it came to its end."""


def fates(home: Home) -> dict[str, str]:
    """Return what auditors were told last of each request, whatever the files of requests say.

    Of one that was entered before a damaged log was accepted nothing is known any more: its use may be what was lost.
    Raises ``EnvironmentFault`` if the log is not what was written: it may have been cut to use one twice.
    """
    entries, damage = read_left(home)
    if damage:
        said = "The audit log is damaged, so that nobody can say which requests were used or refused."
        raise EnvironmentFault(said, mend="Run `geoward fsck`, which says what to do.")
    found = dict[str, str]()
    for entry in entries:
        if (entry["kind"], entry["subject"], entry["outcome"]) == ACCEPTANCE:
            found.clear()
        elif entry["kind"] == "reveal" and entry["outcome"] in (REQUESTED, REVEALED, REFUSED, WITHDRAWN):
            found[entry["subject"]] = entry["outcome"]
    return found
