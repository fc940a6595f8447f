"""Positions without direct identifiers, no finer than the policy's ceiling."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.raw_pings import ACCURACY, SPEED
from quality.contracts.shared_columns import (
    CELL_PATTERN,
    EVENT_DATE,
    PURPOSES,
    RETAIN_UNTIL,
    SOURCE,
    carried,
    pseudonym,
)

PLACE = ("clean.pings.latitude", "clean.pings.longitude")

CONTRACT = Contract(
    name="protected.pings",
    description="Positions as grid cells of pseudonymous actors, generalized to the region's precision ceiling.",
    grain="one position fix",
    columns=(
        pseudonym("event_key", "clean.pings.event_id", "Keyed pseudonym of the event.", required=True),
        pseudonym("actor_key", "clean.pings.actor_id", "Keyed pseudonym of the actor.", required=True),
        pseudonym("device_key", "clean.pings.device_id", "Keyed pseudonym of the device."),
        pseudonym("trip_key", "clean.pings.trip_id", "Keyed pseudonym of the trip."),
        Column(
            "event_time", "timestamp", "When, floored to the policy's time precision.", S.QUASI_ID, "user.behavior",
            "UTC", True, source=("clean.pings.event_time",),
        ),
        Column(
            "cell", "string", "H3 cell, never a coordinate.", S.QUASI_ID, "user.location.imprecise", required=True,
            pattern=CELL_PATTERN, source=PLACE,
        ),
        Column(
            "cell_area_m2", "double", "Geodesic area of the cell.", S.NONE, unit="m2", required=True, minimum=0, source=PLACE
        ),
        carried(ACCURACY, "clean.pings"),
        carried(SPEED, "clean.pings"),
        carried(SOURCE, "clean.pings"),
        carried(PURPOSES, "clean.pings"),
        carried(RETAIN_UNTIL, "clean.pings"),
        carried(EVENT_DATE, "clean.pings"),
    ),
    erasure_key="actor_key",
    caveats=(
        "Pseudonymous rows stay personal data: a person's habits still single them out.",
        "Read by risk jobs and incident responders, never queried.",
    ),
)  # fmt: skip
