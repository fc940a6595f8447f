"""Run the expectations that a contract implies, with Great Expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quality.checks.expectation_suite import ONE_AT_A_TIME, validation_of
from quality.checks.verdict import Verdict
from quality.contracts import Contract

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def run_expectations(df: DataFrame, contract: Contract) -> Verdict:
    """Return ``expectations``: columns and their order, required values, bounds, allowed sets and patterns.

    Measured are the expectations, how many failed, and their columns and kinds; Great Expectations is asked for
    booleans only, so no value reaches its results.
    """
    with ONE_AT_A_TIME:
        outcome: Any = validation_of(contract).run(batch_parameters={"dataframe": df}, result_format="BOOLEAN_ONLY")
    failed = [_name(result) for result in outcome.results if not result.success]
    return Verdict(
        "expectations",
        not failed,
        f"Every rule of the contract of {contract.name} holds.",
        f"See the rules with `geoward tables show {contract.name}`; rows that break them belong in quarantine.",
        {"expectations": len(outcome.results), "failed": len(failed), "failed_on": ", ".join(failed)},
    )


def _name(result: Any) -> str:
    rule = result.expectation_config
    return f"{rule.kwargs.get('column', 'columns')}: {rule.type.removeprefix('expect_')}"
