from __future__ import annotations

import re
from pathlib import Path

import pytest

import jobs
from jobs.reasons import REASONS, explain_reason
from jobs.report import REJECTIONS

ROOT = Path(jobs.__file__).parents[1]
SOURCES = {
    **{
        f"jobs/landing/{name}.py": r'Unreadable\(f?"([a-z_]+)'
        for name in ("file_opening", "probe_text", "probe_parquet", "keep_file")
    },
    "jobs/unreadable_files.py": r'^[A-Z]+ = "([a-z_]+)"',
    "transforms/landing/map_records.py": r'F\.lit\(f?"([a-z_]+)',
    "transforms/landing/find_violations.py": r'F\.lit\(f?"([a-z_]+)[:"]',
}


@pytest.mark.parametrize(("file", "pattern"), SOURCES.items(), ids=SOURCES)
def test_every_reason_that_the_code_gives_is_explained(file, pattern):
    given = set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))

    assert given
    assert given <= set(REASONS)


def test_every_rejection_is_explained():
    assert set(REJECTIONS) <= set(REASONS)


def test_a_reason_is_told_with_its_column():
    assert explain_reason("missing:actor_id")[0] == "A required column is empty or blank: actor_id."
    assert explain_reason("empty_file")[0] == "The file holds no record."


def test_a_code_nobody_explained_is_a_defect_and_not_a_crash():
    assert "defect" in explain_reason("invented:x")[1]


@pytest.mark.parametrize("reason", ["missing_column:at", "unparseable:event_time", "unmapped_value:kind"])
def test_what_a_mended_mapping_can_read_is_replayed_as_the_runbook_says(reason):
    assert "`geoward quarantine replay MAPPING`" in explain_reason(reason)[1]
    assert "geoward quarantine replay MAPPING" in (ROOT / "docs/runbook.md").read_text()
