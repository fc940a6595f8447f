"""Where identifiers are asked for, approved and shown: to one person, once, when a second agreed and auditors know."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from jobs.catalog import now
from jobs.home import Home
from jobs.reveal.identity import Identity
from jobs.reveal.open_token import FOUND
from jobs.reveal.request import Approval, Asked, Request
from jobs.reveal.requests import Requests
from jobs.reveal.rules import (
    Expired,
    principal_of,
    refuse_approval,
    refuse_approver,
    refuse_asker,
    refuse_request,
)
from jobs.reveal.told import REFUSED, REQUESTED, REVEALED, WITHDRAWN, Line, fates
from quality.contracts.errors import PolicyBreach, UsageError
from transforms.privacy.identifiers import refuse_unknown_kind

_ENDS = {
    REVEALED: "was used before", REFUSED: "was refused by a second person", WITHDRAWN: "was withdrawn by its asker",
    "": "is not in the audit log, or is older than the log that was accepted: it may have been used",
}  # fmt: skip

LookUp = Callable[[Home, Asked], Callable[[], str]]
"""Finds whose token it is, or refuses; what it returns opens it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A request, and the identifier once it may be shown."""

    request: Request
    value: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """Raises ``PolicyBreach`` for what the policy in force does not grant; a dry run changes and shows nothing."""

    home: Home
    look_up: LookUp
    dry_run: bool = False

    @property
    def requests(self) -> Requests:
        """Return where requests wait."""
        return Requests(self.home.path / "reveals")

    def ask(self, line: Line, identity: Identity, asked: Asked) -> Answer:
        """Enter a request; or, once it is approved, use it up, tell auditors, and return the identifier."""
        line.region, line.facts = asked.region, {"kind": asked.kind, "case": asked.case, "reason": asked.reason}
        refuse_unclear(asked)
        line.facts["principal"] = name = principal_of(self.home, identity)
        refuse_asker(self.home, name, asked.kind, asked.region)
        with self._alone():
            found = [one for one in self.requests.all()[0] if (one.asked, one.principal) == (asked, name)]
            return self._use(line, found[-1]) if found else self._enter(line, identity, name, asked)

    def approve(self, line: Line, identity: Identity, request_id: str) -> Request:
        """Add a second person's signature to a request, and return it."""
        line.facts["approver"] = name = principal_of(self.home, identity)
        with self._alone():
            request = self.requests.get(request_id)
            line.of(request)
            self._refuse_over(request)
            refuse_approver(self.home, name, request)
            if self._is_approved(request):
                raise UsageError(f"Request {request_id} is approved.", mend="Its asker can go on.")
            unsigned = Approval(name, now().isoformat(), "")
            approval = replace(unsigned, signature=identity.sign(unsigned.said(request)).hex())
            line.tell("approved")
            if self.dry_run:
                return request
            approved = replace(request, approval=approval)
            self.requests.put(approved)
            return approved

    def refuse(self, line: Line, identity: Identity, request_id: str) -> Request:
        """End a request for good, as who may approve it, or as who entered it; return it as it was."""
        name = principal_of(self.home, identity)
        with self._alone():
            request = self.requests.get(request_id)
            line.of(request)
            line.facts["refused_by"] = name
            self._refuse_ended(request)
            if not (own := name == request.principal):
                refuse_approver(self.home, name, request)
            line.tell(WITHDRAWN if own else REFUSED)
            if not self.dry_run:
                self.requests.remove(request)
            return request

    def _enter(self, line: Line, identity: Identity, name: str, asked: Asked) -> Answer:
        self.look_up(self.home, asked)
        unsigned = Request(asked, name, now().isoformat(), secrets.token_hex(16))
        request = replace(unsigned, signature=identity.sign(unsigned.said()).hex())
        line.of(request)
        line.tell(REQUESTED)
        if not self.dry_run:
            self.requests.put(request)
        return Answer(request, None)

    def _use(self, line: Line, request: Request) -> Answer:
        line.of(request)
        self._refuse_over(request)
        if request.approval:
            line.facts["approver"] = request.approval.principal
            refuse_approval(self.home, request, request.approval, now())
        show = self.look_up(self.home, request.asked)
        if self.dry_run or request.approval is None:
            return Answer(request, None)
        value = show()
        line.tell(REVEALED)  # from here on it is used, whatever happens
        self.requests.remove(request)
        self.look_up(self.home, request.asked)  # refuses whoever was erased while auditors were being told
        return Answer(request, value)

    def _refuse_over(self, request: Request) -> None:
        """Raise ``PolicyBreach`` unless a request can still be used; one that expired or came to its end is removed."""
        try:
            refuse_request(self.home, request, now())
        except Expired:
            self._remove(request)
            raise
        self._refuse_ended(request)

    def _refuse_ended(self, request: Request) -> None:
        if (fate := fates(self.home).get(request.id, "")) != REQUESTED:
            self._remove(request)
            raise Expired(f"Request {request.id} {_ENDS[fate]}.", mend="Ask again: that enters a new request.")

    def _remove(self, request: Request) -> None:
        if not self.dry_run:
            self.requests.remove(request)

    def _is_approved(self, request: Request) -> bool:
        if request.approval is None:
            return False
        try:
            refuse_approval(self.home, request, request.approval, now())
        except PolicyBreach:
            return False
        return True

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self.dry_run else self.requests.alone()


def refuse_unclear(asked: Asked) -> None:
    """Raise ``UsageError`` unless it is said for which case and why, and the kind is known."""
    for name, said in (("case", asked.case), ("reason", asked.reason)):
        if not said.strip():
            raise UsageError(
                f"Whoever asks for an identifier names a {name}.", mend=f'Say --{name} "…": auditors read it.'
            )
    if asked.kind not in FOUND:
        refuse_unknown_kind(asked.kind)
