"""What was later found out about an entity, as landed."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_ID, EVENT_TIME, LANDING

CONTRACT = Contract(
    name="raw.labels",
    description="Outcomes from chargebacks, reviews and attribution, for training and for judging rules.",
    grain="one label of one entity",
    columns=(
        EVENT_ID,
        Column("entity_type", "string", "What is labelled.", S.QUASI_ID, "user.behavior", required=True, allowed=("actor", "action", "device")),
        Column("entity_id", "string", "Which one, as the source names it.", S.DIRECT_ID, "user.unique_id", required=True),
        Column("label", "string", "What it was found to be.", S.SENSITIVE, "user.behavior", required=True, pattern=r"^[a-z0-9_]{1,64}$"),
        Column("label_source", "string", "Who found it.", S.NONE, required=True, pattern=r"^[a-z0-9_]{1,64}$"),
        EVENT_TIME,
        Column("observed_time", "timestamp", "When it became known, UTC.", S.QUASI_ID, "user.behavior", "UTC"),
        *LANDING,
    ),
    erasure_key="entity_id",
    caveats=("Use a label only for moments after its observed time.",),
)  # fmt: skip
