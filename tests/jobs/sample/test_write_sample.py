from __future__ import annotations

import csv
import gzip
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jobs.sample import DEFAULT_SAMPLE
from jobs.sample.write_sample import write_sample
from quality.contracts.errors import UsageError
from quality.contracts.raw_actions import ACTIONS
from quality.contracts.raw_actors import ACTOR_TYPES
from quality.contracts.raw_consents import SIGNALS

COMMITTED = Path(__file__).parents[3] / "data" / "sample"
SMALL = {"actors": 80, "days": 2, "seed": 5}


def contents(folder: Path, *, unpacked: bool) -> dict[str, str]:
    """SHA-256 of each file; unpacked, because another zlib may pack the same content into other bytes."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        held = path.read_bytes()
        held = gzip.decompress(held) if unpacked and path.suffix == ".gz" else held
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(held).hexdigest()
    return found


def table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def json_rows(path: Path) -> list[dict]:
    rows = []
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            rows.append({"broken": True})
    return rows


def test_the_default_arguments_give_the_committed_sample(default_sample):
    assert contents(default_sample, unpacked=True) == contents(COMMITTED, unpacked=True)


def test_the_committed_sample_stays_small():
    assert sum(p.stat().st_size for p in COMMITTED.rglob("*") if p.is_file()) < 1_800_000


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    write_sample(tmp_path / "a", **SMALL)
    write_sample(tmp_path / "b", **SMALL)
    assert contents(tmp_path / "a", unpacked=False) == contents(tmp_path / "b", unpacked=False)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"seed": 6}, id="seed"),
        pytest.param({"hardness": 0.5}, id="hardness"),
        pytest.param({"days": 3}, id="days"),
    ],
)
def test_another_argument_gives_other_bytes(tmp_path, change):
    write_sample(tmp_path / "a", **SMALL)
    write_sample(tmp_path / "b", **{**SMALL, **change})
    for file in ("eu/pings.csv.gz", "us/actions.jsonl.gz"):
        assert contents(tmp_path / "a", unpacked=False)[file] != contents(tmp_path / "b", unpacked=False)[file]


def test_a_region_does_not_depend_on_the_other_regions(tmp_path):
    write_sample(tmp_path / "a", **SMALL)
    write_sample(tmp_path / "b", **SMALL, regions=("us",))
    both, alone = contents(tmp_path / "a", unpacked=False), contents(tmp_path / "b", unpacked=False)
    assert {k: v for k, v in both.items() if "us/" in k} == {k: v for k, v in alone.items() if "us/" in k}


def test_the_summary_counts_files_rows_and_bytes(tmp_path):
    said = []
    summary = write_sample(tmp_path, **SMALL, regions=("eu",), progress=said.append)
    on_disk = {p.relative_to(tmp_path).as_posix(): p for p in tmp_path.rglob("*") if p.is_file()}
    assert set(summary.files) == set(on_disk) == set(summary.rows)
    assert summary.bytes == sum(p.stat().st_size for p in on_disk.values())
    assert summary.rows["eu/pings.csv.gz"] == len(table(on_disk["eu/pings.csv.gz"]))
    assert summary.rows["eu/actions.jsonl.gz"] == len(json_rows(on_disk["eu/actions.jsonl.gz"]))
    assert said == ["eu: day 1 of 2", "eu: day 2 of 2"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"actors": 79}, id="too-few-actors"),
        pytest.param({"days": 0}, id="no-day"),
        pytest.param({"seed": -1}, id="negative-seed"),
        pytest.param({"hardness": 1.1}, id="too-hard"),
        pytest.param({"hardness": float("nan")}, id="hardness-is-no-number"),
        pytest.param({"regions": ()}, id="no-region"),
        pytest.param({"regions": ("eu", "eu")}, id="a-region-twice"),
        pytest.param({"regions": ("atlantis",)}, id="unknown-region"),
    ],
)
def test_nonsense_is_refused_before_anything_is_written(tmp_path, change):
    with pytest.raises(UsageError) as refused:
        write_sample(tmp_path, **{**SMALL, **change})
    assert refused.value.mend
    assert not list(tmp_path.iterdir())


def test_files_hold_the_agreed_columns_and_words(default_sample):
    for name in DEFAULT_SAMPLE["regions"]:
        folder = default_sample / name
        pings, actions = table(folder / "pings.csv.gz"), json_rows(folder / "actions.jsonl.gz")
        header = ["event_id", "actor", "device", "time", "lat", "lon", "accuracy_m", "speed_mps", "trip"]
        assert list(pings[0]) == header
        assert {row["type"] for row in actions if "broken" not in row} == set(ACTIONS)
        assert {row["kind"] for row in table(folder / "actors.csv")} == set(ACTOR_TYPES)
        consents = [json.loads(line) for line in (folder / "consents.jsonl").read_text().splitlines()]
        assert {row["signal"] for row in consents} <= set(SIGNALS)
        assert ("gpc" in {row["signal"] for row in consents}) == (name == "us")
        assert all(not row["given"] for row in consents if row["signal"] == "gpc")
        assert 20_000 < len(pings) + len(actions) < 40_000


def test_every_event_falls_into_the_days_asked_for(default_sample):
    first, days = DEFAULT_SAMPLE["start"], DEFAULT_SAMPLE["days"]
    for name in DEFAULT_SAMPLE["regions"]:
        pings = table(default_sample / name / "pings.csv.gz")
        dates = {date.fromisoformat(row["time"][:10]) for row in pings if row["time"] != "yesterday"}
        actions = json_rows(default_sample / name / "actions.jsonl.gz")
        stamps = [row.get("time_ms") for row in actions]
        dates |= {datetime.fromtimestamp(s / 1_000, UTC).date() for s in stamps if isinstance(s, int)}
        assert {(day - first).days for day in dates} == set(range(days))


def test_truth_counts_the_dirt_that_is_there(default_sample):
    for name in DEFAULT_SAMPLE["regions"]:
        truth = {(r["file"], r["kind"]): int(r["rows"]) for r in table(default_sample / "truth" / name / "dirt.csv")}
        pings = table(default_sample / name / "pings.csv.gz")
        actions = json_rows(default_sample / name / "actions.jsonl.gz")
        assert truth["pings.csv.gz", "latitude_91"] == sum(float(r["lat"]) > 90 for r in pings)
        assert truth["pings.csv.gz", "missing_actor"] == sum(not r["actor"] for r in pings)
        assert truth["pings.csv.gz", "unparseable_time"] == sum(r["time"] == "yesterday" for r in pings)
        assert truth["actions.jsonl.gz", "broken_json"] == sum("broken" in r for r in actions)
        assert truth["actions.jsonl.gz", "missing_actor"] == sum("actor" not in r for r in actions if "broken" not in r)
        assert truth["actions.jsonl.gz", "unparseable_time"] == sum(r.get("time_ms") == "yesterday" for r in actions)
        for file, rows, key in (("pings.csv.gz", pings, "event_id"), ("actions.jsonl.gz", actions, "id")):
            whole = [r for r in rows if "broken" not in r]
            ids, contents_ = [r[key] for r in whole], [json.dumps(r, sort_keys=True) for r in whole]
            assert len(contents_) - len(set(contents_)) == truth[file, "exact_duplicate"]
            assert len(set(contents_)) - len(set(ids)) == truth[file, "same_id_other_content"]


def test_planted_events_exist_and_labels_name_what_exists(default_sample):
    for name in DEFAULT_SAMPLE["regions"]:
        folder = default_sample / name
        known = {r["event_id"] for r in table(folder / "pings.csv.gz")}
        known |= {r.get("id", "") for r in json_rows(folder / "actions.jsonl.gz")}
        planted = table(default_sample / "truth" / name / "events.csv")
        assert {r["event"] for r in planted} <= known
        actors = {r["actor"] for r in table(folder / "actors.csv")}
        for label in table(folder / "labels.csv"):
            assert label["entity_type"] == "device" or label["entity"] in known | actors
            assert label["time"] < label["observed"]
