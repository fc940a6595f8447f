"""The ``vault`` of geoward.yaml: where subjects' tokens and data keys are kept. Only places, never a secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from jobs.vault.database import Database


class VaultConfig(BaseModel):
    """A folder of SQLite files, one for each region, or a PostgreSQL connection in which ``{region}`` is replaced.

    ``counter`` remembers how many subjects were destroyed, best on another disk: an older copy is noticed by it.
    ``backups_kept_days`` is how long backups, archived logs and standby servers outlive what they hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: Path = Path("vault")
    counter: Path = Path("vault.counter")
    postgres: str = ""
    backups_kept_days: Annotated[int, Field(ge=0)] = 30

    @property
    def backups_kept(self) -> timedelta:
        """Return for how long a copy may exist elsewhere."""
        return timedelta(days=self.backups_kept_days)

    def memory(self, home: Path) -> Path:
        """Return the file of the counter."""
        return home / self.counter.expanduser()

    def where(self, region: str) -> str:
        """Return what a person looks for."""
        return "its database" if self.postgres else f"{self.folder}/{region}.sqlite"

    def database(self, home: Path, region: str) -> Database:
        """Return the database of a region's vault, which need not be there yet."""
        if self.postgres:
            from jobs.vault.postgres import PostgresDatabase

            return PostgresDatabase(self.postgres.replace("{region}", region))
        from jobs.vault.sqlite import SqliteDatabase

        return SqliteDatabase(home / self.folder.expanduser() / f"{region}.sqlite")
