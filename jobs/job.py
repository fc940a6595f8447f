"""A job: what it reads, what it writes, and how to build the one from the other. It does no input or output."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, Protocol

from jobs.home import Region
from jobs.region_keys import RegionKeys
from quality.checks.verdict import Verdict
from quality.contracts import Contract
from quality.policies.jurisdiction import Jurisdiction, Release
from quality.policies.policy import Policy
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from quality.releases.noisy import NoisyRelease
    from transforms.location.tile_cells import Tiling

Scope = Literal["same_dates", "up_to_date", "all_dates"]


@dataclass(frozen=True, slots=True)
class Read:
    """One table a job reads, and which dates of it. ``counted`` rows are those of the row equation's left side.

    A change in a table read for ``all_dates`` does not make a partition stale: it is read as of use.
    """

    table: str
    scope: Scope = "same_dates"
    counted: bool = False


class Landed(NamedTuple):
    """Records of landed files that share a mapping, and all dates those files hold for the table in question."""

    records: DataFrame
    mapping: Mapping
    dates: frozenset[date]


class Shared:
    """Frames that tables of one run have in common: made once, in memory and never on disk, one of each name."""

    def __init__(self) -> None:
        """Nothing is held yet."""
        self._lock, self._held = threading.Lock(), dict[str, "tuple[object, DataFrame]"]()

    def keep(self, name: str, key: object, make: Callable[[], DataFrame]) -> DataFrame:
        """Return the frame of that name; one made for another ``key`` is freed and made again."""
        with self._lock:
            known, frame = self._held.get(name, (None, None))
            if frame is None or known != key:
                if frame is not None:
                    frame.unpersist()
                frame = kept_in_memory(make())
                self._held[name] = (key, frame)
            return frame

    def forget(self) -> None:
        """Free what is held; who still uses it makes it again."""
        with self._lock:
            for _, frame in self._held.values():
                frame.unpersist()
            self._held.clear()


def kept_in_memory(df: DataFrame) -> DataFrame:
    """Return the frame, kept in memory once it is computed; what does not fit is computed again."""
    from pyspark import StorageLevel

    return df.persist(StorageLevel.MEMORY_ONLY)


class Figures(NamedTuple):
    """What a noisy release publishes of a day: a row per partition; None where nothing may be, with the reason's code.

    ``changed``: the figures are of the day's rows as they once were.
    """

    table: pa.Table | None
    changed: bool = False
    reason: str = ""


class NoisyFigures(Protocol):
    """Makes a region's noisy figures, each at most once: who builds neither spends a budget nor holds a key."""

    def public(self, release: NoisyRelease) -> pa.Table | None:
        """Return all partitions, a column for each key, where the release lists them; None where it does not."""

    def of(self, release: NoisyRelease, day: date, rows: DataFrame) -> Figures:
        """Return the figures of a day's ``rows``; they are made only once their loss is spent."""

    def spends(self) -> pa.Table:
        """Return what was spent of the region's tables, in order (``jobs.budget.export_spends.SPENDS``)."""


def _none_shown() -> NoReturn:
    raise LookupError("what is published of the table was not handed in")


@dataclass(frozen=True)
class Inputs:
    """Everything a build may see: frames, policy, a key reference; no paths, no clock.

    ``shown`` returns what readers see of the table that is made, for ``dates``: the version before this one.
    """

    region: Region
    policy: Policy
    dates: tuple[date, ...]
    today: date
    tables: Dict[str, DataFrame]
    bases: Dict[str, Dict[str, str]]
    keys: RegionKeys
    tiling: Callable[[], Tiling]
    landed: Callable[[Contract, tuple[date, ...]], list[Landed]]
    nothing: Callable[[Contract], DataFrame]
    versions: tuple[tuple[str, int | None], ...] = ()
    shared: Shared = field(default_factory=Shared)
    noisy: NoisyFigures | None = None
    shown: Callable[[], DataFrame] = _none_shown
    kept: dict[str, DataFrame] = field(default_factory=dict)

    def keep(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """Return the frame of that name, made once and kept in memory, never on disk.

        Spark keeps one copy of equal plans: another job that ends sooner may free it, and it is then made again.
        """
        if name not in self.kept:
            self.kept[name] = kept_in_memory(make())
        return self.kept[name]

    def share(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """Return the frame of that name, made once for all tables of the run that read the same versions."""
        return self.shared.keep(name, (self.dates, self.versions), make)

    def forget(self) -> None:
        """Free what was kept."""
        for frame in self.kept.values():
            frame.unpersist()
        self.kept.clear()

    @property
    def rules(self) -> Jurisdiction:
        """The rules of the region's jurisdiction."""
        return self.policy.jurisdiction(self.region.jurisdiction)

    def sources_on(self, basis_is_consent: bool, purpose: str) -> frozenset[str]:
        """Return the sources that may serve ``purpose`` here, on consent or freely."""
        use = self.rules.uses.get(purpose)
        accepted = use.accepts if use else ()
        return frozenset(
            source
            for source, bases in self.bases.items()
            if bases.get(purpose) in accepted and (bases[purpose] == "Consent") == basis_is_consent
        )


@dataclass(frozen=True)
class Built:
    """What a build returns.

    A row-level frame has ``_reason`` (null to keep, a rejection's or a quarantine's code otherwise) and ``_payload``
    (the row as JSON, for quarantine). An aggregate's frame has ``_rows``, and ``withheld`` tells the rows that were
    left out before counting, as (event_date, reason, rows).
    """

    frame: DataFrame
    withheld: DataFrame | None = None


Check = Callable[["DataFrame", Inputs], list[Verdict]]


@dataclass(frozen=True)
class Job:
    """One published table. ``checks`` are its own, ``verifies`` the names of their verdicts.

    Checks of every table are added by the audit.
    """

    writes: Contract
    reads: tuple[Read, ...]
    build: Callable[[Inputs], Built]
    kind: Literal["land", "row", "aggregate"]
    checks: tuple[Check, ...] = field(default=())
    verifies: tuple[str, ...] = ()
    windowed: bool = False

    @property
    def name(self) -> str:
        """The table's name."""
        return self.writes.name

    @property
    def description(self) -> str:
        """What the build does, in its own words."""
        return inspect.cleandoc(function_of(self.build).__doc__ or self.writes.description)


def function_of(build: Callable[[Inputs], Built]) -> Callable[..., Built]:
    """Return the function behind a build that has its table bound."""
    return build.func if isinstance(build, partial) else build


EPOCH = date(2000, 1, 1)
"""First day of the one window that holds everything."""


def partition_of(job: Job, release: Release, day: date) -> date:
    """Return the partition that a day's rows belong to: the day, or for a windowed job its window's first day."""
    if not job.windowed or release.window == "day":
        return day
    if release.window == "epoch":
        return EPOCH
    return day.replace(day=1) if release.window == "month" else day.replace(month=1, day=1)
