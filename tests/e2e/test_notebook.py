"""The analyst's notebook, run by a real kernel on tiny released tables."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import nbformat
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from nbclient import NotebookClient

from jobs.audit_log import read_audit
from jobs.commit import arrow_schema
from jobs.home import open_home
from quality.contracts import CONTRACTS, contract

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "explore.ipynb"

pytestmark = pytest.mark.e2e


def test_every_cell_runs_and_shows_what_it_promises(home, monkeypatch):
    outputs = _run(home, monkeypatch)

    assert all(contract.name in outputs for contract in CONTRACTS.values() if contract.released)
    assert re.search(r"eu +Turin +█{40} +40\b", outputs)
    assert re.search(r"us +Reno +█{20} +20\b", outputs)
    assert "clean.pings" in outputs


def test_its_reads_and_its_refusal_are_audited(home, monkeypatch):
    _run(home, monkeypatch)

    told = {(entry["subject"], entry["outcome"]) for entry in read_audit(home)}
    assert ("curated.mobility", "answered") in told
    assert "refused" in {outcome for _, outcome in told}


def test_it_is_stored_without_outputs_secrets_or_paths_of_a_machine():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    text = json.dumps(cells)

    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert not re.search(r"/home/|/root|/Users/|password|secret|token|api_key", text, re.IGNORECASE)


@pytest.fixture
def home(tmp_path):
    home = open_home(tmp_path / "home")
    for region, place, persons in (("eu", "Turin", 40), ("us", "Reno", 20)):
        row = _row(place, persons)
        data = pa.Table.from_pylist([row], schema=arrow_schema(contract("curated.mobility")))
        write_deltalake(home.region(region).folder("curated", "mobility"), data, partition_by=["event_date"])
    return home


def _run(home, monkeypatch) -> str:
    monkeypatch.setenv("GEOWARD_HOME", str(home.path))
    monkeypatch.setenv("IPYTHONDIR", str(home.path / "ipython"))
    book = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    found = [output for cell in book.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") + "".join(output.get("data", {}).values()) for output in found)


def _row(place: str, persons: int) -> dict[str, object]:
    return {
        "cell": "871f1d489ffffff", "cell_area_m2": 5e6, "place": place, "hour_of_week": None, "slot_hours": 1,
        "slot_start": datetime(2026, 6, 1, 8, tzinfo=UTC), "persons": persons, "k": 10, "status": "published",
        "coverage": 0.5, "tiling": "0123456789ab", "event_date": date(2026, 6, 1),
    }  # fmt: skip
