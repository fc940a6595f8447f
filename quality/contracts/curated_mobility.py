"""How many people were where, and when: the anonymous release of positions."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import CELL_PATTERN, EVENT_DATE

PINGS = "protected.pings"
STATUSES = ("published", "suppressed")

K_FLOOR = Column(
    "k", "int", "Floor: every published count is of at least k distinct persons.", S.NONE, required=True, minimum=2
)
COVERAGE = Column(
    "coverage", "double", "Share of the region's rows in the release's window that are published, to 0.05.", S.NONE,
    unit="1", required=True, minimum=0, maximum=1, source=(f"{PINGS}.actor_key",),
)  # fmt: skip

CONTRACT = Contract(
    name="curated.mobility",
    description="Distinct persons by cell and time slot. Cells and slots are coarsened before anything is suppressed.",
    grain="one cell and time slot, at one coarsening level",
    columns=(
        Column("cell", "string", "H3 cell of the tile.", S.NONE, required=True, pattern=CELL_PATTERN, source=(f"{PINGS}.cell",)),
        Column(
            "cell_area_m2", "double", "Area of the tile: the cell without finer tiles cut out of it.", S.NONE, unit="m2",
            required=True, minimum=0, source=(f"{PINGS}.cell",),
        ),
        Column("place", "string", "Name of the most populous place in the tile; null where none is known.", S.NONE, source=(f"{PINGS}.cell",)),
        Column("slot_start", "timestamp", "Start of the slot; null in an hour-of-week release.", S.NONE, unit="UTC", source=(f"{PINGS}.event_time",)),
        Column(
            "hour_of_week", "int", "0 is Monday 00:00; null in an hourly release.", S.NONE, unit="h", minimum=0, maximum=167,
            source=(f"{PINGS}.event_time",),
        ),
        Column("slot_hours", "int", "Length of the slot.", S.NONE, unit="h", required=True, minimum=1, maximum=168, source=(f"{PINGS}.event_time",)),
        Column("persons", "bigint", "Distinct persons; accounts that share a device are one. Null when suppressed.", S.NONE, minimum=2, source=(f"{PINGS}.actor_key", f"{PINGS}.device_key")),
        Column("status", "string", "Published, or suppressed: somebody was there, but fewer than k.", S.NONE, required=True, allowed=STATUSES),
        K_FLOOR,
        COVERAGE,
        Column("tiling", "string", "Version of the tiling: fixed for an epoch, never refitted to a day.", S.NONE, required=True, pattern=r"^[0-9a-f]{12}$"),
        EVENT_DATE,
    ),
    released=True,
    caveats=(
        "A person counts once in a cell and slot, however many rows they sent.",
        "Rows of one level exclude those published at a finer level: add levels up, never subtract them.",
        "A person counts once in each slot: a sum over slots is of person-slots, not of persons.",
        "No row for a cell means nobody was counted there, or its rows are in a coarser cell or slot.",
        "A corrected day is published as a new version; compare versions only with a privacy engineer.",
    ),
    example="SELECT place, slot_start, slot_hours, persons FROM curated.mobility WHERE status = 'published' ORDER BY persons DESC LIMIT 10",
)  # fmt: skip
