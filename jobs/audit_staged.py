"""The checks of one table's staged rows: its contract's expectations, its layer's rules, and the job's own."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.job import Inputs, Job
from jobs.job_inputs import Workplace
from jobs.staged import Staged
from quality.checks.check_rows import check_region, pseudonyms_row_check, retention_row_check
from quality.checks.column_shapes import shape_row_check
from quality.checks.detect_leaks import find_leaks
from quality.checks.row_check import judge_together
from quality.checks.run_expectations import run_expectations
from quality.checks.verdict import Verdict
from quality.contracts import Layer, Sensitivity
from quality.contracts.at_rest import readable


def audit_staged(job: Job, place: Workplace, inputs: Inputs, staged: Staged) -> Iterable[Verdict]:
    """Judge the very files that a publication would name; every verdict is plain data without a row's value."""
    contract, df = job.writes, readable(place.lake.read_staged(staged))
    yield check_region([staged.root / file.path for file in staged.files], place.region.root)
    if not staged.files:
        return
    yield run_expectations(df, contract)
    together = []
    if "retain_until" in contract.column_names:
        together.append(retention_row_check(df, inputs.today))
    if any(column.sensitivity is Sensitivity.PSEUDONYM for column in contract):
        together.append(pseudonyms_row_check(df, contract))
    if contract.layer not in (Layer.PROTECTED, Layer.CURATED):
        yield from judge_together(df, together)
    else:
        *verdicts, shapes = judge_together(df, [*together, shape_row_check(df, contract)])
        yield from verdicts
        yield find_leaks(df, contract, shapes=shapes)
    for check in job.checks:
        yield from check(df, inputs)
