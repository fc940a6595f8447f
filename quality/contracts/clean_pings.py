"""Positions after types, bounds, duplicates and consent as of the event."""

from __future__ import annotations

from quality.contracts.contract import Contract
from quality.contracts.raw_pings import ACCURACY, LATITUDE, LONGITUDE, SPEED, TRIP
from quality.contracts.shared_columns import (
    ACTOR_ID,
    DEVICE_ID,
    EVENT_DATE,
    EVENT_ID,
    EVENT_TIME,
    PURPOSES,
    RETAIN_UNTIL,
    SOURCE,
    carried,
)

_CARRIED = (EVENT_ID, ACTOR_ID, DEVICE_ID, EVENT_TIME, LATITUDE, LONGITUDE, ACCURACY, SPEED, TRIP, SOURCE)

CONTRACT = Contract(
    name="clean.pings",
    description="Positions within bounds, each event once, with the purposes that were allowed when it happened.",
    grain="one position fix",
    columns=(*(carried(column, "raw.pings") for column in _CARRIED), PURPOSES, RETAIN_UNTIL, EVENT_DATE),
    erasure_key="actor_id",
    caveats=("Holds direct identifiers and exact positions: jobs only, never queried.",),
)
