"""What noisy releases of the lake cost of people's privacy: the ledger's entries of a region."""

from __future__ import annotations

from quality.contracts.contract import Column, Contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_DATE

NAME = "curated.privacy_spends"


def _text(name: str, description: str) -> Column:
    return Column(name, "string", description, S.NONE, required=True)


CONTRACT = Contract(
    name=NAME,
    description="What each noisy release of the lake has cost of each person's privacy, day by day: the ledger.",
    grain="one spending of a privacy budget",
    columns=(
        Column("release", "string", "Release that was paid for.", S.NONE, required=True),
        _text("dataset", "Region and table whose rows were looked at."),
        _text("unit", "Whose loss it is: of a user, a user's day or a user's week."),
        _text("consumer", "For whom."),
        _text("accounting", "zcdp (loss is rho) or approximate (loss is epsilon)."),
        _text("loss", "Exact decimal: rho or epsilon of each unit. Losses of one unit add up."),
        _text("delta", "Exact decimal."),
        _text("declaration", "Digest of the release as it was declared."),
        Column("spent_at", "timestamp", "When it was spent: before the figures were made.", S.NONE, unit="UTC", required=True),
        Column("published", "boolean", "Whether its figures are those in the release's table.", S.NONE, required=True),
        EVENT_DATE,
    ),
    released=True,
    caveats=(
        "A spending without figures is of a run that died: it stays spent, since nobody knows how far it came.",
        "Event date is the day of the data. Noisy releases of files are listed by `geoward budget list`.",
    ),
    example=f"SELECT event_date, release, loss FROM {NAME} ORDER BY event_date, spent_at",
)  # fmt: skip
