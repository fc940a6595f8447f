"""What `geoward reveal` and `geoward approve` say: requests, and the one identifier that was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from jobs.listings.listing import Listing

RequestState = Literal["waiting", "approved", "expired", "used", "refused", "withdrawn"]


class ListedRequest(Listing):
    """One request: who asks for an identifier of which kind, where, for which case and why; never the token.

    ``refused`` is one that the policy in force, a signature or the audit log does not bear out, or a second person
    refused; ``withdrawn`` one that its asker took back. ``expires`` is null where nobody may ask for anything.
    """

    id: str
    state: RequestState
    principal: str
    approver: str
    kind: str
    region: str
    case: str
    reason: str
    at: datetime
    expires: datetime | None


class RevealListing(Listing):
    """`geoward reveal TOKEN --json`. ``value`` is the identifier: once, when the request was approved."""

    request: ListedRequest
    value: str | None
    dry_run: bool


class ApproveListing(Listing):
    """`geoward approve --json`: what was approved or refused, as it is then; what would be under `--dry-run`."""

    request: ListedRequest
    dry_run: bool


class RevealsListing(Listing):
    """`geoward reveal --list --json`: what is asked for; ``changed`` names files that are not what was entered."""

    requests: list[ListedRequest]
    changed: list[str]
