"""Which version of a table readers are shown on each date, when it was made and by which run: what to withdraw."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from jobs import manifest
from jobs.commit import facts_of
from jobs.damage import TablePlace
from jobs.home import Region
from jobs.listings import ShownVersion
from jobs.region_faults import look_at
from jobs.table_on_disk import between_publications
from jobs.unfinished import known
from quality.contracts.errors import EnvironmentFault


def shown_versions(region: Region, table: str) -> list[ShownVersion]:
    """Return what a region shows of a table, by date; a date whose last version was withdrawn shows what is before it.

    Raises ``EnvironmentFault`` when a manifest is damaged.
    """
    path = TablePlace(region, table).path
    try:
        with between_publications(region):
            manifests = known(path)
    except ValueError:
        raise EnvironmentFault(
            f"A manifest of {table} in {region.name} is damaged.", mend=look_at(region.name)
        ) from None
    by_version = {each.version: each for each in manifests}
    shown = {day: by_version[version] for day, version in sorted(manifest.sources(manifests).items())}
    made = {each.version: _made_at(path, each.version) for each in shown.values()}
    return [
        ShownVersion(
            region=region.name, date=date.fromisoformat(day), version=each.version, made_at=made[each.version],
            run_id=each.run_id, rows=sum(file.rows for file in each.files if file.date == day),
        )
        for day, each in shown.items()
        if each.kind != "withdraw"  # then nothing is shown
    ]  # fmt: skip


def _made_at(path: Path, version: int) -> datetime | None:
    """Return when a version was committed, by Delta's log."""
    with suppress(OSError, ValueError, KeyError, TypeError):  # a log that is damaged is told by fsck
        return datetime.fromtimestamp(facts_of(path, version)["timestamp"] / 1000, UTC)
    return None
