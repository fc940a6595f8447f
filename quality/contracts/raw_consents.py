"""What subjects allowed or withdrew, as landed."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_ID, EVENT_TIME, LANDING, PURPOSE_NAMES

SIGNALS = ("prompt", "settings", "gpc", "parent", "support")

CONTRACT = Contract(
    name="raw.consents",
    description="Consents given and withdrawn, and opt-out signals such as Global Privacy Control.",
    grain="one statement of one subject for one purpose",
    columns=(
        EVENT_ID,
        Column("subject_id", "string", "Account that spoke.", S.DIRECT_ID, "user.unique_id", required=True, identifies="actor"),
        Column("purpose", "string", "Purpose it spoke of.", S.QUASI_ID, "user.privacy_preferences", required=True, pattern=PURPOSE_NAMES),
        Column("given", "boolean", "True when given, false when refused or withdrawn.", S.QUASI_ID, "user.privacy_preferences", required=True),
        Column("notice_version", "string", "Version of the notice shown.", S.QUASI_ID, "user.privacy_preferences"),
        Column("signal_source", "string", "How it was said.", S.QUASI_ID, "user.privacy_preferences", required=True, allowed=SIGNALS),
        EVENT_TIME,
        *LANDING,
    ),
    erasure_key="subject_id",
    caveats=("The latest statement as of a moment holds; no statement means no.",),
)  # fmt: skip
