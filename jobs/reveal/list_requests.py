"""How requests are shown: what is asked, by whom, and what the policy in force makes of it; never the token."""

from __future__ import annotations

from datetime import datetime

from jobs.catalog import now
from jobs.home import Home
from jobs.landing.file_name import told
from jobs.listings.reveals import ListedRequest, RequestState, RevealsListing
from jobs.reveal.request import Request
from jobs.reveal.requests import Requests
from jobs.reveal.rules import Expired, expires, refuse_approval, refuse_request
from jobs.reveal.told import REFUSED, REQUESTED, REVEALED, WITHDRAWN, fates
from quality.contracts.errors import GeowardError

_ENDS: dict[str, RequestState] = {REVEALED: "used", REFUSED: "refused", WITHDRAWN: "withdrawn"}


def list_requests(home: Home, requests: Requests) -> RevealsListing:
    """Return all that is asked for, oldest first."""
    found, changed = requests.all()
    known = fates(home) if found else {}
    return RevealsListing(
        requests=[listed(home, one, known.get(one.id, "")) for one in found], changed=[told(name) for name in changed]
    )


def listed(home: Home, request: Request, fate: str) -> ListedRequest:
    """Return one as it is shown, by what auditors were told of it; texts come from people and are escaped."""
    asked, approval = request.asked, request.approval
    return ListedRequest(
        id=request.id, state=_state(home, request, fate), principal=told(request.principal),
        approver=told(approval.principal) if approval else "", kind=told(asked.kind), region=told(asked.region),
        case=told(asked.case), reason=told(asked.reason), at=datetime.fromisoformat(request.at),
        expires=expires(home.policy, request) if home.policy.break_glass else None,
    )  # fmt: skip


def _state(home: Home, request: Request, fate: str) -> RequestState:
    if fate != REQUESTED:
        return _ENDS.get(fate, "refused")
    try:
        refuse_request(home, request, now())
        if request.approval is None:
            return "waiting"
        refuse_approval(home, request, request.approval, now())
    except Expired:
        return "expired"
    except GeowardError:
        return "refused"
    return "approved"
