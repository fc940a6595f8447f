"""Who is told of problems, and whether it reached them. No secret: only where one is kept."""

from __future__ import annotations

from datetime import datetime

from jobs.listings.listing import Listing
from jobs.problem import ProblemKind


class AlertTold(Listing):
    """One problem that a channel was told of, and that was not called resolved since."""

    kind: ProblemKind
    region: str
    table: str
    since: datetime
    at: datetime


class AlertChannel(Listing):
    """One channel; ``regions`` is empty for all. The last attempt is None before the first."""

    channel: str
    target: str
    kinds: list[ProblemKind]
    regions: list[str]
    remind_after_hours: float
    last_at: datetime | None
    last_ok: bool | None
    last_said: str
    told: list[AlertTold]


class AlertsListing(Listing):
    """`geoward alerts list --json`."""

    channels: list[AlertChannel]


class AlertDelivery(Listing):
    """One message on one channel; ``refused`` counts the addresses that did not get what others got."""

    channel: str
    ok: bool
    said: str
    refused: int


class AlertsTestListing(Listing):
    """`geoward alerts test --json`."""

    ok: bool
    dry_run: bool
    deliveries: list[AlertDelivery]
