from __future__ import annotations

import pytest

from jobs import registry
from jobs.registry import JOBS, code_of, job_named
from quality.contracts import CONTRACTS
from quality.contracts.errors import UsageError

LINEAGE = {
    "raw.pings": [],
    "raw.actions": [],
    "raw.actors": [],
    "raw.consents": [],
    "raw.labels": [],
    "reference.ip_ranges": [],
    "clean.pings": ["raw.pings*", "raw.consents", "raw.actors"],
    "clean.actions": ["raw.actions*", "raw.consents", "raw.actors"],
    "protected.pings": ["clean.pings*"],
    "protected.actions": ["clean.actions*"],
    "curated.mobility": ["protected.pings*", "protected.actions", "raw.consents"],
    "curated.place_counts": ["protected.pings*", "protected.actions", "raw.consents"],
    "curated.actor_features": ["protected.actions*", "protected.pings*"],
    "curated.actions_anonymous": ["protected.actions*", "raw.consents"],
    "curated.visits_noisy": ["protected.pings*", "raw.consents"],
    "curated.privacy_spends": ["curated.visits_noisy*"],
}
"""What each table is made from; * marks the rows that its equation counts."""


def test_the_lineage_is_as_it_was_agreed():
    found = {name: [read.table + "*" * read.counted for read in job.reads] for name, job in JOBS.items()}

    assert found == LINEAGE


def test_every_contract_has_one_job_that_runs_after_those_it_reads_from():
    assert set(JOBS) == set(CONTRACTS)
    order = list(JOBS)
    assert all(order.index(read.table) < order.index(name) for name, job in JOBS.items() for read in job.reads)


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_every_job_says_what_it_does_and_reads_no_more_than_its_layer_may(job):
    assert job.description[0].isupper()
    identifying = {read.table for read in job.reads if read.table.startswith(("raw", "clean"))}
    assert identifying <= {"raw.consents"} or job.name.startswith(("clean", "protected"))


def test_columns_come_from_tables_that_their_job_reads():
    for name, job in JOBS.items():
        read = {read.table for read in job.reads}
        stated = {source.rpartition(".")[0] for column in job.writes for source in column.source}
        assert stated <= read, name


def test_an_unknown_table_is_named_with_those_that_exist():
    with pytest.raises(UsageError, match=r"No job writes 'raw\.x'.*raw\.pings"):
        job_named("raw.x")
    assert job_named("raw.pings") is JOBS["raw.pings"]


def test_a_changed_transform_or_build_changes_the_code_of_the_jobs_it_serves(tmp_path, monkeypatch):
    for name in ("build_raw", "build_clean"):
        (tmp_path / f"{name}.py").write_text("a = 1\n")
    (tmp_path / "transforms").mkdir()
    (tmp_path / "transforms" / "clean.py").write_text("b = 1\n")
    monkeypatch.setattr(registry, "_HERE", tmp_path)
    monkeypatch.setattr(registry, "_TRANSFORMS", tmp_path / "transforms")
    raw, clean = JOBS["raw.pings"], JOBS["clean.pings"]
    before = code_of(raw), code_of(clean)

    (tmp_path / "build_clean.py").write_text("a = 2\n")
    assert (code_of(raw) == before[0], code_of(clean) == before[1]) == (True, False)
    (tmp_path / "transforms" / "clean.py").write_text("b = 2\n")
    assert code_of(raw) != before[0]
