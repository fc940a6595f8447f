"""What can be wrong with what is stored, in the words of `geoward fsck`, and the next step for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import ConfigDict

from jobs.home import Region
from jobs.landing.file_name import told

DamageKind = Literal[
    "file_missing", "file_changed", "file_added", "history_changed", "orphan", "unfinished",
    "log_missing", "log_added", "log_edited", "manifest_missing", "manifest_edited", "manifest_added",
    "table_missing", "table_rolled_back", "state_differs", "unopenable", "set_aside",
    "landed_missing", "landed_changed", "landed_added",
    "catalog_damaged", "catalog_differs", "audit_damaged", "vault_missing", "vault_damaged",
    "counter_missing",
]  # fmt: skip
DAMAGE_KINDS: tuple[DamageKind, ...] = get_args(DamageKind)

ASIDE = "_aside"
"""Ends the name of what a person set aside in a region's root."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was published; ``path`` is below the region's root, of audit log or vault home."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: DamageKind
    region: str
    table: str
    path: str
    what: str
    mend: str

    def told(self) -> Damage:
        """Return it as it may be shown: what lies on a disk may have any name."""
        table, path, what, mend = map(told, (self.table, self.path, self.what, self.mend))
        return Damage(self.kind, self.region, table, path, what, mend)


@dataclass(frozen=True, slots=True)
class Removed:
    """One orphan, a file or a whole stage, that was removed, or would be; ``path`` is below the region's root."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    region: str
    table: str
    path: str
    files: int
    bytes: int

    def told(self) -> Removed:
        """Return it as it may be shown."""
        return replace(self, table=told(self.table), path=told(self.path))


@dataclass
class Checked:
    """How much was looked at."""

    tables: int = 0
    versions: int = 0
    files: int = 0
    bytes: int = 0
    vault_rows: int = 0


@dataclass(frozen=True)
class TablePlace:
    """A table that is looked at: where it is, and how its damages are told.

    ``held`` are the dates whose last version was withdrawn: a forced run would make it again. ``begun`` are the runs
    whose publication or withdrawal was begun and is not entered in the catalog yet. ``told`` says that audit log and
    catalog are whole, so that what neither names was never told to anybody.
    """

    region: Region
    name: str
    held: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    told: bool = False

    @property
    def path(self) -> Path:
        """The table's folder."""
        layer, _, table = self.name.partition(".")
        return self.region.root / layer / table

    def damage(self, kind: DamageKind, name: str, what: str, mend: str = "") -> Damage:
        """Return a damage of the file ``name`` below the table's folder; without a ``mend`` it is an incident."""
        path = f"{self.name.replace('.', '/', 1)}/{name}".rstrip("/")
        return Damage(kind, self.region.name, self.name, path, what, mend or self.incident())

    def remake(self, day: str) -> str:
        """Return the command that makes one date again, where that is right."""
        if day in self.held:
            return f"Restore the file from a backup: a run of {day} would make again what was withdrawn."
        return f"`geoward run {made_by(self.name)} --date {day} --force --region {self.region.name}` makes it again."

    def rebuild(self) -> str:
        """Return the command that makes all of a table again, and what it undoes."""
        again = " (it also makes what was withdrawn: withdraw it again, see `geoward audit list`)" if self.held else ""
        return f"`geoward run {made_by(self.name)} --force --region {self.region.name}`{again}"

    def incident(self) -> str:
        """Return what to do when nobody can say any more what was published: never to delete what readers see."""
        restore = "Someone or something else writes here: treat it as an incident. Restore the table from a backup"
        if not made_by(self.name):
            return "Find out who put it there; no job makes a table of this name, and no reader is shown it."
        old, aside = self.name.replace(".", "/", 1), self.name.replace(".", "_") + ASIDE
        again = f"`mv {old} {aside}` in the region's root, then {self.rebuild()}, then `geoward fsck`"
        return f"{restore}, or set it aside and make it again: {again}."


@cache
def made_by(table: str) -> str:
    """Return the table whose run writes ``table``: itself, or for a quarantine table the one its rows are of."""
    from jobs.quarantine import quarantine_contract
    from jobs.registry import JOBS

    return table if table in JOBS else {quarantine_contract(name).name: name for name in JOBS}.get(table, "")
