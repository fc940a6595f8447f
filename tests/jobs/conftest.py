"""A temporary home, tiny published tables without Spark, and a mapping of one's own."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from jobs.catalog import Catalog
from jobs.home import open_home
from quality.contracts import contract

MAPPING = """\
name: tiny
description: Positions for tests.
format: csv
{basis}
ignored: [note]
emits:
  - to: raw.pings
    columns:
      event_id: {{from: id}}
      actor_id: {{from: who}}
      event_time: {{from: at, iso: true}}
      latitude: {{from: lat}}
      longitude: {{from: lon}}
"""


LIVE_RUN = """
import sys
from jobs.home import open_home
from jobs.run_lock import take_run_lock
take_run_lock(open_home())
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / "my home"))
    return open_home()


@pytest.fixture
def live_run(home):
    """Another process that holds the run lock until its standard input ends, or it is killed."""
    code = [sys.executable, "-c", LIVE_RUN]
    process = subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture
def publish(home):
    """Publish rows of a table in a region; of curated.mobility give (place, persons) or (place, persons, date)."""
    import pyarrow as pa
    from deltalake import write_deltalake

    from jobs.commit import arrow_schema
    from jobs.region_keys import region_keys
    from tests.opened import sealed

    def publish(region, table, rows):
        region_keys(home, home.region(region))  # as a run makes them
        layer, name = table.split(".")
        typed = [_mobility(*row) for row in rows] if table == "curated.mobility" else rows
        data = pa.Table.from_pylist(sealed(home, region, table, typed), schema=arrow_schema(contract(table)))
        Catalog(home.region(region))  # else tables would be there of which no catalog tells
        folder = home.region(region).folder(layer, name)
        write_deltalake(folder, data, partition_by=["event_date"], mode="overwrite")

    return publish


@pytest.fixture
def mapping_file(tmp_path):
    """Write a mapping of positions; ``basis`` is its legal basis as YAML."""

    def mapping_file(basis="legal_basis: {risk: Legitimate interests}\nevidence: a test"):
        path = tmp_path / "tiny.yaml"
        path.write_text(MAPPING.format(basis=basis))
        return path

    return mapping_file


@pytest.fixture
def log_file(tmp_path):
    """Write a CSV file for that mapping from lines after the header."""

    def log_file(*lines, name="log.csv", header="id,who,at,lat,lon,note,extra"):
        path = tmp_path / name
        path.write_text("\n".join((header, *lines)) + "\n")
        return path

    return log_file


def _mobility(place, persons, day=date(2026, 6, 1)):
    return {
        "cell": "871f1d489ffffff", "cell_area_m2": 5e6, "place": place, "hour_of_week": None, "slot_hours": 1,
        "slot_start": datetime(day.year, day.month, day.day, 8, tzinfo=UTC), "persons": persons, "k": 10,
        "status": "published", "coverage": 0.5, "tiling": "0123456789ab", "event_date": day,
    }  # fmt: skip
