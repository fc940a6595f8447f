"""A request to see one identifier, as a value: what is asked, by whom, and who agreed; each signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from transforms.privacy.canonical import canonical


class Asked(NamedTuple):
    """What is asked: the identifier of that kind behind one token of a region, for a case and a reason."""

    token: str
    kind: str
    region: str
    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word: name, time and signature."""

    principal: str
    at: str
    signature: str

    def said(self, request: Request) -> bytes:
        """Return what was signed: the whole request, name and time."""
        return canonical("geoward reveal approval 1", request.said(), self.principal, self.at)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, by whom and when. ``nonce`` makes two of the same person, time and matter differ."""

    asked: Asked = field(repr=False)
    principal: str
    at: str
    nonce: str
    signature: str = ""
    approval: Approval | None = None

    def said(self) -> bytes:
        """Return what its principal signs: every part behind its length."""
        return canonical("geoward reveal request 1", *self.asked, self.principal, self.at, self.nonce)

    @property
    def id(self) -> str:
        """Return its name, a digest of what is asked: another matter has another name."""
        return hashlib.sha256(self.said()).hexdigest()[:32]

    @property
    def token_digest(self) -> str:
        """Return what stands for the token where it must not: in the audit log."""
        return hashlib.sha256(self.asked.token.encode("utf-8", "surrogatepass")).hexdigest()

    def written(self) -> str:
        """Return its text; it holds the token, and never an identifier."""
        plain = {**asdict(self), "asked": self.asked._asdict()}
        return json.dumps(plain, sort_keys=True, indent=1) + "\n"


def read_request(text: str) -> Request:
    """Return the request of a text; raise ``ValueError`` if it is none, its signatures not being looked at."""
    try:
        found: dict[str, Any] = json.loads(text)
        approval = Approval(**found.pop("approval")) if found.get("approval") else found.pop("approval")
        request = Request(Asked(**found.pop("asked")), **found, approval=approval)
        times = [one.at for one in (request, request.approval) if one]
        whole = request.written() == text and all(datetime.fromisoformat(time).tzinfo for time in times)
        request.said()
    except Exception:  # whatever a stranger wrote there, it is no request
        raise ValueError("this is no request") from None
    if not whole:
        raise ValueError("this is no request in its one form")
    return request
