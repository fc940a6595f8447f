"""Which country a range of network addresses belongs to."""

from __future__ import annotations

from dataclasses import replace

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_ID, LANDING

CONTRACT = Contract(
    name="reference.ip_ranges",
    description="Ranges of IPv4 addresses with their country; no personal data.",
    grain="one range",
    columns=(
        replace(EVENT_ID, sensitivity=S.NONE, category="system.operations"),
        Column("range_from", "bigint", "First address as an unsigned integer.", S.NONE, required=True, minimum=0, maximum=2**32 - 1),
        Column("range_to", "bigint", "Last address as an unsigned integer.", S.NONE, required=True, minimum=0, maximum=2**32 - 1),
        Column("country", "string", "Country's name or code, as the source writes it.", S.NONE, required=True, pattern=r"^[^0-9]{2,64}$"),
        *LANDING,
    ),
    caveats=("Partitioned by the date of landing: a range has no event time.",),
)  # fmt: skip
