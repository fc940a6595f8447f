"""Write a release's table: whole or not at all, for its owner's eyes until it is given away."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.manifest import sha256_of
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


def check_output(source: Path, target: Path) -> None:
    """Raise ``UsageError`` if ``target`` cannot be written as CSV or Parquet, or would replace ``source``."""
    if target.suffix.lower() not in (".csv", ".parquet"):
        raise UsageError("The output is neither CSV nor Parquet.", mend="Name it *.csv or *.parquet.")
    if target.is_dir():
        raise UsageError("The output is a folder.", mend="Name another file with --output.")
    if target.exists() and source.exists() and target.samefile(source):
        raise UsageError("The output would replace the input.", mend="Name another file with --output.")
    if not target.absolute().parent.is_dir():
        raise UsageError("There is no folder for the output.", mend="Make it, or name another file.")


def write_table(table: pa.Table, target: Path) -> str:
    """Write the table and return the SHA-256 of what was written, whatever lies at ``target`` later.

    ``target`` is there whole at the end, and else as it was before.
    """
    import pyarrow.parquet as pq
    from pyarrow import csv

    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            if target.suffix.lower() == ".csv":
                csv.write_csv(table, file)
            else:
                pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            written = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return written


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, as ``sha256sum`` prints it; of a folder that of its files' lines."""
    if not path.is_dir():
        return sha256_of(path)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = (f"{sha256_of(file)}  {file.relative_to(path)}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
