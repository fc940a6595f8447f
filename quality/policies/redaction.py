"""What a purpose leaves of free text, as a policy states it."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

OperatorName = Literal["drop", "mask", "placeholder", "token", "encrypt"]
"""What may stand for a finding, the safest first: a token links, and what is encrypted can be had back."""

OPERATORS: tuple[OperatorName, ...] = get_args(OperatorName)
KEYED: tuple[OperatorName, ...] = ("token", "encrypt")
"""Operators that need a key and a case."""

KindName = Literal[
    "ADDRESS", "ADVERTISING_ID", "CELL_ID", "COORDINATES", "CREDIT_CARD", "EMAIL_ADDRESS", "EXIF_GPS", "GEOHASH",
    "H3_INDEX", "HANDLE", "IBAN_CODE", "IMEI", "IP_ADDRESS", "LOCATION", "MAC_ADDRESS", "MAP_LINK", "NMEA_SENTENCE",
    "NUMBER", "PERSON", "PHONE_NUMBER", "PLUS_CODE", "URL", "US_SSN",
]  # fmt: skip
KINDS: tuple[KindName, ...] = get_args(KindName)
"""What redaction can find."""


class Redaction(BaseModel):
    """How a purpose redacts: the usual ``operator``, those that a person may also ask for, and what is looked for.

    ``whole_text`` is for certainty: nothing is looked for, the whole text is one finding.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator: OperatorName
    on_request: tuple[OperatorName, ...] = ()
    kinds: tuple[KindName, ...] = Field(default=KINDS, min_length=1)
    whole_text: bool = False

    @model_validator(mode="after")
    def _whole_has_no_kinds(self) -> Redaction:
        if self.whole_text and self.kinds != KINDS:
            raise ValueError("with whole_text nothing is looked for: leave kinds out")
        return self

    @property
    def allowed(self) -> tuple[OperatorName, ...]:
        """The usual operator, every safer one, and what may be asked for."""
        safer = OPERATORS[: OPERATORS.index(self.operator)]
        return tuple(dict.fromkeys((self.operator, *self.on_request, *reversed(safer))))


NOTHING_LEFT = Redaction(operator="drop", whole_text=True)
"""What a purpose that states nothing leaves of a text."""
