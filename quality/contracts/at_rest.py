"""How rows of raw, clean and quarantine lie on disk: all that tells of a person as one value, sealed by a key of theirs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from quality.contracts.contract import DATE, Column, Contract, Layer
from quality.contracts.contract import Sensitivity as S

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SEALED_LAYERS = (Layer.RAW, Layer.CLEAN, Layer.QUARANTINE)

ERASED = "_erased"
"""Beside rows that were opened: true where the subject was destroyed, so that nothing of the row can be read."""

SUBJECT = Column(
    "subject_index", "binary", "Keyed hash of the subject: where the vault has its key.", S.PSEUDONYM,
    "user.unique_id.pseudonymous", required=True,
)  # fmt: skip
EPOCH = Column("key_epoch", "string", "Which of the subject's keys opens the row.", S.NONE, required=True)
SEALED = Column("sealed", "binary", "The row's personal columns, encrypted.", S.SENSITIVE, "user", required=True)


def readable(df: DataFrame) -> DataFrame:
    """Return opened rows without those of destroyed subjects."""
    return df.where(~df[ERASED]).drop(ERASED) if ERASED in df.columns else df


def sealed_columns(contract: Contract) -> tuple[Column, ...]:
    """Return the columns that are sealed on disk: all personal ones below protected, none elsewhere."""
    return tuple(c for c in contract if c.personal) if contract.layer in SEALED_LAYERS else ()


@lru_cache
def at_rest(contract: Contract) -> Contract:
    """Return the contract of the rows as they lie on disk; the same where nothing is sealed."""
    hidden = set(sealed_columns(contract))
    if not hidden:
        return contract
    plain = tuple(c for c in contract if c not in hidden and c.name != DATE)
    columns = (SUBJECT, EPOCH, SEALED, *plain, contract[DATE])
    return replace(contract, columns=columns, erasure_key=SUBJECT.name)
