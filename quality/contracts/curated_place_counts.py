"""How many people were in a named place on a day."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.curated_mobility import K_FLOOR, PINGS, STATUSES
from quality.contracts.shared_columns import EVENT_DATE

CONTRACT = Contract(
    name="curated.place_counts",
    description="Distinct persons by named place and day.",
    grain="one place and day",
    columns=(
        Column("place", "string", "Name from the places file; `elsewhere` for tiles without a name, `too few to place` for the rest.", S.NONE, required=True, source=(f"{PINGS}.cell",)),
        Column("persons", "bigint", "Distinct persons; accounts that share a device are one. Null when suppressed.", S.NONE, minimum=2, source=(f"{PINGS}.actor_key", f"{PINGS}.device_key")),
        Column("status", "string", "Published, or suppressed: somebody was there, but fewer than k.", S.NONE, required=True, allowed=STATUSES),
        K_FLOOR,
        EVENT_DATE,
    ),
    released=True,
    caveats=("Places are as coarse as the tiles of curated.mobility.", "A person counts in every place in which mobility publishes them by tile that day; lone visits do not count."),
    example="SELECT place, event_date, persons FROM curated.place_counts WHERE status = 'published' ORDER BY persons DESC LIMIT 10",
)  # fmt: skip
