"""What each pseudonymous actor did in a day, as numbers for risk control."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_DATE, RETAIN_UNTIL, carried, pseudonym

ACTIONS, PINGS = "protected.actions", "protected.pings"


def _feature(
    name: str, type_: str, description: str, *source: str, unit: str = "1", maximum: float | None = None
) -> Column:
    return Column(
        name, type_, description, S.QUASI_ID, "user.behavior", unit, minimum=0, maximum=maximum, source=source
    )


CONTRACT = Contract(
    name="curated.actor_features",
    description="Daily risk features of each pseudonymous actor.",
    grain="one actor and day",
    columns=(
        pseudonym("actor_key", f"{ACTIONS}.actor_key", "Keyed pseudonym of the actor.", required=True),
        _feature("actions", "bigint", "Actions of any kind.", f"{ACTIONS}.action"),
        _feature("log_ins", "bigint", "Log-ins.", f"{ACTIONS}.action"),
        _feature("posts", "bigint", "Posts and comments.", f"{ACTIONS}.action"),
        _feature("reports_made", "bigint", "Reports of others.", f"{ACTIONS}.action"),
        _feature("ad_clicks", "bigint", "Clicks on ads.", f"{ACTIONS}.action"),
        _feature("conversions", "bigint", "Conversions after a click.", f"{ACTIONS}.action"),
        _feature("clicks_per_active_hour", "double", "Ad clicks by hours with any click.", f"{ACTIONS}.event_time", unit="1/h"),
        _feature("devices", "bigint", "Distinct devices.", f"{ACTIONS}.device_key"),
        _feature("addresses", "bigint", "Distinct network addresses.", f"{ACTIONS}.ip_key"),
        _feature("countries", "bigint", "Distinct countries of the network.", f"{ACTIONS}.country"),
        _feature("actors_on_device", "bigint", "Most actors seen that day on one of its devices.", f"{ACTIONS}.device_key"),
        _feature("redacted_texts", "bigint", "Texts with a placeholder of redaction.", f"{ACTIONS}.text"),
        _feature("pings", "bigint", "Positions.", f"{PINGS}.cell"),
        _feature("cells", "bigint", "Distinct cells.", f"{PINGS}.cell"),
        _feature("fastest_mps", "double", "Greatest speed between cells in following time steps, by centers less both radii.", f"{PINGS}.cell", f"{PINGS}.event_time", unit="m/s"),
        RETAIN_UNTIL,
        carried(EVENT_DATE, ACTIONS),
    ),
    erasure_key="actor_key",
    caveats=("One row tells of one person: risk jobs and reviewers by case, never queried by analysts.", "Counts of missing values are zero, not null."),
)  # fmt: skip
