"""Gather what a build may see: frames of the right dates, policy, legal bases, a key reference, the tiling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.catalog import Catalog, now
from jobs.home import Home, Region
from jobs.job import Inputs, Job, Landed, Read, Shared, partition_of
from jobs.lake import Lake
from jobs.land_files import MAPPINGS, kept_file
from jobs.landing.file_keys import KeptKeys
from jobs.landing.read_records import LandedFile, read_records
from jobs.landing_ledger import File, Part
from jobs.reference import tiling_for
from jobs.region_keys import RegionKeys, region_keys
from quality.contracts import Contract, contract
from quality.contracts.at_rest import readable
from quality.policies.jurisdiction import CONSENT, Release
from quality.sources.load_mapping import load_mapping
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class Workplace:
    """One region's lake and catalog, opened for a run."""

    home: Home
    region: Region
    lake: Lake
    catalog: Catalog
    shared: Shared = field(default_factory=Shared)

    @classmethod
    def open(cls, home: Home, region: Region, spark: Callable[[], SparkSession]) -> Workplace:
        """Open a region; nothing is started until a frame is read."""
        place = cls(home, region, Lake(region, spark, lambda: place.keys.subjects), Catalog(region))
        return place

    def mappings(self, files: Iterable[File]) -> list[tuple[Mapping, list[File]]]:
        """Return the files by the mapping they landed under; a source may have landed under several."""
        by_version: dict[tuple[str, str], list[File]] = {}
        for file in files:
            by_version.setdefault((file.source, file.mapping_version), []).append(file)
        return [(self._mapping(version), group) for (_, version), group in by_version.items()]

    def _mapping(self, version: str) -> Mapping:
        return _kept_mapping(self.region.folder(MAPPINGS) / f"{version}.yaml")

    def bases(self) -> dict[str, dict[str, str]]:
        """Return each source's legal basis by purpose; where its mappings differ, the strictest: none, then Consent."""
        found: dict[str, list[dict[str, str]]] = {}
        for _, version in self.catalog.mapping_versions():
            mapping = self._mapping(version)
            found.setdefault(mapping.name, []).append(dict(mapping.legal_basis))
        return {source: _strictest(stated) for source, stated in found.items()}

    @cached_property
    def keys(self) -> RegionKeys:
        """The region's keys, made at first use."""
        return region_keys(self.home, self.region)

    @cached_property
    def file_keys(self) -> KeptKeys:
        """The keys of the region's landed files."""
        return KeptKeys(self.home, self.region)

    @property
    def release(self) -> Release:
        """How anonymous tables are cut in this region."""
        return self.home.policy.jurisdiction(self.region.jurisdiction).release

    def inputs(self, job: Job, dates: tuple[date, ...]) -> Inputs:
        """Return what the job's build may see for ``dates``; for a windowed job these are the windows' first days."""
        from jobs.release.lake_figures import LakeFigures

        return Inputs(
            self.region, self.home.policy, dates, self.today(),
            {read.table: self._frame(job, read, dates) for read in job.reads},
            self.bases(), self.keys,
            tiling_for(self.home, self.release), self._landed, self._nothing, self._versions(job), self.shared,
            LakeFigures(self.home, self.region, lambda: self.keys.pseudonym),
            lambda: self.lake.read(job.writes, dates),
        )  # fmt: skip

    def _versions(self, job: Job) -> tuple[tuple[str, int | None], ...]:
        """Return the published version of each table the job reads, for a windowed job: others share nothing."""
        tables = {read.table: self.lake.table(read.table) for read in job.reads} if job.windowed else {}
        return tuple((name, table.version() if table else None) for name, table in sorted(tables.items()))

    def rows_in(self, job: Job, dates: tuple[date, ...]) -> Counter[date]:
        """Return the rows of the job's counted inputs by date, from the ledger or the tables' logs, not the build."""
        counts: Counter[date] = Counter({day: 0 for day in dates})
        if job.kind == "land":
            for day, parts in self.catalog.files_holding(job.name, dates)[1].items():
                counts[day] += sum(part.rows for part in parts) if day in counts else 0
        for read in job.reads:
            for day, rows in self.lake.rows(read.table).items() if read.counted else ():
                partition = partition_of(job, self.release, day)
                counts[partition] += rows if partition in counts else 0
        return Counter({day: counts[day] for day in dates})

    def _landed(self, writes: Contract, dates: tuple[date, ...]) -> list[Landed]:
        """Return the records of the files that hold rows of ``writes`` for ``dates``, by mapping."""
        files, held = self.catalog.files_holding(writes.name, dates)
        parts: dict[tuple[str, str], dict[date, Part]] = {}
        for day, part in ((day, part) for day, of_day in held.items() for part in of_day):
            parts.setdefault((part.source, part.file_id), {})[day] = part
        found = []
        for mapping, mine in self.mappings(files):
            days = {file.file_id: parts[file.source, file.file_id] for file in mine}
            dates_held = frozenset[date]().union(*days.values())
            frames = read_records(self.lake.spark(), self.kept(mine, days), mapping)
            found += [Landed(records, mapping, dates_held) for records in frames]
        return found

    def today(self) -> date:
        """Return today's date, UTC."""
        return now().date()

    def kept(self, files: Sequence[File], dates: Dict[str, Dict[date, Part]] | None = None) -> list[LandedFile]:
        """Return where the kept bytes of those files are; ``dates`` is what the ledger says of each ``file_id``."""
        keys = self.file_keys.for_workers if files else self.file_keys
        return [
            LandedFile(
                kept_file(self.region, file, keys), file.file_id, file.landed_at, file.columns,
                _entered(file, (dates or {}).get(file.file_id, {})),
            )
            for file in files
        ]  # fmt: skip

    def _nothing(self, writes: Contract) -> DataFrame:
        schema = writes.spark_schema.add("_reason", "string").add("_payload", "string")
        return self.lake.spark().createDataFrame([], schema)

    def _frame(self, job: Job, read: Read, dates: tuple[date, ...]) -> DataFrame:
        """Return the rows that a job reads; those of erased subjects only where they are counted."""
        source = contract(read.table)
        if read.scope == "same_dates":
            days = self.lake.rows(read.table) if job.windowed else dates
            df = self.lake.read(source, [day for day in days if partition_of(job, self.release, day) in dates])
        elif read.scope == "up_to_date":
            df = self.lake.read(source, [day for day in self.lake.rows(read.table) if day <= max(dates)])
        else:
            df = self.lake.read(source)
        return df if read.counted else readable(df)


@cache
def _kept_mapping(path: Path) -> Mapping:
    """Return a mapping that files landed under: it is named after its text, so the file never changes."""
    return load_mapping(path)


def stand_in(file: File, dates: Collection[date]) -> date:
    """Return the date of a file's rows that have no usable time: the last of ``dates``, else the date of landing.

    They so wait beside the rows they came with, and make no partition of their own where there is one.
    """
    return max(dates, default=file.landed_at.date())


def _entered(file: File, dates: Dict[date, Part]) -> date:
    """Return the date under which the ledger counts rows without a time: what is built must say the same."""
    undated = [day for day, part in dates.items() if part.rows > part.usable]
    return max(undated) if undated else stand_in(file, dates)


def _strictest(stated: list[dict[str, str]]) -> dict[str, str]:
    chosen = {}
    for purpose in set.intersection(*[set(bases) for bases in stated]):
        bases = {each[purpose] for each in stated}
        if CONSENT in bases or len(bases) == 1:
            chosen[purpose] = CONSENT if CONSENT in bases else min(bases)
    return chosen
