"""A table as of one version, from its log: no Spark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa

from jobs import manifest
from jobs.commit import StagedFile
from jobs.explain_failure import explain_failure
from jobs.home import Region
from jobs.region_faults import look_at
from quality.contracts import DATE
from quality.contracts.errors import EnvironmentFault

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True)
class TableVersion:
    """A table as of one version. Its log is read once, and its files listed once."""

    table: DeltaTable
    number: int

    def is_newest(self, path: Path) -> bool:
        """Return whether nothing was committed since: versions have no gaps."""
        here, there = (manifest.log_file(path, number) for number in (self.number, self.number + 1))
        return here.exists() and not there.exists()

    @cached_property
    def files(self) -> tuple[StagedFile, ...]:
        """The files of the version."""
        actions = pa.table(self.table.get_add_actions(flatten=True))
        columns = [actions[name].to_pylist() for name in ("path", "size_bytes", "num_records", f"partition.{DATE}")]
        return tuple(StagedFile(unquote(path), size, rows, day) for path, size, rows, day in zip(*columns, strict=True))


def open_newest(region: Region, name: str, path: Path) -> TableVersion:
    """Return what is published of a table; raise ``EnvironmentFault`` naming it when its log cannot be read."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table = DeltaTable(path)
    except DeltaError as error:  # its text may hold what the log does
        raise explain_failure(error) or EnvironmentFault(
            f"The log of {name} in region {region.name} cannot be read.", mend=look_at(region.name)
        ) from None
    return TableVersion(table, table.version())
