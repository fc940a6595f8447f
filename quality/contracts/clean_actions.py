"""Actions after types, bounds, duplicates and consent as of the event."""

from __future__ import annotations

from quality.contracts import raw_actions
from quality.contracts.contract import Contract
from quality.contracts.shared_columns import EVENT_DATE, LANDING, PURPOSES, RETAIN_UNTIL, SOURCE, carried

_BOUNDED = {
    column.name: column
    for column in (
        raw_actions.ACTION, raw_actions.APP, raw_actions.CHANNEL, raw_actions.COUNTRY, raw_actions.AMOUNT,
        raw_actions.CURRENCY, raw_actions.CLIENT,
    )
}  # fmt: skip
_LANDING_NAMES = {column.name for column in LANDING}
_CARRIED = (*(_BOUNDED.get(c.name, c) for c in raw_actions.CONTRACT if c.name not in _LANDING_NAMES), SOURCE)

CONTRACT = Contract(
    name="clean.actions",
    description="Actions within bounds, each event once, with the purposes that were allowed when it happened.",
    grain="one action",
    columns=(*(carried(column, "raw.actions") for column in _CARRIED), PURPOSES, RETAIN_UNTIL, EVENT_DATE),
    erasure_key="actor_id",
    caveats=("Holds direct identifiers and free text: jobs only, never queried.",),
)
