"""A value that must never be told, what is told of an error, and whether the one is in the other in any form."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from unittest.mock import MagicMock

from pyspark.sql.types import TimestampType

from tests.secrets import Search, forms

PLANTED = "Zq7Xw9KdR4mB"
NUMBER = 61_7394_8205
FAR = 6173948.205e6
"""No degrees, and written with the digits of ``NUMBER``."""
SECRET = b"planted key of 32 bytes, not rnd"
"""The key that cases use: no error tells it either."""


@dataclass(frozen=True)
class Case:
    """Bad input to a public callable ``of`` transforms: ``do`` feeds it; ``refused`` says whether that must raise.

    What is not refused is taken for a text like others. ``also`` are more values that must not be told.
    """

    of: str
    what: str
    do: Callable[[], object]
    refused: bool = True
    also: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """Name it for a report."""
        return f"{self.of}-{self.what}"


def forms_of(value: str) -> list[bytes]:
    """Return a value as it may be told: as itself, in small or capital letters, coded, and in UTF-16."""
    text = value.encode()
    return [*forms(text), text.lower(), text.upper(), value.encode("utf-16-le")]


def search(also: Iterable[bytes] = ()) -> Search:
    """Return what finds the planted values in any form."""
    return Search([*forms_of(PLANTED), str(NUMBER).encode(), str(NUMBER)[2:].encode(), SECRET, *also])


def told(error: BaseException) -> bytes:
    """Return all that is shown of an error: as a traceback prints it, with what it came from, and by itself."""
    parts = ["".join(traceback.format_exception(error)), str(error), repr(error), repr(vars(error))]
    return "\n".join(parts).encode("utf-8", "backslashreplace")


def _whole(function: Callable[..., object]) -> Callable[..., object]:
    """Return a function that does all that one which yields batches would do."""

    def whole(*batch: object) -> object:
        made = function(*batch)
        return list(made) if isinstance(made, Iterator) else made

    return whole


class Workers:
    """Stands for Spark: keeps the functions that a transform sends to Python workers, to be called with batches."""

    def __init__(self, monkeypatch) -> None:
        """Replace what asks Java for columns."""
        from pyspark.sql import functions as F

        self.sent: list[Callable[..., object]] = []
        for name in ("col", "struct", "lit", "broadcast", "count", "coalesce", "date_format", "xxhash64"):
            monkeypatch.setattr(F, name, MagicMock())
        monkeypatch.setattr(F, "arrow_udf", self._arrow)
        self.frame = MagicMock()
        self.frame.schema.__getitem__.return_value.dataType = TimestampType()

    def functions(self) -> list[Callable[..., object]]:
        """Return what was sent, those for batches of pandas and for all batches of a task too."""
        of_frames = ("applyInPandas", "mapInArrow")
        grouped = [call.args[0] for call in self.frame.mock_calls if call[0].endswith(of_frames)]
        return [*self.sent, *map(_whole, grouped)]

    def _arrow(self, function: Callable[..., object], returns: str) -> MagicMock:
        self.sent.append(function)
        return MagicMock()
