"""A subject whose keys are destroyed is in nothing that is made afterwards; keys that are replaced leave all else."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq
import pytest

from jobs.audit_log import read_audit
from jobs.nightly import run_table
from jobs.plan import plan
from jobs.rekey import rekey
from jobs.vault.generations import older_epochs
from quality.contracts.at_rest import EPOCH
from quality.contracts.errors import EnvironmentFault
from tests.opened import rows_of

pytestmark = [pytest.mark.e2e, pytest.mark.spark]


def rows(place, table):
    return rows_of(place.home, "us", table)


def dates(place, table):
    return sorted(place.lake.rows(table))


def total(reports, reason):
    return sum(report.rejected.get(reason, 0) for report in reports)


@pytest.fixture
def victim(place):
    """Somebody with many positions, and how many."""
    [(actor, count)] = Counter(row["actor_id"] for row in rows(place, "raw.pings")).most_common(1)
    return actor, count


def test_rows_of_a_destroyed_subject_are_rejected_by_whatever_is_made_again(place, victim):
    actor, count = victim
    others = Counter(row["actor_id"] for row in rows(place, "clean.pings")) - Counter({actor: count})
    was = {row["actor_key"] for row in rows(place, "protected.pings")}

    place.keys.vault.destroy("actor", [actor])
    clean = run_table(place, "clean.pings", dates(place, "clean.pings"))
    protected = run_table(place, "protected.pings", dates(place, "protected.pings"))

    assert total(clean, "erased") == count, "in = out + quarantined + rejected"
    assert Counter(row["actor_id"] for row in rows(place, "clean.pings")) == others
    assert (
        total(protected, "erased") == 0 and len(was - {row["actor_key"] for row in rows(place, "protected.pings")}) == 1
    )


def test_what_lands_of_a_destroyed_subject_is_counted_and_not_kept(place, victim):
    actor, count = victim
    place.keys.vault.destroy("actor", [actor])

    reports = run_table(place, "raw.pings", dates(place, "raw.pings"))

    assert total(reports, "erased") == count
    assert actor not in {row["actor_id"] for row in rows(place, "raw.pings")}


def test_a_vault_of_another_time_is_told_and_no_row_is_taken_for_erased(place):
    database = place.keys.vault.database
    (place.home.path / "vault" / "us.sqlite").unlink()
    database.make()

    with pytest.raises(EnvironmentFault, match="no data key for"):
        run_table(place, "clean.pings", dates(place, "clean.pings"))


def test_keys_are_replaced_partition_by_partition_and_nothing_else_changes(place):
    before = {table: _sorted(place, table) for table in ("raw.pings", "clean.actions", "quarantine.raw_actions")}
    old_files = [place.lake.path("raw.pings") / file.path for file in place.lake.published(_pings()).files]
    would = rekey(place, dry_run=True)
    assert {table for table, _ in would.partitions} >= {"raw.pings", "raw.actions", "clean.pings", "raw.consents"}

    first = rekey(place, most=2)
    assert (len(first.partitions), first.left, first.last_copy_until) == (2, len(would.partitions) - 2, None)
    assert older_epochs(place.keys.vault), "they are needed"
    done = rekey(place)

    assert first.partitions + done.partitions == would.partitions and done.left == 0
    assert done.keys_destroyed > 80 and done.last_copy_until and older_epochs(place.keys.vault) == []
    assert {table: _sorted(place, table) for table in before} == before
    assert plan(place) == [], "what is made from them is fresh"
    assert {epoch for file in place.lake.published(_pings()).files for epoch in _epochs(place, file)} == {"2026-06-r2"}
    assert all(file.exists() for file in old_files), "an older version, which nobody can read any more"
    said = [one["outcome"] for one in read_audit(place.home) if one["subject"] == "vault"]
    assert said == ["rekey begun", "rekey goes on", "rekeyed"]


def _pings():
    from quality.contracts import contract

    return contract("raw.pings")


def _epochs(place, file):
    return pq.read_table(place.lake.path("raw.pings") / file.path, columns=[EPOCH.name], partitioning=None)[
        0
    ].to_pylist()


def _sorted(place, table):
    return sorted(map(repr, rows(place, table)))
