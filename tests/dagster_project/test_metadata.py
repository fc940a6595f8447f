from __future__ import annotations

import dagster as dg
import pytest

from dagster_project.assets import key_of
from dagster_project.metadata import check_result, definition_metadata, partition_metadata, tags_of
from jobs.registry import JOBS
from quality.checks.verdict import Verdict


def test_the_column_schema_is_the_contract(tiny_job):
    schema = definition_metadata(tiny_job)["dagster/column_schema"]

    assert [(c.name, c.type, c.description, c.constraints.nullable) for c in schema.columns] == [
        ("cell", "string", "Where.", False), ("dwell", "double", "How long. [s]", True),
        ("event_date", "date", "Day.", False),
    ]  # fmt: skip


def test_only_a_personal_column_is_tagged_with_its_sensitivity_and_category(tiny_job):
    schema = definition_metadata(tiny_job)["dagster/column_schema"]

    assert {column.name: column.tags for column in schema.columns} == {
        "cell": {"sensitivity": "quasi_id", "category": "user.location"}, "dwell": {}, "event_date": {},
    }  # fmt: skip


def test_column_lineage_is_what_the_contract_declares(tiny_job):
    lineage = definition_metadata(tiny_job)["dagster/column_lineage"].deps_by_column

    assert lineage == {"cell": [dg.TableColumnDep(asset_key=dg.AssetKey(["a", "b"]), column_name="c")]}


def test_who_may_read_and_what_to_mind_is_said(tiny_job):
    found = definition_metadata(tiny_job)

    assert (found["grain"], found["released"], found["caveats"].value) == ("one row", False, "- Only for tests.")
    assert found["erasure_key"].startswith("none")


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_tags_fit_what_dagster_allows_and_name_sensitivity_basis_and_retention(job, home):
    tags = tags_of(job.writes, home.policy)

    dg.AssetSpec(key_of(job.name), tags=tags)
    assert {f"geoward/{name}" for name in ("sensitivity", "legal_basis", "retention", "released")} <= tags.keys()
    assert (tags["geoward/legal_basis"] == "not_personal") is not job.writes.personal


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_each_category_is_a_tag_of_its_own(job, home):
    tags = tags_of(job.writes, home.policy)

    assert {tag for tag, value in tags.items() if not value} == {f"geoward/{name}" for name in job.writes.categories}
    assert bool(job.writes.categories) is job.writes.personal


def test_a_partition_tells_its_row_equation_and_what_made_it(report):
    found = partition_metadata(report(rejected={"no_consent": 1, "minor": 0}))

    assert found["dagster/partition_row_count"] == found["rows_out"] == 7
    assert found["rows_in"] == 7 + found["quarantined"] + found["rejected"]
    assert found["rejected_by"] == {"no_consent": 1, "minor": 0}
    assert found["quarantined_by"] == {"bad_cell": 2}
    assert {"contract", "policy", "code", "run", "why_it_ran", "table_version"} <= found.keys()
    assert found["checks"] == "1 of 1 passed"


def test_an_aggregate_tells_what_contributed_and_what_was_suppressed(report):
    found = partition_metadata(report(contributing=8, suppressed=2, suppressed_by={"below_k": 2}))

    assert found["rows_in"] == found["contributing"] + found["suppressed"]
    assert found["suppressed_by"] == {"below_k": 2}
    assert not {"rejected", "rejected_by", "quarantined", "quarantined_by"} & found.keys()


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        pytest.param("error", dg.AssetCheckSeverity.ERROR, id="error"),
        pytest.param("warning", dg.AssetCheckSeverity.WARN, id="warning"),
    ],
)
def test_a_failed_check_tells_its_mend(severity, expected):
    verdict = Verdict("k_reached", False, "Too few.", "Coarsen it.", {"groups": 3}, severity)

    found = check_result(verdict, dg.AssetKey(["curated", "x"]), {"eu": "2026-06-01 to 2026-06-02"})

    assert (found.passed, found.severity, found.check_name) == (False, expected, "k_reached")
    assert found.description == "Too few. Mend: Coarsen it."
    assert _told(found) == {"groups": 3, "eu": "2026-06-01 to 2026-06-02", "mend": "Coarsen it."}


def test_a_passed_check_tells_no_mend():
    found = check_result(Verdict("k", True, "Enough.", "Coarsen.", {"groups": 3}), dg.AssetKey("x"), {"us": "a to b"})

    assert (found.passed, found.description) == (True, "Enough.")
    assert _told(found) == {"groups": 3, "us": "a to b"}


def _told(result):
    return {name: value.value for name, value in result.metadata.items()}
