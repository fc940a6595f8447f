"""Remove files that no version names and no living run staged: what killed runs left when nothing else told of them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from jobs.audit_log import audit
from jobs.damage import Checked, Damage, Removed
from jobs.fsck import Progress, fsck
from jobs.home import Home
from jobs.landing.file_name import told
from jobs.take_over import take_over


def remove_orphans(
    home: Home, region: str = "", tables: Collection[str] = (), *, checked: Checked, dry_run: bool = False,
    progress: Progress = lambda text: None,
) -> tuple[list[Removed], list[Damage]]:  # fmt: skip
    """Remove orphans and return them, with every other damage; a dry run changes nothing.

    A table with any other damage keeps its orphans, and so does a region whose catalog, and an installation whose audit
    log, is damaged: what looks like an orphan may then be what was published. Raises ``Busy`` while another process
    runs here, since it may stage files.
    """
    if not dry_run:
        take_over(home, progress, wait=False)
    found = list(fsck(home, region, tables, checked=checked, progress=progress))
    sure = _removable(found)
    removed = [_measured(home, one) for one in sure]
    if not dry_run:
        for (name, table), count in Counter((one.region, one.table) for one in sure).items():
            paths = [told(one.path) for one in sure if (one.region, one.table) == (name, table)]
            audit(home, "run", told(table), "orphans removed", region=name, orphans=count, paths=paths)
        for one in sure:
            _remove(home.region(one.region).root / one.path)
    return removed, [one for one in found if one not in sure]


def _removable(found: Iterable[Damage]) -> list[Damage]:
    """Return the orphans of tables that are otherwise sound, as are the witnesses of what was published in them."""
    found = list(found)
    unsound = {(one.region, one.table) for one in found if one.kind != "orphan"}
    doubted = {one.region for one in found if one.kind in ("catalog_damaged", "catalog_differs", "audit_damaged")}
    return [
        one
        for one in found
        if one.kind == "orphan" and (one.region, one.table) not in unsound and not doubted & {one.region, ""}
    ]


def _measured(home: Home, one: Damage) -> Removed:
    path = home.region(one.region).root / one.path
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() and not path.is_symlink() else [path]
    return Removed(one.region, one.table, one.path, len(files), sum(file.lstat().st_size for file in files))


def _remove(path: Path) -> None:
    """Remove a file, or a folder with all in it; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
