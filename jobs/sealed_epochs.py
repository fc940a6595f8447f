"""Which keys open published rows: the epochs that files of sealed tables name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from jobs.commit import StagedFile
from jobs.home import Home, Region
from jobs.region_keys import vault_of
from quality.contracts import Contract
from quality.contracts.at_rest import EPOCH, at_rest
from quality.contracts.errors import UsageError


def epochs_of(folder: Path, files: Iterable[StagedFile]) -> Iterator[tuple[date, set[str]]]:
    """Return the date of each file below a table's folder and the epochs of the keys that seal its rows."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for file in files:
        column = pq.ParquetFile(folder / file.path).read([EPOCH.name])[EPOCH.name]
        yield file.date, set(pc.unique(column.drop_null()).to_pylist())


def refuse_unreadable(home: Home, region: Region, of: Contract, folder: Path, files: Iterable[StagedFile]) -> None:
    """Raise ``UsageError`` if readers would be shown rows whose keys were replaced and destroyed since."""
    if at_rest(of) is of:
        return
    needed = set[str]().union(*[epochs for _, epochs in epochs_of(folder, files)])
    if needed and needed - set(vault_of(home, region).epochs()):
        raise UsageError(
            f"Rows of {of.name} that readers would fall back to cannot be opened: their keys were replaced since.",
            mend=f"Mend the cause and make the dates anew: `geoward run {of.name} --force --region {region.name}`.",
        )
