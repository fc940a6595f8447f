"""What auditors see of a table and of a run, from the contract and the report; never a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from jobs.job import Job
from jobs.report import RunReport
from quality.checks.verdict import Verdict
from quality.contracts import Contract
from quality.policies import Policy


def definition_metadata(job: Job) -> dict[str, Any]:
    """Return the column schema, the declared column lineage and the contract's facts."""
    contract = job.writes
    lineage = {column.name: [_dep(source) for source in column.source] for column in contract if column.source}
    return {
        "dagster/column_schema": dg.TableSchema(columns=[_column(c) for c in contract]),
        "dagster/column_lineage": dg.TableColumnLineage(lineage),
        "grain": contract.grain,
        "caveats": dg.MetadataValue.md("\n".join(f"- {text}" for text in contract.caveats) or "none"),
        "erasure_key": contract.erasure_key or "none: no row tells of one person",
        "contract": contract.fingerprint[:16],
        "released": contract.released,
    }


def tags_of(contract: Contract, policy: Policy) -> dict[str, str]:
    """Return the tags an auditor filters by: sensitivity, categories, legal basis, retention."""
    levels = sorted({column.sensitivity.value for column in contract if column.personal})
    retention = policy.retention.get(contract.layer.value)
    bases = {basis for rules in policy.jurisdictions.values() for use in rules.uses.values() for basis in use.accepts}
    return {
        "geoward/sensitivity": _tag(".".join(levels) or "none"),
        **{f"geoward/{_tag(category)}": "" for category in contract.categories},
        "geoward/legal_basis": _tag("_or_".join(sorted(bases)) if contract.personal else "not_personal"),
        "geoward/retention": f"{retention.days}d-from-{retention.clock}" if retention else "kept",
        "geoward/released": str(contract.released).lower(),
    }


def partition_metadata(report: RunReport) -> dict[str, Any]:
    """Return one partition's report."""
    counts = {
        "rows_in": report.rows_in, "rows_out": report.rows_out, "quarantined": report.quarantined,
        "rejected": sum(report.rejected.values()), "quarantined_by": report.quarantined_by,
        "rejected_by": report.rejected,
    }  # fmt: skip
    if report.contributing is not None:
        counts = {
            "rows_in": report.rows_in, "rows_out": report.rows_out, "contributing": report.contributing,
            "contributing_by": report.contributing_by, "suppressed": report.suppressed or 0,
            "suppressed_by": report.suppressed_by,
        }  # fmt: skip
    return {
        "dagster/partition_row_count": report.rows_out,
        **counts,
        "why_it_ran": report.reason,
        "table_version": report.version,
        "checks": f"{sum(check.passed for check in report.checks)} of {len(report.checks)} passed",
        "run": report.run_id,
        "seconds": report.seconds,
        "contract": report.contract,
        "policy": report.policy,
        "code": report.code,
    }


def check_result(verdict: Verdict, asset_key: dg.AssetKey, where: Mapping[str, str]) -> dg.AssetCheckResult:
    """Return a verdict as Dagster shows it, with the dates by region it was judged on, and its mend if it failed."""
    severity = dg.AssetCheckSeverity.ERROR if verdict.severity == "error" else dg.AssetCheckSeverity.WARN
    measured: Mapping[str, Any] = verdict.measured
    return dg.AssetCheckResult(
        passed=verdict.passed, asset_key=asset_key, check_name=verdict.check, severity=severity,
        description=verdict.description if verdict.passed else f"{verdict.description} Mend: {verdict.mend}",
        metadata={**measured, **where, **({} if verdict.passed else {"mend": verdict.mend})},
    )  # fmt: skip


def _column(column: Any) -> dg.TableColumn:
    unit = f" [{column.unit}]" if column.unit else ""
    tags = {"sensitivity": column.sensitivity.value, "category": _tag(column.category)} if column.personal else {}
    constraints = dg.TableColumnConstraints(nullable=not column.required)
    return dg.TableColumn(column.name, column.type, f"{column.description}{unit}", constraints, tags)


def _dep(source: str) -> dg.TableColumnDep:
    layer, table, column = source.split(".")
    return dg.TableColumnDep(asset_key=dg.AssetKey([layer, table]), column_name=column)


def _tag(text: str) -> str:
    return text.replace(" ", "_")[:63]
