"""What the policy that is in force now says of a request: who may ask, who may approve, for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobs.home import Home
from jobs.keys.trusted_path import refuse_foreign_home
from jobs.reveal.identity import Identity, is_signed
from jobs.reveal.request import Approval, Request
from quality.contracts.errors import PolicyBreach
from quality.policies.break_glass import BreakGlass
from quality.policies.policy import Policy

_AGAIN = "Ask again: that enters a new request."
_LOOK = "Find out who changed it. Remove its file below reveals/ in the Geoward home, then ask again."


class Expired(PolicyBreach):
    """A request came to its end: by its age, its use or a person's word."""


def break_glass_of(policy: Policy) -> BreakGlass:
    """Return who may; raise ``PolicyBreach`` if nobody may."""
    if policy.break_glass is None:
        mend = "Whoever answers for the policy grants it under break_glass: docs/keys.md."
        raise PolicyBreach(f"Policy {policy.name} lets nobody see what is behind a token.", mend=mend)
    return policy.break_glass


def principal_of(home: Home, identity: Identity) -> str:
    """Return who somebody is by their key.

    Raises ``PolicyBreach`` if the policy does not know it, and ``EnvironmentFault`` if others can write the policy, or
    the home that names it: anybody could be in it.
    """
    refuse_foreign_home(home, above=True)
    policy = home.policy
    break_glass_of(policy)  # raises where nobody may
    if name := policy.holder(identity.public):
        return name
    mend = "Have your public key entered under principals in the policy."
    raise PolicyBreach(f"Policy {policy.name} knows nobody with the key of --identity.", mend=mend)


def refuse_asker(home: Home, name: str, kind: str, region: str) -> None:
    """Raise ``PolicyBreach`` unless that person may ask for identifiers of a kind in a region."""
    place = home.region(region)
    if not break_glass_of(home.policy).may_ask(name, kind, place.jurisdiction):
        said = (
            f"Policy {home.policy.name} does not let {name} ask for identifiers of kind {kind} in {place.jurisdiction}."
        )
        raise PolicyBreach(said, mend="Have somebody ask to whom break_glass grants it.")


def refuse_approver(home: Home, name: str, request: Request) -> None:
    """Raise ``PolicyBreach`` unless that person may approve this request of another."""
    kind, where = request.asked.kind, home.region(request.asked.region).jurisdiction
    if name == request.principal:
        raise PolicyBreach("Nobody approves what they asked for.", mend="Have a second person approve it.")
    if not break_glass_of(home.policy).may_approve(name, request.principal, kind, where):
        said = f"Policy {home.policy.name} does not let {name} approve what {request.principal} asks for"
        raise PolicyBreach(f"{said} (kind {kind} in {where}).", mend="Have somebody approve whom break_glass names.")


def refuse_request(home: Home, request: Request, now: datetime) -> None:
    """Raise ``PolicyBreach`` unless the policy lets its principal ask, who signed it as it is, and it is of now."""
    refuse_asker(home, request.principal, request.asked.kind, request.asked.region)
    _refuse_forged(home.policy, request.principal, request.said(), request.signature, f"Request {request.id}")
    if now < datetime.fromisoformat(request.at):
        raise PolicyBreach(f"Request {request.id} is of a later time than now.", mend="Set the clock, or ask again.")
    if now >= expires(home.policy, request):
        raise Expired(f"Request {request.id} has expired.", mend=_AGAIN)


def refuse_approval(home: Home, request: Request, approval: Approval, now: datetime) -> None:
    """Raise ``PolicyBreach`` unless the policy lets its principal approve, who signed it for this request as it is."""
    refuse_approver(home, approval.principal, request)
    said, name = approval.said(request), f"The approval of request {request.id}"
    _refuse_forged(home.policy, approval.principal, said, approval.signature, name)
    if not datetime.fromisoformat(request.at) <= datetime.fromisoformat(approval.at) <= now:
        raise PolicyBreach(f"{name} is not of the time between the request and now.", mend="Have it approved again.")


def expires(policy: Policy, request: Request) -> datetime:
    """Return when a request can be used no more."""
    return datetime.fromisoformat(request.at) + timedelta(hours=break_glass_of(policy).hours)


def _refuse_forged(policy: Policy, name: str, said: bytes, signature: str, what: str) -> None:
    public = policy.principals[name].raw
    try:
        signed = is_signed(said, bytes.fromhex(signature), public)
    except ValueError:
        signed = False
    if not signed:
        raise PolicyBreach(f"{what} is not what {name} signed with the key that the policy has.", mend=_LOOK)
