"""Take a published version back: readers fall back to the last good one, and what was made from it is made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jobs import manifest
from jobs.audit_log import read_audit
from jobs.commit import Change, StagedFile, commit, facts_of
from jobs.finish_publications import finish_publications, refuse_unended
from jobs.finish_withdrawals import end_withdrawal, finish_withdrawals
from jobs.home import Home, Region
from jobs.job_inputs import Workplace
from jobs.lake import Lake, no_spark
from jobs.landed_regions import catalogs
from jobs.landing.file_name import told
from jobs.ledger_file import unchanged
from jobs.manifest import Manifest
from jobs.plan import plan, with_sources
from jobs.quarantine import quarantine_contract
from jobs.run import new_run_id
from jobs.sealed_epochs import refuse_unreadable
from jobs.table_on_disk import between_publications
from jobs.unfinished import committed, finish, known
from jobs.withdraw_quarantine import kept_back_with
from jobs.withdrawals import Begun
from quality.contracts import contract
from quality.contracts.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fallback:
    """What one partition shows instead: the files that ``version`` published, none if nothing good is known."""

    date: date
    version: int | None
    files: tuple[StagedFile, ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was taken back, the table's ``new_version`` (None in a dry run), and what is to be made again by table.

    ``since`` is of a withdrawal that was done before: what its dates show now, which may have been made again since.
    """

    fallbacks: tuple[Fallback, ...]
    new_version: int | None
    downstream: dict[str, int]
    since: Mapping[date, int | None] | None = None


def withdraw(place: Workplace, table: str, version: int, why: str) -> Withdrawal:
    """Withdraw what ``version`` published and still shows, date by date; nothing else is touched.

    The rows that were kept back from it go with it. The dates wait then: the same inputs, code and policy would make
    what was withdrawn, so the plan leaves them alone until one of these changes. A date that a later version replaced
    is not withdrawn. What was withdrawn before, as by a command that was killed right after, is told again. Raises
    ``UsageError`` if nothing that can be read now is of that version, or if the files of an earlier version are gone
    or changed, or cannot be opened any more; ``EnvironmentFault`` if a publication of the table was begun and cannot
    be ended.
    """
    path = place.lake.path(table)
    with place.lake.locked():
        finish(path)
        finish_publications(place.home, place.region)
        refuse_unended(place.region, place.catalog, table)
        finish_withdrawals(place.home, place.region)
        manifests = manifest.history(path)
        if done := _done_before(place.lake, table, manifests, version):
            _end_again(
                place, Begun("", table, version, tuple(one.date for one in done.fallbacks), why), done.new_version
            )
            return replace(done, downstream=_downstream(place, table, set()))
        fallbacks = _fallbacks(place.lake, place.catalog.withdrawn_versions(table), table, manifests, version)
        refuse_unreadable(place.home, place.region, contract(table), path, _files(fallbacks))
        before = {(entry.table, entry.date) for entry in plan(place)}
        days = tuple(fallback.date for fallback in fallbacks)
        begun = Begun(new_run_id(), table, version, days, told(why), _digests(place, table))
        new = _commit(place, fallbacks, begun)
    return Withdrawal(fallbacks, new, _downstream(place, table, before))


def would_withdraw(home: Home, region: Region, table: str, version: int) -> Withdrawal:
    """Return what a withdrawal would do, as far as what was begun will be ended first. Changes nothing at all.

    Raises what ``withdraw`` raises.
    """
    lake, bad = Lake(region, no_spark), set[tuple[date, int]]()
    with unchanged(), between_publications(region):
        for _, catalog in catalogs(home, region.name):
            bad |= catalog.withdrawn_versions(table)
            begun = [one for one in catalog.begun_withdrawals() if one.dataset == table]
            bad |= {(day, one.version) for one in begun if committed(lake.path(table), one.run_id) for day in one.dates}
        manifests = known(lake.path(table))
        if done := _done_before(lake, table, manifests, version):
            return done
        fallbacks = _fallbacks(lake, bad, table, manifests, version)
        refuse_unreadable(home, region, contract(table), lake.path(table), _files(fallbacks))
        return Withdrawal(fallbacks, None, {})


def _files(fallbacks: Sequence[Fallback]) -> list[StagedFile]:
    return [file for fallback in fallbacks for file in fallback.files]


def _commit(place: Workplace, fallbacks: Sequence[Fallback], begun: Begun) -> int:
    """Show the fallbacks. From its first line to its last it can be killed: ``finish_withdrawals`` ends it."""
    place.catalog.begin_withdrawal(begun)
    files = tuple(_files(fallbacks))
    facts = {"run_id": begun.run_id, "withdraws": begun.version}
    change = Change("withdraw", begun.dates, files, facts, place.lake.claims(begun.dataset, begun.dates))
    new = commit(place.lake.path(begun.dataset), contract(begun.dataset), change)
    end_withdrawal(place.home, place.region, place.catalog, begun, new)
    return new


