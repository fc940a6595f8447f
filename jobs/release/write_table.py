"""Write a release's table: whole or not at all, for its owner's eyes until it is given away."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


def check_output(source: Path, target: Path) -> None:
    """Raise ``UsageError`` if ``target`` cannot be written as CSV or Parquet, or would replace ``source``."""
    if target.suffix.lower() not in (".csv", ".parquet"):
        raise UsageError("The output is neither CSV nor Parquet.", mend="Name it *.csv or *.parquet.")
    if target.exists() and source.exists() and target.samefile(source):
        raise UsageError("The output would replace the input.", mend="Name another file with --output.")
    if not target.absolute().parent.is_dir():
        raise UsageError("There is no folder for the output.", mend="Make it, or name another file.")


def write_table(table: pa.Table, target: Path) -> None:
    """Write the table; ``target`` is there whole at the end, and else as it was before."""
    import pyarrow.parquet as pq
    from pyarrow import csv

    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if target.suffix.lower() == ".csv":
                csv.write_csv(table, file)
            else:
                pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
