"""The nightly run on a small sample, once; the tests read what it left and judge it by the planted truth."""

from __future__ import annotations

import base64
import csv
import gzip
import json
import re
import shutil
import stat
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import h3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from jobs.home import Home, open_home
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.nightly import Scope, open_places, plan_all, run_here, run_table
from jobs.plan import Batch, batches
from jobs.query import query
from jobs.reference import import_reference
from jobs.registry import JOBS
from jobs.report import RunReport
from jobs.sample.write_sample import write_sample
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed
from quality.sources.load_mapping import load_mapping, mapping_text

pytestmark = [pytest.mark.e2e, pytest.mark.spark]

FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)
SOURCES = {
    "pings.csv.gz": "sample_pings", "actions.jsonl.gz": "sample_actions", "actors.csv": "sample_actors",
    "consents.jsonl": "sample_consents", "labels.csv": "sample_labels",
}  # fmt: skip
RELEASED = ("curated.mobility", "curated.place_counts")
FAKE_DEVICES = 3
PERSONAL = ("raw", "clean", "quarantine", "landing")
"""Folders of a region that may hold identifiers as they landed."""

CONTACT = re.compile(r"[\w.]+@example\.(?:com|org|net)|\+1-\d{3}-555-01\d\d|\+44 7700 900\d{3}")


@dataclass(frozen=True)
class Night:
    """The sample, and the installation after its first night."""

    sample: Path
    home: Home
    ran: dict[str, str]

    @property
    def root(self) -> Path:
        return self.home.region("us").root

    def rows(self, table: str) -> list[dict]:
        return pa.table(DeltaTable(self.root.joinpath(*table.split("."))).to_pyarrow_table()).to_pylist()

    def truth(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.sample / "truth" / "us" / name).open()))

    def reports(self, table: str = "") -> list[RunReport]:
        return reports_of(self.home, table)


@pytest.fixture(scope="module")
def night(spark, tmp_path_factory) -> Night:
    folder = tmp_path_factory.mktemp("night")
    write_sample(folder / "sample", actors=80, days=2, seed=11, regions=("us",))
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    home = open_home(folder / "home")
    for kind in ("places", "population"):
        import_reference(home, kind, folder / "sample" / "reference" / f"{kind}.csv")
    for file, source in SOURCES.items():
        land(home, source, folder / "sample" / "us" / file)
    (place,) = open_places(home, Scope(), lambda: spark)
    ran: dict[str, str] = {}
    for batch in planned(place):
        run_here(place, batch, lambda table, reports, why: ran.update({table: why or ran.get(table, "")}))
    return Night(folder / "sample", home, ran)


@pytest.fixture
def place(night, spark, tmp_path) -> Workplace:
    """The region of a copy of the installation, to be changed."""
    shutil.copytree(night.home.path, tmp_path / "home")
    home = open_home(tmp_path / "home")
    return Workplace.open(home, home.region("us"), lambda: spark)


def test_every_table_is_made_without_a_failure(night):
    assert {table for table, why in night.ran.items() if not why} == set(JOBS) - {"reference.ip_ranges"}


def test_the_row_equation_holds_for_every_partition(night):
    reports = night.reports()

    assert len(reports) > 25
    for report in reports:
        kept_back = report.quarantined + sum(report.rejected.values())
        left, right = report.rows_in, report.rows_out + kept_back
        if report.contributing is not None:
            right = report.contributing + report.suppressed
        assert left == right, (report.table, report.date)


def test_reports_count_what_lies_in_the_files_and_the_tables(night):
    for table, lines in (
        ("raw.pings", _lines(night, "pings.csv.gz") - 1),
        ("raw.actions", _lines(night, "actions.jsonl.gz")),
    ):
        assert sum(report.rows_in for report in night.reports(table)) == lines
    for table in JOBS:
        out = {report.date: report.rows_out for report in night.reports(table) if report.rows_out}
        assert Counter(row["event_date"] for row in (night.rows(table) if out else ())) == out, table


def test_quarantine_holds_the_rows_that_reports_say_with_their_reasons(night):
    for table in JOBS:
        told = _sum(report.quarantined_by for report in night.reports(table))
        if told:
            assert Counter(row["reason"] for row in night.rows(f"quarantine.{table.replace('.', '_')}")) == told


