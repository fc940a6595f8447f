"""Who the accounts are, as landed."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.raw_actions import COUNTRY
from quality.contracts.shared_columns import ACTOR_ID, EVENT_ID, EVENT_TIME, LANDING

ACTOR_TYPES = ("user", "creator", "advertiser")

CONTRACT = Contract(
    name="raw.actors",
    description="Accounts as they were created or last described.",
    grain="one description of one account",
    columns=(
        EVENT_ID,
        ACTOR_ID,
        Column("actor_type", "string", "Kind of account.", S.QUASI_ID, "user.account", required=True, allowed=ACTOR_TYPES),
        COUNTRY,
        Column(
            "birth_year", "int", "Year of birth the account states.", S.QUASI_ID, "user.demographic.age_range", "year",
            minimum=1900, maximum=2100,
        ),
        EVENT_TIME,
        *LANDING,
    ),
    erasure_key="actor_id",
    caveats=("Event time is when the account was created.", "Jobs only, never queried."),
)  # fmt: skip