def _end_again(place: Workplace, begun: Begun, new: int | None) -> None:
    """End a withdrawal that was committed and of which no auditor was told, as when its catalog was lost since."""
    run_id = facts_of(place.lake.path(begun.dataset), new).get("run_id", "") if new is not None else ""
    if new is not None and not any(entry["detail"].get("run_id") == run_id for entry in read_audit(place.home)):
        begun = replace(begun, run_id=run_id)
        end_withdrawal(place.home, place.region, place.catalog, begun, new, again=True)


def _done_before(lake: Lake, table: str, manifests: list[Manifest], version: int) -> Withdrawal | None:
    """Return the withdrawal of a version that nothing shows any more; None if it was not withdrawn, but replaced."""
    if version in manifest.sources(manifests).values():
        return None
    for number, each in reversed(list(enumerate(manifests, 1))):
        if each.kind == "withdraw" and facts_of(lake.path(table), each.version).get("withdraws") == str(version):
            back, since = _shown(manifests[:number], each.dates), _shown(manifests, each.dates)
            return Withdrawal(tuple(Fallback(day, back[day], ()) for day in back), each.version, {}, since)
    return None


def _shown(manifests: list[Manifest], days: Sequence[str]) -> dict[date, int | None]:
    """Return which version these dates show after the last of the manifests, None if it took back all there was."""
    emptied = {each.version for each in manifests if each.kind == "withdraw"}  # it is no source of anything it shows
    shown = manifest.sources(manifests)
    return {date.fromisoformat(day): None if shown[day] in emptied else shown[day] for day in sorted(days)}


def _downstream(place: Workplace, table: str, before: set[tuple[str, date]]) -> dict[str, int]:
    """Return how many partitions of what is made from the table are to be made now and were not ``before``."""
    found = (entry.table for entry in plan(place) if (entry.table, entry.date) not in before)
    return dict(Counter(name for name in found if name != table and table in with_sources({name})))


def _fallbacks(
    lake: Lake, bad: set[tuple[date, int]], table: str, manifests: list[Manifest], version: int
) -> tuple[Fallback, ...]:
    shown = manifest.sources(manifests)
    days = sorted(day for day, source in shown.items() if source == version)
    if not days:
        current = ", ".join(map(str, sorted(set(shown.values())))) or "none"
        raise UsageError(
            f"Nothing that {table} shows now in {lake.region.name} was published by version {version}.",
            mend=f"Versions shown now: {current}. `geoward tables show {table}` tells more.",
        )
    bad = bad | _withdrawn(manifests)
    earlier = [each for each in reversed(manifests) if each.kind == "publish" and each.version < version]
    found = tuple(_fallback(lake, table, earlier, bad, day) for day in days)
    quarantine = quarantine_contract(table).name
    versions = {str(each.date): each.version for each in found}
    for file in kept_back_with(earlier, known(lake.path(quarantine)), versions):
        _file(lake, table, quarantine, file)
    return found


def _withdrawn(manifests: list[Manifest]) -> set[tuple[date, int]]:
    """Return the (date, version) of what was taken back, by the table itself: the catalog may have been lost since."""
    found = set()
    for number, each in enumerate(manifests):
        if each.kind == "withdraw":
            shown = manifest.sources(manifests[:number])
            found |= {(date.fromisoformat(day), shown[day]) for day in each.dates if day in shown}
    return found


def _digests(place: Workplace, table: str) -> dict[date, str]:
    """Return what each date would be made from now; nothing while files are not dated, as it is not known then."""
    if place.catalog.waiting():
        return {}
    return {one.date: one.digest for one in plan(place, tables=(table,), force=True) if one.table == table}


def _fallback(lake: Lake, table: str, earlier: list[Manifest], bad: set[tuple[date, int]], day: str) -> Fallback:
    """Go back to the newest of the earlier publications of the date that was not withdrawn itself."""
    when = date.fromisoformat(day)
    for each in earlier:
        if day in each.dates and (when, each.version) not in bad:
            files = tuple(_file(lake, table, table, file) for file in each.files if file.date == day)
            return Fallback(when, each.version, files)
    return Fallback(when, None, ())


def _file(lake: Lake, table: str, of: str, file: manifest.FileEntry) -> StagedFile:
    """Return a file ``of`` the table or of its quarantine as it is to be committed again, if it is what it was."""
    path = lake.path(of) / file.path
    if not path.is_file() or manifest.sha256_of(path) != file.sha256:
        raise UsageError(
            f"A file of {of} that readers would fall back to is gone or changed: {file.path}.",
            mend=f"Mend the cause and make the date anew: `geoward run {table} --date {file.date} --force`.",
        )
    modified = int(path.stat().st_mtime * 1000)
    return StagedFile(file.path, file.bytes, file.rows, date.fromisoformat(file.date), modified, file.sha256)