def test_planted_dirt_is_kept_back_for_the_right_reason(night):
    dirt = {(row["file"].partition(".")[0], row["kind"]): int(row["rows"]) for row in night.truth("dirt.csv")}
    raw = {kind: _sum(r.quarantined_by for r in night.reports(f"raw.{kind}")) for kind in ("pings", "actions")}
    clean = {kind: _sum(r.rejected for r in night.reports(f"clean.{kind}")) for kind in ("pings", "actions")}

    assert raw["pings"] == {
        "missing:actor_id": dirt["pings", "missing_actor"], "unparseable:event_time": dirt["pings", "unparseable_time"],
    }  # fmt: skip
    assert raw["actions"] == {
        "missing:actor_id": dirt["actions", "missing_actor"],
        "unparseable:event_time": dirt["actions", "unparseable_time"],
        "malformed_record": dirt["actions", "broken_json"],
    }
    assert _sum(report.quarantined_by for report in night.reports("clean.pings")) == {
        "out_of_bounds:latitude": dirt["pings", "latitude_91"]
    }
    for kind in ("pings", "actions"):
        assert clean[kind]["duplicate_exact"] == dirt[kind, "exact_duplicate"]
        assert clean[kind]["duplicate_event_id"] == dirt[kind, "same_id_other_content"]


def test_fakes_around_a_victim_open_no_cell(night):
    victim, fakes, home_cell = _planted(night)
    present = _accounts_by_cell_and_hour(night)
    attacked = [
        found for (cell, _), found in present.items() if cell == home_cell and victim in found and fakes <= found
    ]
    assert attacked, "the attack was planted: with the fakes, accounts alone would reach k"

    for row in (row for row in night.rows("curated.mobility") if row["status"] == "published"):
        inside = set().union(*(found for (cell, at), found in present.items() if _covers(row, cell, at)))
        honest = inside - fakes
        assert row["persons"] >= row["k"]
        assert len(honest) >= row["k"] - FAKE_DEVICES
        assert row["persons"] <= len(honest) + FAKE_DEVICES


def test_the_victims_home_is_not_published_in_any_hour(night):
    _, _, home_cell = _planted(night)

    around = [row for row in night.rows("curated.mobility") if _covers(row, home_cell)]

    assert around
    assert {(row["status"], row["persons"]) for row in around} == {("suppressed", None)}


def test_a_second_plan_is_empty(night, place):
    assert planned(place) == []


def test_the_release_can_be_queried(night):
    sql = "SELECT status, count(*) AS n, min(persons) AS least FROM curated.mobility GROUP BY ALL ORDER BY ALL"
    found = query(sql, purpose="analytics", home=night.home).to_pylist()

    assert [row["status"] for row in found] == ["published", "suppressed"]
    assert found[0]["least"] >= 10
    assert found[1]["least"] is None


def test_no_key_leaves_the_keyring(night):
    file = night.home.path / "keys" / "keyring.json"
    keys = [bytes.fromhex(text) for text in json.loads(file.read_text())["keys"].values()]
    shapes = [shape for key in keys for shape in (key, key.hex().encode(), base64.b64encode(key).rstrip(b"="))]
    pattern = re.compile(b"|".join(map(re.escape, shapes)), re.IGNORECASE)

    assert pattern.search(_content(file))
    assert [path for path in _files(night.home.path) if path != file and pattern.search(_content(path))] == []


def test_identifiers_and_contacts_stay_where_they_landed(night):
    actors = [row["actor"] for row in csv.DictReader((night.sample / "us" / "actors.csv").open())]
    contacts = set(CONTACT.findall(gzip.decompress((night.sample / "us" / "actions.jsonl.gz").read_bytes()).decode()))
    pattern = re.compile("|".join(map(re.escape, [*actors, *contacts])).encode())
    holding = {path.relative_to(night.root) for path in _files(night.root) if pattern.search(_content(path))}
    elsewhere = [path for path in _files(night.home.path) if not path.is_relative_to(night.root)]

    assert len(actors) == 80
    assert contacts
    assert {path.parts[0] for path in holding} >= {"raw", "clean"}
    assert [path for path in holding if path.parts[0] not in PERSONAL] == []
    assert [path for path in elsewhere if pattern.search(_content(path))] == []


def test_only_the_owner_may_read(night):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in night.home.path.rglob("*")}
    layers = [path for path in night.root.iterdir() if path.is_dir()]
    secret = [
        p for p in _files(night.home.path) if p.suffix in (".parquet", ".sqlite", ".gz") and "audit" not in p.parts
    ]

    assert len(layers) >= 5
    for folder in (night.home.path, night.root, *layers, *(night.home.path / name for name in ("keys", "audit"))):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder.name
    for file in (*secret, night.home.path / "keys" / "keyring.json", *(night.root / "landing").iterdir()):
        assert modes[file] == 0o600, file.name


def test_a_late_file_makes_its_date_and_what_depends_on_it_stale_and_nothing_else(night, place, tmp_path):
    added = _late_file(night, tmp_path / "late.csv")
    land(place.home, "sample_pings", tmp_path / "late.csv")
    before = {(r.table, r.date): r for r in reports_of(place.home)}

    batch = _one(planned(place))
    assert {(entry.table, entry.date) for entry in batch.stale} == {
        (table, SECOND)
        for table in ("raw.pings", "clean.pings", "protected.pings", *RELEASED, "curated.actor_features")
    }
    two = ("raw.pings", "clean.pings")
    assert run_here(place, replace(batch, tables=two), lambda table, reports, why: None)

    after = {(r.table, r.date): r for r in reports_of(place.home)}
    assert {key for key in after if after[key] != before.get(key)} == {(table, SECOND) for table in two}
    for table in two:
        assert after[table, SECOND].rows_out == before[table, SECOND].rows_out + added
        assert place.lake.rows(table)[FIRST] == before[table, FIRST].rows_out


