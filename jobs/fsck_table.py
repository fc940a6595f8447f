"""Whether one table on disk is what was published: versions, files, and what readers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jobs.damage import Checked, Damage, TablePlace, made_by
from jobs.fsck_catalog import check_lines, check_rows
from jobs.fsck_files import check_files
from jobs.fsck_strays import check_strays
from jobs.fsck_versions import check_versions
from jobs.publications import FIRST
from jobs.table_on_disk import TableOnDisk, read_table
from jobs.witnesses import Witness


def check_table(
    place: TablePlace, witness: Witness, alive: Callable[[], bool], checked: Checked,
    progress: Callable[[str], None],
) -> Iterator[Damage]:  # fmt: skip
    """Return every damage of a table. What a living run stages is none."""
    if not made_by(place.name):
        yield place.damage("file_added", "", "no job makes a table of this name")
        return
    before = alive()
    disk = read_table(place.region, place.path)
    living = alive() or before
    published = disk.commits.keys() - {FIRST - 1}  # a run may have been killed when it had made the empty table
    if not disk.digests and not published:
        if witness.newest >= FIRST:
            yield place.damage("table_missing", "", "it was published and is gone", _restore(place))
        yield from check_strays(place, disk, witness, living)
        return
    checked.tables += 1
    untold = disk.made_by(place.begun)
    for version, run_id in untold.items():  # the last that was said of it, though nobody could be told
        witness.hear(version, run_id, disk.digests.get(version, ""))
    checked.versions += len(disk.digests)
    versions = list(check_versions(place, disk, witness))
    yield from versions
    yield from check_rows(place.region, place.name, disk.manifests, witness)
    yield from check_lines(place, disk, witness)
    whole = disk.digests.keys() == disk.manifests.keys() and all(one.kind != "manifest_missing" for one in versions)
    yield from _what_readers_see(place, disk, whole)
    yield from check_files(place, disk, checked, progress)
    yield from check_strays(place, disk, witness, living)
    if not living and set(untold.values()) - disk.pending:
        what = f"version {max(untold)} was published, and its run was killed before auditors were told"
        yield place.damage("unfinished", "", what, "`geoward run` tells them.")


def _what_readers_see(place: TablePlace, disk: TableOnDisk, whole: bool) -> Iterator[Damage]:
    """Compare what Delta shows with the manifests, if there is one for each version: the chain is ``whole``."""
    if not disk.commits:
        return
    last = max(disk.manifests, default=FIRST - 1)
    later = [commit for version, commit in disk.commits.items() if version > last]
    unfinished = bool(later) and all(commit.info.get("run_id") in disk.pending for commit in later)
    try:
        shown = disk.shown(last if unfinished else None)
    except ValueError:
        yield place.damage("unopenable", "_delta_log", "Delta cannot open the table")
        return
    meant = {(file.path, file.bytes, file.rows, file.date) for file in disk.active.values()}
    if whole and shown != meant:
        count = len({each[0] for each in shown ^ meant})
        what = f"readers are shown other files than were published: {count} differ"
        yield place.damage("state_differs", "_delta_log", what)


def _restore(place: TablePlace) -> str:
    return f"Look whether its disk is mounted. Restore the table from a backup, or make it again: {place.rebuild()}."
