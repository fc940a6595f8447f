"""What Dagster loads, as a snapshot: a change here is a change that auditors will see."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from dagster_project.assets import POOL
from dagster_project.definitions import NIGHTLY, definitions_for
from dagster_project.freshness import CHECK
from dagster_project.partitions import partitions_of
from dagster_project.planned_runs import PLANNED, PlannedRuns
from jobs.nightly import Sessions
from quality.contracts import CONTRACTS

CONSENTED = {"raw/actors", "raw/consents"}
LINKED = {"protected/actions", "protected/pings"}

DEPENDENCIES = {
    "raw/pings": set(),
    "raw/actions": set(),
    "raw/actors": set(),
    "raw/consents": set(),
    "raw/labels": set(),
    "reference/ip_ranges": set(),
    "clean/pings": {"raw/pings", *CONSENTED},
    "clean/actions": {"raw/actions", *CONSENTED},
    "protected/pings": {"clean/pings"},
    "protected/actions": {"clean/actions"},
    "curated/mobility": {"raw/consents", *LINKED},
    "curated/place_counts": {"raw/consents", *LINKED},
    "curated/actor_features": LINKED,
    "curated/actions_anonymous": {"raw/consents", "protected/actions"},
    "curated/visits_noisy": {"raw/consents", "protected/pings"},
    "curated/privacy_spends": {"curated/visits_noisy"},
}

LANDED = {"region_stays_home", "expectations"}
CLEAN = {*LANDED, "retention_date_present", "consent_present"}
PROTECTED = {*LANDED, "retention_date_present", "pseudonym_well_formed", "no_direct_identifier"}
CURATED = {*LANDED, "no_direct_identifier"}
RELEASED = {*CURATED, "k_reached"}

CHECKS = {
    **{name: LANDED for name in DEPENDENCIES if name.startswith(("raw", "reference"))},
    "clean/pings": CLEAN,
    "clean/actions": CLEAN,
    "protected/pings": {*PROTECTED, "precision_ceiling"},
    "protected/actions": PROTECTED,
    "curated/mobility": {*RELEASED, "crowds_recounted", "precision_ceiling"},
    "curated/place_counts": RELEASED,
    "curated/actor_features": PROTECTED,
    "curated/actions_anonymous": {*CURATED, "classes_hold", "rows_proven", "days_released", "rows_as_they_are"},
    "curated/visits_noisy": {*CURATED, "figures_paid", "partitions_public", "figures_of_these_rows"},
    "curated/privacy_spends": CURATED,
}

NAMES = sorted(DEPENDENCIES)


@pytest.fixture
def definitions(home, no_spark):
    definitions = definitions_for(home, no_spark)
    dg.Definitions.validate_loadable(definitions)
    return definitions


@pytest.fixture
def specs(definitions):
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_every_table_with_its_lineage_is_an_asset(specs):
    found = {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs.items()}

    assert found == DEPENDENCIES


def test_every_contract_is_an_asset(specs):
    assert {name.replace("/", ".") for name in specs} == set(CONTRACTS)


@pytest.mark.parametrize("name", NAMES)
def test_an_asset_tells_its_layer_kind_owner_and_rules(specs, name):
    spec = specs[name]

    assert spec.group_name == name.partition("/")[0]
    assert spec.kinds == {"pyspark", "delta"}
    assert list(spec.owners) == ["team:privacy-engineering"]
    assert len(spec.description or "") > 40
    assert {f"geoward/{tag}" for tag in ("sensitivity", "legal_basis", "retention", "released")} <= spec.tags.keys()
    assert {tag for tag, value in spec.tags.items() if tag.startswith("geoward/") and not value} == {
        f"geoward/{category}" for category in CONTRACTS[name.replace("/", ".")].categories
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_description_is_set_flush_so_that_no_line_is_shown_as_code(specs, name):
    assert [line for line in specs[name].description.splitlines() if line.startswith("    ")] == []


def test_only_releases_are_tagged_released(specs):
    released = {name for name, spec in specs.items() if spec.tags["geoward/released"] == "true"}

    assert released == {
        "curated/mobility", "curated/place_counts", "curated/actions_anonymous", "curated/visits_noisy",
        "curated/privacy_spends",
    }  # fmt: skip


def test_every_column_lineage_names_a_column_that_exists(specs):
    lineages = [spec.metadata["dagster/column_lineage"].deps_by_column for spec in specs.values()]
    named = {
        (dep.asset_key.to_user_string().replace("/", "."), dep.column_name)
        for lineage in lineages
        for deps in lineage.values()
        for dep in deps
    }

    assert named
    assert [pair for pair in sorted(named) if pair[1] not in CONTRACTS[pair[0]].column_names] == []


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("raw", "reference"))])
def test_column_lineage_starts_at_a_table_that_the_asset_reads(specs, name):
    spec = specs[name]
    reads = {dep.asset_key for dep in spec.deps}
    lineage = spec.metadata["dagster/column_lineage"].deps_by_column

    assert {dep.asset_key for deps in lineage.values() for dep in deps} <= reads


def test_no_asset_holds_a_preview_of_rows(specs):
    allowed = {
        "dagster/column_schema", "dagster/column_lineage", "grain", "caveats", "erasure_key", "contract", "released",
    }  # fmt: skip

    assert {name for spec in specs.values() for name in spec.metadata} <= allowed


def test_all_assets_share_the_partitions_one_run_for_a_range_and_the_pool(definitions, home):
    for assets in definitions.assets:
        assert assets.partitions_def == partitions_of(home)
        assert assets.backfill_policy == dg.BackfillPolicy.single_run()
        assert assets.op.pool == POOL


def test_every_check_is_blocking_and_says_what_it_checks(definitions):
    found = {}
    for assets in definitions.assets:
        specs = list(assets.check_specs)
        assert all(spec.blocking and spec.description for spec in specs)
        found[assets.key.to_user_string()] = {spec.name for spec in specs}

    assert found == CHECKS


def test_the_nightly_job_makes_all_assets_but_only_what_is_stale(definitions):
    nightly = definitions.resolve_job_def(NIGHTLY)

    assert {key.to_user_string() for key in nightly.asset_layer.executable_asset_keys} == set(DEPENDENCIES)
    assert nightly.tags[PLANNED] == "true"


def test_neither_a_night_nor_a_run_in_a_shell_answers_how_fresh_tables_are(definitions, home):
    nightly = definitions.resolve_job_def(NIGHTLY)
    mine = definitions_for(home, Sessions(home), PlannedRuns(home, Sessions(home))).resolve_job_def(NIGHTLY)

    assert CHECK in {spec.name for checks in definitions.asset_checks for spec in checks.check_specs}
    assert {node.name.replace("__", "/") for node in nightly.nodes} == set(DEPENDENCIES)
    some = mine.get_subset(asset_selection={dg.AssetKey(["raw", "pings"])})
    assert [node.name for node in some.nodes] == ["raw__pings"]


def test_a_run_that_was_killed_goes_on_from_where_it_stopped(definitions):
    assert definitions.resolve_job_def(NIGHTLY).tags["dagster/retry_strategy"] == "FROM_FAILURE"


def test_the_schedule_asks_for_yesterday_in_every_region(definitions):
    (schedule,) = definitions.schedules
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 6, 3, 2, 30, tzinfo=UTC))

    requests = schedule(context)

    assert (schedule.name, schedule.cron_schedule, schedule.execution_timezone) == (
        "nightly_at_half_past_two", "30 2 * * *", "UTC",
    )  # fmt: skip
    assert schedule.job_name == NIGHTLY
    assert sorted(request.partition_key for request in requests) == ["2026-06-02|cn", "2026-06-02|eu", "2026-06-02|us"]
    assert len({request.run_key for request in requests}) == 3


def test_loading_starts_no_spark(definitions):
    assert definitions.resolve_job_def(NIGHTLY)
