"""Columns that several contracts have in common, each described once."""

from __future__ import annotations

from dataclasses import replace

from quality.contracts.contract import DATE, Column
from quality.contracts.contract import Sensitivity as S

PSEUDONYM_PATTERN = r"^[0-9a-f]{32}$"
"""128 bits of HMAC-SHA256 in lower-case hex (RFC 2104; truncated as its section 5 allows)."""

CELL_PATTERN = r"^[0-9a-f]{15}$"
"""An H3 cell index in hex."""

PURPOSE_NAMES = r"^[a-z_]+$"

EVENT_DATE = Column(
    DATE,
    "date",
    "UTC date of the event; the partition. Rows without a usable time: their file's last date, else the date of landing.",
    S.NONE,
    required=True,
)
EVENT_ID = Column(
    "event_id",
    "string",
    "Identifies the event within its source.",
    S.DIRECT_ID,
    "user.unique_id",
    required=True,
    identifies="event",
)
EVENT_TIME = Column(
    "event_time", "timestamp", "When it happened, UTC.", S.QUASI_ID, "user.behavior", "UTC", required=True
)
ACTOR_ID = Column(
    "actor_id",
    "string",
    "Account as the source names it.",
    S.DIRECT_ID,
    "user.unique_id",
    required=True,
    identifies="actor",
)
DEVICE_ID = Column(
    "device_id", "string", "Device as the source names it.", S.DIRECT_ID, "user.device.device_id", identifies="device"
)

LANDING = (
    Column("source", "string", "Name of the source mapping.", S.NONE, required=True),
    Column("mapping_version", "string", "First 12 hex digits of the mapping's SHA-256.", S.NONE, required=True),
    Column("file_id", "string", "SHA-256 of the landed file.", S.NONE, required=True, pattern=r"^[0-9a-f]{64}$"),
    Column("landed_at", "timestamp", "When the file landed, from the ledger.", S.NONE, unit="UTC", required=True),
    EVENT_DATE,
)
"""What every landed row carries; a rerun gives the same values."""

PURPOSES = Column(
    "purposes",
    "array<string>",
    "Purposes that consent or another legal basis allowed as of the event.",
    S.NONE,
    required=True,
)
RETAIN_UNTIL = Column("retain_until", "date", "Last day this row may be kept.", S.NONE, required=True)
SOURCE = LANDING[0]


def pseudonym(name: str, of: str, description: str, *, required: bool = False) -> Column:
    """Return a pseudonym column computed from ``of`` (``table.column``)."""
    return Column(
        name, "string", description, S.PSEUDONYM, "user.unique_id.pseudonymous",
        required=required, pattern=PSEUDONYM_PATTERN, source=(of,),
    )  # fmt: skip


def carried(column: Column, table: str) -> Column:
    """Return ``column`` as it is copied unchanged from ``table``."""
    return replace(column, source=(f"{table}.{column.name}",))


def as_landed(column: Column) -> Column:
    """Return ``column`` without bounds: raw keeps what landed and is typed; its clean twin holds the bounds."""
    return replace(column, minimum=None, maximum=None, allowed=(), pattern="")
