from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from jobs.reasons import REASONS
from jobs.report import REJECTIONS, RunReport
from quality.checks.verdict import Verdict
from quality.contracts.errors import RowsLost

DAY = date(2024, 5, 1)
ROWS = RunReport("clean.pings", "eu", DAY, 10, 6, quarantined=1, rejected={"minor": 2, "no_consent": 1})
CROWD = RunReport("curated.mobility", "eu", DAY, 10, 2, contributing=7, contributing_by={"res_7": 7}, suppressed=3)


@pytest.mark.parametrize("report", [pytest.param(ROWS, id="rows"), pytest.param(CROWD, id="aggregate")])
def test_a_report_whose_rows_add_up_is_returned(report):
    assert report.balanced() is report


@pytest.mark.parametrize(
    ("report", "accounted"),
    [
        pytest.param(replace(ROWS, rows_out=5), 9, id="a-row-lost"),
        pytest.param(replace(ROWS, rows_out=7), 11, id="a-row-doubled"),
        pytest.param(replace(ROWS, rejected={}), 7, id="rejections-forgotten"),
        pytest.param(replace(CROWD, suppressed=None), 7, id="suppressed-forgotten"),
        pytest.param(replace(CROWD, contributing=0), 3, id="contributing-nothing"),
    ],
)
def test_a_report_whose_rows_do_not_add_up_is_refused(report, accounted):
    said = f"{report.table} for region eu on 2024-05-01: 10 rows in, {accounted} accounted for"

    with pytest.raises(RowsLost, match=said):
        report.balanced()


@pytest.mark.parametrize("report", [pytest.param(ROWS, id="rows"), pytest.param(CROWD, id="aggregate")])
def test_a_report_survives_json(report):
    checks = (Verdict("c", True, "d", "m", {"n": 1}),)
    report = replace(report, version=3, seconds=1.5, checks=checks, quarantined_by={"missing:x": 1})

    assert RunReport.from_dict(json.loads(json.dumps(report.as_dict()))) == report


def test_every_rejection_can_be_explained():
    assert set(REJECTIONS) <= set(REASONS)