def test_a_failed_check_leaves_what_is_published_where_it_was(night, place, monkeypatch):
    def fail(job, *_):
        yield Verdict("expectations", job.name != "raw.labels", "Made to fail.", "Mend it.")

    labels = place.lake.path("raw.labels")
    before, version = _state(place), DeltaTable(labels).version()
    monkeypatch.setattr("jobs.audit_staged.audit_staged", fail)

    with pytest.raises(AuditFailed, match=r"raw\.labels .* failed expectations; not published"):
        run_table(place, "raw.labels", [FIRST])

    assert (_state(place), DeltaTable(labels).version()) == (before, version)


def test_what_is_made_from_a_failed_table_is_left_out(night, place, monkeypatch):
    monkeypatch.setattr(
        "jobs.audit_staged.audit_staged", lambda *_: [Verdict("expectations", False, "Made to fail.", "Mend it.")]
    )
    tables = ("raw.pings", "clean.pings", "protected.pings")
    told = {}

    batch = Batch("us", tables, (FIRST,), tuple(e for e in _forced(place, tables) if e.date == FIRST))
    good = run_here(place, batch, lambda table, reports, why: told.update({table: why}))

    assert not good
    assert "failed expectations" in told["raw.pings"]
    assert told["clean.pings"] == told["protected.pings"] == "left out: what it is made from failed"


def land(home: Home, source: str, file: Path) -> None:
    (entry,) = land_files(home.region("us"), load_mapping(source), mapping_text(source), [file])
    assert entry.outcome == "landed", entry


def planned(place: Workplace) -> list[Batch]:
    return batches(place, plan_all([place], Scope(), lambda text: None)["us"])


def reports_of(home: Home, table: str = "") -> list[RunReport]:
    place = Workplace.open(home, home.region("us"), lambda: None)
    found = [RunReport.from_dict(report) for _, _, report in place.catalog.published().values()]
    return sorted((r for r in found if table in ("", r.table)), key=lambda r: (r.table, r.date))


def _forced(place, tables):
    return plan_all([place], Scope(tables=tables, force=True), lambda text: None)["us"]


def _state(place):
    return [report.as_dict() for report in reports_of(place.home)], {t: dict(place.lake.rows(t)) for t in JOBS}


def _one(found):
    (one,) = found
    return one


def _sum(counts):
    return dict(sum((Counter(found) for found in counts), Counter()))


def _lines(night, file):
    return len(gzip.decompress((night.sample / "us" / file).read_bytes()).splitlines())


def _late_file(night, path):
    """Write new positions of the second day, as copies of others under ids of their own; return how many."""
    header, *lines = gzip.decompress((night.sample / "us" / "pings.csv.gz").read_bytes()).decode().splitlines()
    good = [line for line in lines if f",{SECOND}T1" in line and line.split(",")[1]][:7]
    late = [f"us-late{number},{line.split(',', 1)[1]}" for number, line in enumerate(good)]
    path.write_text("\n".join((header, *late)) + "\n")
    return len(late)


def _planted(night):
    abuse = {row["actor"]: row["abuse"] for row in night.truth("abuse.csv")}
    victim = _one([actor for actor, kind in abuse.items() if kind == "victim"])
    fakes = {actor for actor, kind in abuse.items() if kind == "fake_neighbor"}
    home = _one([row for row in night.truth("homes.csv") if row["actor"] == victim])
    return victim, fakes, h3.latlng_to_cell(float(home["home_lat"]), float(home["home_lon"]), 7)


def _accounts_by_cell_and_hour(night):
    """Return the accounts of each finest cell and hour that analytics may count."""
    present = defaultdict(set)
    for ping in night.rows("clean.pings"):
        if "analytics" in ping["purposes"]:
            hour = ping["event_time"].replace(minute=0, second=0, microsecond=0)
            present[h3.latlng_to_cell(ping["latitude"], ping["longitude"], 7), hour].add(ping["actor_id"])
    return dict(present)


def _covers(row, cell, at=None):
    inside = h3.cell_to_parent(cell, h3.get_resolution(row["cell"])) == row["cell"]
    return inside and (at is None or row["slot_start"] <= at < row["slot_start"] + timedelta(hours=row["slot_hours"]))


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def _content(path):
    """Return what a file holds: columns of Parquet are compressed, so their values are written out."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(raw)
    if path.suffix != ".parquet":
        return raw
    return raw + json.dumps(pq.ParquetFile(path).read().to_pylist(), default=str).encode()
