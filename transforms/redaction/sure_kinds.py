"""What in a short remark of an operator surely points at a person; a case's number, a law or a day does not."""

from __future__ import annotations

import re

from quality.policies.redaction import KindName
from transforms.redaction.engine import findings

SURE: tuple[KindName, ...] = (
    "ADVERTISING_ID", "CELL_ID", "COORDINATES", "CREDIT_CARD", "EMAIL_ADDRESS", "EXIF_GPS", "H3_INDEX", "IBAN_CODE",
    "IMEI", "IP_ADDRESS", "MAC_ADDRESS", "MAP_LINK", "NMEA_SENTENCE", "PHONE_NUMBER", "PLUS_CODE", "US_SSN",
)  # fmt: skip
"""Kinds whose form says what they are. Names, places and long numbers are guesses, which remarks are full of."""

_DIALED = re.compile(r"\+|\(|0|[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}$")
_DIGITS = 9


def sure_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds that a text surely holds, each once, in order; of one that is too long to look at, ``UNREAD``.

    A telephone number counts if it is written as it is dialed, with nine digits or more: a case may be 4711-2026-001.
    """
    found = findings(text, kinds=SURE)
    return tuple(dict.fromkeys(one.kind for one in found if _is_sure(one.kind, text[one.start : one.end])))


def _is_sure(kind: str, said: str) -> bool:
    if kind != "PHONE_NUMBER":
        return True
    return _DIALED.match(said) is not None and sum(map(str.isdigit, said)) >= _DIGITS
