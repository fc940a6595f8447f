"""Delta tables of one region: read, stage, publish. Each row is written once; readers never see unaudited rows.

Files are staged inside the table's folder, audited as files, and then named by one atomic commit. Spark writes the
files; the commit itself needs no Spark.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jobs import manifest
from jobs.commit import Change, Claims, StagedFile, app_id, commit
from jobs.home import Region
from jobs.publications import FIRST
from jobs.staged import Staged, rows_by_date, staged_files
from jobs.table_version import TableVersion, open_newest
from jobs.unfinished import remove
from quality.contracts import DATE, Contract
from quality.contracts.at_rest import at_rest, sealed_columns
from quality.contracts.errors import PublishedBefore, PublishedMeanwhile

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame, SparkSession

    from transforms.privacy.seal_rows import SubjectKeys

MANY_DATES = 64
"""Above so many dates in one run, small files cost more than a shuffle does."""


@dataclass(frozen=True)
class Lake:
    """The tables of one region. ``spark`` starts or returns the session.

    Rows of raw, clean and quarantine lie on disk sealed (``quality.contracts.at_rest``), by keys of their ``subjects``.
    """

    region: Region
    spark: Callable[[], SparkSession]
    subjects: Callable[[], SubjectKeys] = field(default_factory=lambda: no_keys, compare=False)
    _known: dict[str, TableVersion] = field(default_factory=dict, compare=False, repr=False)

    def path(self, name: str) -> Path:
        """Return the table's folder."""
        layer, _, table = name.partition(".")
        return self.region.root / layer / table

    def table(self, name: str) -> DeltaTable | None:
        """Return the Delta table without Spark; None before its first publication."""
        newest = self._newest(name)
        return newest.table if newest else None

    def is_gone(self, name: str) -> bool:
        """Return whether nothing is published of a table: it never was, or it was set aside or lost since."""
        table = self.table(name)
        return table is None or table.version() < FIRST

    def _newest(self, name: str) -> TableVersion | None:
        """Return what is published now; a log is read again only when it has grown.

        Raises ``EnvironmentFault`` naming the table when its log cannot be read.
        """
        path = self.path(name)
        if (known := self._known.get(name)) and known.is_newest(path):
            return known
        if not (path / "_delta_log").is_dir():
            return None
        self._known[name] = open_newest(self.region, name, path)
        return self._known[name]

    def rows(self, name: str) -> Counter[date]:
        """Return the published rows by date, from the table's log."""
        return rows_by_date(self._active(name))

    def read(self, contract: Contract, dates: Iterable[date] | None = None) -> DataFrame:
        """Return published rows, of the given dates or all; an empty frame before the first publication.

        Where rows are sealed, ``_erased`` tells of those whose subject was destroyed: all else of them is null.
        The log names the files of the version that is published now, and Spark reads just those: planning a Delta
        snapshot in Spark costs more than a small run itself. A table that another writer gave features beyond plain
        files (deletion vectors, column mapping) is read through Delta in Spark.
        """
        table = self.table(contract.name)
        if table is None:
            return self._nothing(contract)
        if table.protocol().min_reader_version > 1:
            df = self.spark().read.format("delta").load(str(self.path(contract.name)))
            df = df if dates is None else df.where(df[DATE].isin(list(dates)))
            return self._opened(df, contract)
        wanted = None if dates is None else set(dates)
        files = [file.path for file in self.published(contract).files if wanted is None or file.date in wanted]
        return self._read_files(contract, [self.path(contract.name) / file for file in files])

    def seal(self, df: DataFrame, contract: Contract, **of: str) -> DataFrame:
        """Return rows as they lie on disk; see ``seal_rows``."""
        from transforms.privacy.seal_rows import seal_rows

        return df if not sealed_columns(contract) else seal_rows(df, contract, self.subjects(), **of)

    def _opened(self, df: DataFrame, contract: Contract) -> DataFrame:
        from transforms.privacy.seal_rows import open_rows

        return df if not sealed_columns(contract) else open_rows(df, contract, self.subjects())

    def _nothing(self, contract: Contract) -> DataFrame:
        nothing = self.spark().createDataFrame([], at_rest(contract).spark_schema)
        return self._opened(nothing.where("false"), contract)  # which Spark plans for: a join with it costs nothing

    def _read_files(self, contract: Contract, files: Iterable[Path]) -> DataFrame:
        """Read Parquet files whose partition is in their folder's name; one read for each stage they came from."""
        from pyspark.sql import DataFrame

        stages: dict[Path, list[str]] = {}
        for file in files:
            stages.setdefault(file.parents[1], []).append(str(file))
        reader = self.spark().read.schema(at_rest(contract).spark_schema)
        frames = [reader.option("basePath", str(base)).parquet(*paths) for base, paths in sorted(stages.items())]
        return self._opened(reduce(DataFrame.union, frames), contract) if frames else self._nothing(contract)

    def stage(self, df: DataFrame, contract: Contract, run_id: str, *, dates: int = 1) -> Staged:
        """Write the rows below the table's folder, unseen by readers, and count them from the files' footers.

        Raises ``ContractViolation`` if they are not as rows at rest are: none is written unsealed.
        A history of many ``dates`` is first brought together by date: else each task would write a file for each.
        """
        folder = self.begin(contract, run_id)
        df = at_rest(contract).conform(df)
        df = df.repartition(DATE) if dates > MANY_DATES else df
        df.write.mode("overwrite").partitionBy(DATE).parquet(str(folder))
        return staged_files(contract, folder)

    def begin(self, contract: Contract, run_id: str) -> Path:
        """Return the folder in which a run stages files of a table; what it staged before and did not publish is gone.

        Raises ``PublishedBefore`` if the run has published: its files are named by a version and stay as they are.
        """
        self.region.folder(*contract.name.split(".", 1))
        folder = self.path(contract.name) / f"stage-{run_id}"
        if folder.exists():
            self.discard(contract.name, run_id)
        if folder.exists():
            raise PublishedBefore(contract.name, self.region.name, run_id)
        manifest.begin(folder.parent, run_id)
        return folder

    def read_staged(self, staged: Staged) -> DataFrame:
        """Return the staged rows, from the very files that a publication would name."""
        return self._read_files(staged.contract, [staged.root / file.path for file in staged.files])

    def discard(self, name: str, run_id: str) -> None:
        """Remove what a run staged and did not publish; nothing that any version names."""
        with self.locked():
            remove(self.path(name), run_id)

    def published(self, contract: Contract) -> Staged:
        """Return the files of the version that is published now, to be judged again."""
        return Staged(contract, self.path(contract.name), tuple(self._active(contract.name)))

    def _active(self, name: str) -> Iterable[StagedFile]:
        newest = self._newest(name)
        return newest.files if newest else ()

    def claims(self, name: str, dates: Iterable[date]) -> Claims:
        """Return how often each partition was published so far, by its transaction id in the table's log."""
        table = self.table(name)
        return {day: (table.transaction_version(app_id(name, day)) or 0) if table else 0 for day in dates}

    def publish(
        self, staged: Staged, dates: Sequence[date], facts: dict[str, Any], claims: Claims | None = None
    ) -> int:
        """Commit while no other run can; see ``claimed`` and ``commit``."""
        with self.claimed(staged.contract.name, dates, claims):
            return self.commit(staged, dates, facts)

    @contextmanager
    def claimed(self, name: str, dates: Sequence[date], claims: Claims | None) -> Iterator[None]:
        """Hold the region's lock. ``claims`` are those of the moment when the run read its inputs.

        Raises ``PublishedMeanwhile`` if another run published one of the dates since, whose rows this one would undo.
        """
        with self.locked():
            now = self.claims(name, dates)
            if claims is not None and (lost := sorted(day for day in dates if now[day] != claims[day])):
                raise PublishedMeanwhile(name, self.region.name, str(lost[0]))
            yield

    def commit(self, staged: Staged, dates: Sequence[date], facts: dict[str, Any]) -> int:
        """Replace ``dates`` by the staged files in one commit and return the table's new version; hold the lock.

        ``facts`` go into the commit's metadata: run and digests, never a value or a key.
        """
        claims = self.claims(staged.contract.name, dates)
        return commit(staged.root, staged.contract, Change("publish", tuple(dates), staged.files, facts, claims))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the region's lock: of two that both make a table at first, each would keep the other's rows."""
        with (self.region.folder() / "publish.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def no_spark() -> NoReturn:
    """Stand for the session where none is needed."""
    raise AssertionError("this needs no Spark")


def no_keys() -> NoReturn:
    """Stand for the keys where none are needed."""
    raise AssertionError("this opens no rows")
