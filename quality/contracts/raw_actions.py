"""What accounts did, as landed."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import ACTOR_ID, DEVICE_ID, EVENT_ID, EVENT_TIME, LANDING, as_landed

ACTIONS = (
    "sign_up", "log_in", "post", "comment", "follow", "report", "ad_impression", "ad_click",
    "conversion", "purchase", "campaign_created", "payout",
)  # fmt: skip

BEHAVIOR = "user.behavior"

ACTION = Column("action", "string", "What was done.", S.QUASI_ID, BEHAVIOR, required=True, allowed=ACTIONS)
APP = Column(
    "app_id", "string", "App or site where it was done.", S.QUASI_ID, BEHAVIOR, pattern=r"^[A-Za-z0-9_.:-]{1,64}$"
)
CHANNEL = Column(
    "channel_id", "string", "Traffic source or publisher.", S.QUASI_ID, BEHAVIOR, pattern=r"^[A-Za-z0-9_.:-]{1,64}$"
)
COUNTRY = Column(
    "country", "string", "ISO 3166-1 alpha-2, seen from the network.", S.QUASI_ID, "user.location.imprecise",
    pattern=r"^[A-Z]{2}$",
)  # fmt: skip
AMOUNT = Column("amount", "double", "Money moved.", S.QUASI_ID, "user.financial", "currency", minimum=0)
CURRENCY = Column("currency", "string", "ISO 4217.", S.QUASI_ID, "user.financial", pattern=r"^[A-Z]{3}$")
CLIENT = Column(
    "client", "string", "Browser or operating system, as a family.", S.QUASI_ID, "user.device",
    pattern=r"^[A-Za-z0-9 _.:/-]{1,64}$",
)  # fmt: skip

CONTRACT = Contract(
    name="raw.actions",
    description="Actions of users, creators and advertisers, as landed and typed by the source mapping.",
    grain="one action",
    columns=(
        EVENT_ID,
        ACTOR_ID,
        DEVICE_ID,
        EVENT_TIME,
        as_landed(ACTION),
        Column(
            "target_id", "string", "Actor or content acted upon.", S.DIRECT_ID, "user.unique_id", identifies="actor"
        ),
        Column(
            "ip",
            "string",
            "Network address, as the source writes it.",
            S.DIRECT_ID,
            "user.device.ip_address",
            identifies="ip",
        ),
        as_landed(APP),
        as_landed(CHANNEL),
        Column("campaign_id", "string", "Advertiser's campaign.", S.DIRECT_ID, "user.unique_id", identifies="campaign"),
        as_landed(COUNTRY),
        as_landed(AMOUNT),
        as_landed(CURRENCY),
        Column("text", "string", "What was written.", S.FREE_TEXT, "user.content"),
        as_landed(CLIENT),
        *LANDING,
    ),
    erasure_key="actor_id",
    caveats=("Holds direct identifiers and free text: jobs only, never queried.",),
)
