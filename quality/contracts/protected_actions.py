"""Actions without direct identifiers, free text redacted."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.raw_actions import ACTION, AMOUNT, APP, CHANNEL, CLIENT, COUNTRY, CURRENCY
from quality.contracts.shared_columns import EVENT_DATE, EVENT_TIME, PURPOSES, RETAIN_UNTIL, SOURCE, carried, pseudonym

_CLEAN = "clean.actions"

CONTRACT = Contract(
    name="protected.actions",
    description="Actions of pseudonymous actors, with free text redacted.",
    grain="one action",
    columns=(
        pseudonym("event_key", f"{_CLEAN}.event_id", "Keyed pseudonym of the event.", required=True),
        pseudonym("actor_key", f"{_CLEAN}.actor_id", "Keyed pseudonym of the actor.", required=True),
        pseudonym("device_key", f"{_CLEAN}.device_id", "Keyed pseudonym of the device."),
        pseudonym("target_key", f"{_CLEAN}.target_id", "Keyed pseudonym of the actor or content acted upon."),
        pseudonym("ip_key", f"{_CLEAN}.ip", "Keyed pseudonym of the network address."),
        pseudonym("campaign_key", f"{_CLEAN}.campaign_id", "Keyed pseudonym of the campaign."),
        carried(EVENT_TIME, _CLEAN),
        *(carried(column, _CLEAN) for column in (ACTION, APP, CHANNEL, COUNTRY, AMOUNT, CURRENCY)),
        Column(
            "text", "string", "What was written, less what redaction found, as the policy's purpose of pseudonyms states.",
            S.FREE_TEXT, "user.content", source=(f"{_CLEAN}.text",),
        ),
        carried(CLIENT, _CLEAN),
        *(carried(column, _CLEAN) for column in (SOURCE, PURPOSES, RETAIN_UNTIL, EVENT_DATE)),
    ),
    erasure_key="actor_key",
    caveats=(
        "Redaction finds patterns and names that many bear, not meaning: a nickname or a rare surname stays.",
        "Read by risk jobs and incident responders, never queried.",
    ),
)  # fmt: skip
