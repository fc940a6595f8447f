"""What is wrong with a CSV file that cannot be read: its encoding, or the line. Looked for only if reading failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def not_utf8(name: str, head: bytes) -> UsageError:
    """Return what to say of a file that begins with ``head`` and is not UTF-8: the likely encoding, and how to mend."""
    likely = "UTF-16" if head[:2] in _UTF_16 or b"\0" in head else "WINDOWS-1252"
    mend = f"It is probably {likely}. Convert it: `iconv -f {likely} -t UTF-8 {name} > utf8.csv`."
    return UsageError(f"{name} is not UTF-8.", mend=mend)


def fault_of(name: str, content: pa.NativeFile, names: Sequence[str], delimiter: str, first: int) -> UsageError | None:
    """Return what is wrong in the first record that has other fields than ``names``, is not UTF-8 or never ends.

    Records begin at line ``first``. No value is told.
    """
    try:
        with content, io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
            lines = csv.reader(text, delimiter=delimiter, strict=True)
            for record in lines:
                if lines.line_num >= first and record and len(record) != len(names):
                    told = f"Line {lines.line_num} of {name} has {len(record)} fields, the header has {len(names)}."
                    return UsageError(told, mend="Put values that hold a delimiter in quotes, or mend that line.")
    except UnicodeDecodeError as error:
        return not_utf8(name, bytes(error.object[:4096]))
    except csv.Error:
        mend = "Close the quote, and double quotes inside of values."
        return UsageError(
            f"A quote near line {lines.line_num} of {name} is not closed, or has text after it.", mend=mend
        )
    return None
