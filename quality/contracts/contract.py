"""What a dataset is: its columns and rules, declared once; schemas, properties and documents are derived."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from quality.contracts.errors import ContractViolation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

DATE = "event_date"
"""The partition column every dated table has: the UTC date of the event."""


class Layer(StrEnum):
    """Where a dataset stands between landing files and readers."""

    RAW = "raw"
    CLEAN = "clean"
    PROTECTED = "protected"
    CURATED = "curated"
    REFERENCE = "reference"
    QUARANTINE = "quarantine"


class Sensitivity(StrEnum):
    """How close a column comes to a person."""

    DIRECT_ID = "direct_id"
    PSEUDONYM = "pseudonym"
    QUASI_ID = "quasi_id"
    SENSITIVE = "sensitive"
    FREE_TEXT = "free_text"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``type`` is Spark DDL; bounds are inclusive; ``unit`` is an SI or ISO name, empty when none.

    ``source`` names the columns it is derived from as ``table.column``; ``allowed`` and ``pattern`` (RE2 and
    Java syntax) hold for every value that is not null. ``category`` is a Fideslang data category. ``sensitivity`` has no
    default: what is not declared has no column. ``identifies`` says what a direct identifier is one of (``KINDS``).
    """

    name: str
    type: str
    description: str
    sensitivity: Sensitivity
    category: str = "system.operations"
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    source: tuple[str, ...] = ()
    identifies: str = ""

    @property
    def personal(self) -> bool:
        """Whether the column tells of one person; such a column keeps no statistics."""
        return self.sensitivity is not Sensitivity.NONE


@dataclass(frozen=True, slots=True)
class Contract:
    """One dataset. ``grain`` says what a row is; ``erasure_key`` is the column that finds a subject's rows,
    ``erasure_kind`` what it identifies.

    ``released`` marks a published anonymous table: the only kind that analysts may query.
    """

    name: str
    description: str
    grain: str
    columns: tuple[Column, ...]
    erasure_key: str = ""
    erasure_kind: str = "actor"
    released: bool = False
    caveats: tuple[str, ...] = ()
    example: str = ""
    owner: str = "privacy-engineering"

    def __post_init__(self) -> None:
        """Refuse a contract that contradicts itself."""
        names = [column.name for column in self.columns]
        repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
        if repeated:
            raise ContractViolation(self.name, "declares columns twice", repeated)
        if DATE not in names:
            raise ContractViolation(self.name, "has no partition column", (DATE,))
        if self.erasure_key and self.erasure_key not in names:
            raise ContractViolation(self.name, "names an erasure key it does not have", (self.erasure_key,))
        if self.layer in (Layer.PROTECTED, Layer.CURATED) and (
            open_ := tuple(c.name for c in self.columns if c.sensitivity in _NEVER_ABOVE_CLEAN)
        ):
            raise ContractViolation(self.name, "may not hold identifiers or exact values in the clear", open_)
        if self.released and any(c.sensitivity in _NEVER_RELEASED for c in self.columns):
            raise ContractViolation(self.name, "is a release and may not hold identifiers")

    def __iter__(self) -> Iterator[Column]:
        """Iterate over the columns in order."""
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name; ``KeyError`` when there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def layer(self) -> Layer:
        """The part of the name before the dot."""
        return Layer(self.name.split(".")[0])

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def personal(self) -> bool:
        """Whether any column tells of one person."""
        return any(column.personal for column in self.columns)

    @property
    def categories(self) -> tuple[str, ...]:
        """Fideslang data categories of the personal columns, sorted."""
        return tuple(sorted({c.category for c in self.columns if c.personal}))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the declaration; it changes when any part of the contract does."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def spark_schema(self) -> StructType:
        """The Spark schema, without starting a session. All columns are nullable: checks enforce ``required``."""
        from quality.contracts.spark_types import spark_schema

        return spark_schema(self)

    @property
    def delta_properties(self) -> dict[str, str]:
        """Delta table properties. Personal columns get no min/max statistics: those outlive erasure in the log."""
        plain = [c.name for c in self.columns if not c.personal and c.name != DATE and not c.type.startswith("array")]
        return {
            "delta.dataSkippingStatsColumns": ",".join(plain),
            "delta.enableDeletionVectors": "false",
            "delta.checkpointInterval": "10",  # a reader meets at most ten log entries after a checkpoint
            "delta.enableExpiredLogCleanup": "false",  # auditors read the whole history
            "geoward.contract": self.fingerprint,
        }

    def conform(self, df: DataFrame) -> DataFrame:
        """Select exactly the contract's columns, in order; raise ``ContractViolation`` if one is absent or mistyped."""
        from quality.contracts.spark_types import conform

        return conform(self, df)


_NEVER_ABOVE_CLEAN = {Sensitivity.DIRECT_ID, Sensitivity.SENSITIVE}
_NEVER_RELEASED = {Sensitivity.DIRECT_ID, Sensitivity.PSEUDONYM, Sensitivity.FREE_TEXT, Sensitivity.SENSITIVE}
