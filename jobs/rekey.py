"""Replace the data keys that seal rows: what is written takes new ones at once, then each partition is made again.

The old keys are destroyed when no partition needs them any more. Killed anywhere, the same call goes on: which
partitions are left is read from the partitions themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from jobs.audit_log import audit
from jobs.catalog import now
from jobs.job_inputs import Workplace
from jobs.nightly import run_table
from jobs.plan import held_back
from jobs.quarantine import quarantine_contract
from jobs.registry import JOBS
from jobs.run import new_run_id
from jobs.sealed_epochs import epochs_of
from jobs.vault.generations import begin_generation, is_of, older_epochs, retire
from jobs.vault.unclean import clean
from quality.contracts import Contract
from quality.contracts.at_rest import at_rest


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What was done, or would be: partitions made again, and data keys destroyed.

    ``withdrawn`` are those of ``left`` that wait until what was withdrawn changes, and keep the old keys until then.
    ``last_copy_until`` is until when backups of the vault may hold the old keys; None while any is needed, or may be in
    the store's own files because somebody still reads.
    """

    generation: int
    partitions: tuple[tuple[str, date], ...]
    left: int
    withdrawn: int = 0
    keys_destroyed: int = 0
    last_copy_until: datetime | None = None


def rekey(
    place: Workplace,
    *,
    dry_run: bool = False,
    pause: float = 0,
    most: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Rekeyed:
    """Make what older keys seal again, ``most`` partitions at most, ``pause`` seconds apart, and end those keys.

    Raises what a run raises; what is done until then stays done. Versions that readers no longer see cannot be read
    afterwards.
    """
    vault = place.keys.vault
    if not dry_run:
        clean(vault.database)  # of what a kill left
    if not dry_run and not older_epochs(vault):
        audit(place.home, "key", "vault", "rekey begun", region=place.region.name, generation=begin_generation(vault))
    generation = vault.generation() + (dry_run and not older_epochs(vault))
    wanted, held = list(outdated(place, generation)), {(one.table, one.date) for one in held_back(place)}
    todo = [one for one in wanted if one not in held][:most]
    withdrawn = sum(one in held for one in wanted)
    if dry_run:
        return Rekeyed(generation, tuple(todo), len(wanted) - len(todo), withdrawn)
    for number, (table, day) in enumerate(todo):
        time.sleep(pause if number else 0)
        progress(f"{place.region.name} {table} {day}: partition {number + 1} of {len(wanted)}")
        run_table(place, table, [day], new_run_id())
    with place.lake.locked():  # else a withdrawal could show, after the count, a version that needs the old keys
        left = len(list(outdated(place, generation)))
        destroyed = 0 if left else retire(vault)
    until = now() + vault.backups_kept if clean(vault.database) and not left else None
    done = Rekeyed(generation, tuple(todo), left, withdrawn, destroyed, until)
    facts = {"generation": generation, "partitions": len(todo), "left": left, "keys": destroyed}
    audit(place.home, "key", "vault", "rekeyed" if not left else "rekey goes on", region=place.region.name, **facts)
    return done


def outdated(place: Workplace, generation: int) -> Iterator[tuple[str, date]]:
    """Return the partitions of which a row, also one kept back, is sealed by keys of another generation."""
    for name, job in JOBS.items():
        if at_rest(job.writes) is not job.writes:
            tables = (job.writes, quarantine_contract(name))
            found = [one for each in tables for one in _epochs(place, each)]
            days = {day for day, epochs in found if not _all(epochs, generation)}
            yield from ((name, day) for day in sorted(days))


def _epochs(place: Workplace, of: Contract) -> Iterator[tuple[date, set[str]]]:
    return epochs_of(place.lake.path(of.name), place.lake.published(of).files)


def _all(epochs: Collection[str], generation: int) -> bool:
    return all(is_of(epoch, generation) for epoch in epochs)
