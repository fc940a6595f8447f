"""Where people were, as landed."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import ACTOR_ID, DEVICE_ID, EVENT_ID, EVENT_TIME, LANDING, as_landed

PRECISE = "user.location.precise"

LATITUDE = Column("latitude", "double", "WGS 84 latitude.", S.SENSITIVE, PRECISE, "degree", True, -90, 90)
LONGITUDE = Column("longitude", "double", "WGS 84 longitude.", S.SENSITIVE, PRECISE, "degree", True, -180, 180)
ACCURACY = Column("accuracy_m", "double", "68% radius of the fix.", S.QUASI_ID, PRECISE, "m", minimum=0)
SPEED = Column("speed_mps", "double", "Speed the device reports.", S.QUASI_ID, PRECISE, "m/s", minimum=0)
TRIP = Column(
    "trip_id", "string", "Trip or trajectory as the source names it.", S.DIRECT_ID, "user.unique_id", identifies="trip"
)

CONTRACT = Contract(
    name="raw.pings",
    description="Positions of actors' devices, as landed and typed by the source mapping.",
    grain="one position fix",
    columns=(
        EVENT_ID,
        ACTOR_ID,
        DEVICE_ID,
        EVENT_TIME,
        as_landed(LATITUDE),
        as_landed(LONGITUDE),
        as_landed(ACCURACY),
        Column("altitude_m", "double", "Height above sea level.", S.QUASI_ID, PRECISE, "m"),
        as_landed(SPEED),
        TRIP,
        *LANDING,
    ),
    erasure_key="actor_id",
    caveats=("Holds direct identifiers and exact positions: jobs only, never queried.",),
)
