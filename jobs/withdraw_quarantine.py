"""The quarantine of a table that is taken back: readers of it see the rows kept back from what readers now fall to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from jobs import manifest
from jobs.commit import Change, StagedFile, commit
from jobs.lake import Lake
from jobs.manifest import FileEntry, Manifest
from jobs.quarantine import quarantine_contract
from jobs.unfinished import committed, finish
from jobs.withdrawals import Begun


def kept_back_with(
    table: Iterable[Manifest], quarantine: Iterable[Manifest], fallbacks: Mapping[str, int | None]
) -> Iterator[FileEntry]:
    """Yield the files of a quarantine that belong to versions of its table, by date: one run published both.

    A run that kept nothing back, while nothing was kept back before, published no quarantine: then there are none.
    """
    runs = {each.version: each.run_id for each in table}
    wanted = {(day, runs.get(version)) for day, version in fallbacks.items() if version is not None}
    for each in quarantine:
        for file in each.files if each.kind == "publish" else ():
            if (file.date, each.run_id) in wanted:
                yield file


def withdraw_quarantine(lake: Lake, begun: Begun) -> int | None:
    """Show what belongs to the rows that the table shows after the withdrawal was committed.

    Returns the quarantine's new version, None if it needs none; can be killed and done again. The caller holds the
    region's lock. Raises what ``commit`` raises.
    """
    contract = quarantine_contract(begun.dataset)
    path = lake.path(contract.name)
    finish(path)
    if (done := committed(path, begun.run_id)) is not None:
        return done
    table, quarantine = manifest.history(lake.path(begun.dataset)), manifest.history(path)
    days = {str(day) for day in begun.dates}
    sources = {day: version for day, version in manifest.sources(table).items() if day in days}
    files = list(kept_back_with(table, quarantine, sources))
    if {file.path for file in files} == _shown(quarantine, days):
        return None
    facts = {"run_id": begun.run_id, "withdraws": begun.version}
    change = Change("withdraw", begun.dates, tuple(map(_staged, files)), facts, lake.claims(contract.name, begun.dates))
    return commit(path, contract, change)


def _shown(quarantine: list[Manifest], days: Collection[str]) -> set[str]:
    return {file.path for day, files in manifest.active(quarantine).items() if day in days for _, file in files}


def _staged(file: FileEntry) -> StagedFile:
    return StagedFile(file.path, file.bytes, file.rows, date.fromisoformat(file.date), 0, file.sha256)
