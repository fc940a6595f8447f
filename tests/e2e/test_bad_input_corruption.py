"""Every corruption of every format in one night: a file is refused whole or its rows are accounted for, each of them.

All files of a format are read together, so a corrupted one could take any other with it; none may.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jobs.catalog import Catalog
from jobs.home import Home, open_home
from jobs.reasons import REASONS
from tests.e2e.corrupted_files import (
    PLANTED,
    ROWS,
    TABLES,
    corrupted,
    good,
    intact_rows,
    mapping_of,
    records_in,
    rows_of,
)
from tests.opened import rows_of as rows_of_table

pytestmark = [pytest.mark.e2e, pytest.mark.long]

GEOWARD = Path(sys.executable).with_name("geoward")
FLIPS = 25
"""Files of each format, plain and gzipped, that have one bit flipped."""

SWAPPED = {
    "cut-later": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "swapped-later": lambda path: path.write_bytes(good(path.name.split(".")[1], "unknown")),
    "gone-later": lambda path: path.unlink(),
}
"""What happens to kept files between landing and the run."""


@dataclass
class Night:
    """What was landed, by name without its end, and what the commands said."""

    home: Home
    said: list[str] = field(default_factory=list)
    content: dict[str, bytes] = field(default_factory=dict)
    reason: dict[str, str | None] = field(default_factory=dict)
    run: dict = field(default_factory=dict)

    def geoward(self, *words: object, status: int = 0) -> str:
        done = subprocess.run(
            [GEOWARD, *map(str, words)], capture_output=True, text=True, check=False, cwd=self.home.path.parent,
            env={**os.environ, "GEOWARD_HOME": str(self.home.path), "TMPDIR": str(self.home.folder("scratch"))},
        )  # fmt: skip
        self.said += [done.stdout, done.stderr]
        assert done.returncode == status, done.stderr[-2000:]
        return done.stdout

    def write(self, folder: Path, format_: str, name: str, content: bytes, reason: str | None) -> Path:
        self.content[name], self.reason[name] = content, reason
        path = folder / f"{name}.{format_}"
        path.write_bytes(content)
        return path


def deliver(night: Night, format_: str, folder: Path) -> None:
    """Land a good file, all corrupted ones and some that change later, under one mapping."""
    mapping = folder / f"{format_}.yaml"
    mapping.write_text(mapping_of(format_))
    night.write(folder, format_, f"{format_}-neighbor", good(format_, f"{format_}-neighbor"), "")
    for name, content, reason in corrupted(format_, FLIPS):
        night.write(folder, format_, name, content, reason)
    for later in SWAPPED:
        night.write(folder, format_, f"{format_}-{later}", good(format_, f"{format_}-{later}"), "changed_since_landing")
    files = sorted(folder.glob(f"{format_}*.{format_}"))
    night.geoward("ingest", "--json", "--source", mapping, "--region", "eu", *files, status=1)
    names = {file.name: file for file in Catalog(night.home.region("eu")).files(f"{format_}_log")}
    for later, change in SWAPPED.items():
        file = names[f"{format_}-{later}.{format_}"]
        change(night.home.region("eu").folder("landing") / f"{file.file_id}.{file.extension}")


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> Night:
    folder = tmp_path_factory.mktemp("night")
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "geoward.yaml").write_text("regions:\n  eu: {root: warehouse/eu, jurisdiction: eu}\n")
    (folder / "files").mkdir()
    night = Night(open_home(folder / "home"))
    for format_ in TABLES:
        deliver(night, format_, folder / "files")
    night.run = json.loads(night.geoward("run", "--json", "clean.pings", "clean.actions"))
    return night


@pytest.fixture(scope="module")
def files(night):
    """The landed files by their names without their ends."""
    return {file.name.rpartition(".")[0]: file for file in Catalog(night.home.region("eu")).files()}


@pytest.fixture(scope="module")
def raw(night) -> dict[str, set[str]]:
    """The published ids by file."""
    found: dict[str, set[str]] = {}
    for table in ("pings", "actions"):
        rows = rows_of_table(night.home, "eu", f"raw.{table}")
        assert len({(row["file_id"], row["event_id"]) for row in rows}) == len(rows)
        for row in rows:
            found.setdefault(row["file_id"], set()).add(row["event_id"])
    return found


def test_every_kind_of_corruption_was_there(night):
    assert len(night.content) > 200
    assert Counter(name.split("-")[1] for name in night.content)["flip"] == 7 * FLIPS


def test_each_file_is_refused_for_the_reason_that_it_should_be(night, files):
    wrong = {
        name: (files[name].reason, expected)
        for name, expected in night.reason.items()
        if expected is not None and files[name].reason != expected
    }

    assert wrong == {}


def test_every_reason_is_explained_with_its_mend(files):
    reasons = {file.reason.partition(":")[0] for file in files.values() if file.reason}

    assert len(reasons) > 7
    assert reasons <= set(REASONS)


@pytest.mark.parametrize("format_", TABLES)
def test_all_rows_of_the_good_file_beside_them_are_published(files, raw, format_):
    assert raw[files[f"{format_}-neighbor"].file_id] == {row[0] for row in rows_of(f"{format_}-neighbor")}


def test_a_file_is_refused_whole_or_every_record_of_it_is_in_the_ledger(night, files):
    counted: Counter[str] = Counter()
    for days in Catalog(night.home.region("eu")).dates().values():
        for parts in days.values():
            for part in parts:
                counted[part.file_id] += part.rows
    used = {name: file for name, file in files.items() if not file.reason}

    held = {name: records_in(file.extension.split(".")[0], night.content[name]) for name, file in used.items()}
    assert {name: counted[file.file_id] for name, file in used.items()} == held
    assert sum(held.values()) > ROWS * len(TABLES)
    assert not {file.file_id for file in files.values() if file.reason} & set(counted)


def test_what_came_in_went_out_or_was_quarantined_or_rejected(night, files, raw):
    reports = [
        report for _, _, report in Catalog(night.home.region("eu")).published().values()
        if str(report["table"]).startswith("raw.")
    ]  # fmt: skip
    landed = sum(
        records_in(file.extension.split(".")[0], night.content[name])
        for name, file in files.items() if not file.reason
    )  # fmt: skip

    assert sum(report["rows_in"] for report in reports) == landed
    for report in reports:
        rejected = sum(report["rejected"].values())
        assert report["rows_in"] == report["rows_out"] + report["quarantined"] + rejected
    assert sum(report["rows_out"] for report in reports) == sum(len(ids) for ids in raw.values())


def test_a_row_whose_bytes_are_whole_is_published_whatever_became_of_the_others(night, files, raw):
    lost = {
        name: intact_rows(file.extension.split(".")[0], name, night.content[name]) - raw.get(file.file_id, set())
        for name, file in files.items()
        if not file.reason
    }

    assert {name: ids for name, ids in lost.items() if ids} == {}


def test_a_refused_file_gives_no_row(files, raw):
    assert [name for name, file in files.items() if file.reason and file.file_id in raw] == []


def test_every_table_was_made(night):
    assert {table["table"]: table["error"] for table in night.run["tables"] if table["error"]} == {}
    assert {"raw.pings", "raw.actions", "clean.pings", "clean.actions"} <= {t["table"] for t in night.run["tables"]}


def test_the_same_bytes_again_under_another_name_change_nothing(night, tmp_path):
    for name in ("csv-neighbor", "renamed"):
        (tmp_path / f"{name}.csv").write_bytes(night.content["csv-neighbor"])
    mapping = night.home.path.parent / "files" / "csv.yaml"

    told = json.loads(
        night.geoward("ingest", "--json", "--source", mapping, "--region", "eu", *sorted(tmp_path.glob("*.csv")))
    )

    assert [file["outcome"] for file in told["files"]] == ["known", "known"]
    assert json.loads(night.geoward("run", "--dry-run", "--json", "clean.pings"))["partitions"] == []


def test_a_published_file_that_is_lost_keeps_its_rows_until_the_same_bytes_come_again(night, files, tmp_path):
    lost = files["csv-neighbor"]
    kept = night.home.region("eu").folder("landing") / f"{lost.file_id}.{lost.extension}"
    late, again = tmp_path / "csv-late.csv", tmp_path / "csv-neighbor.csv"
    late.write_bytes(good("csv", "csv-late"))
    again.write_bytes(night.content["csv-neighbor"])
    ingest = ("ingest", "--source", night.home.path.parent / "files" / "csv.yaml", "--region", "eu")
    before = ids_in_raw(night)
    kept.write_bytes(kept.read_bytes()[:-9])
    night.geoward(*ingest, late)

    night.geoward("run", "clean.pings", status=1)
    assert "1 landed file of 2024-05-02 cannot be read" in " ".join(night.said[-1].split())
    assert ids_in_raw(night) == before

    assert kept.name in night.geoward("fsck", "--json", status=1)
    night.geoward(*ingest, again)
    night.geoward("run", "clean.pings")
    assert ids_in_raw(night) == before | {row[0] for row in rows_of("csv-late")}


def ids_in_raw(night) -> set[str]:
    return {row["event_id"] for row in rows_of_table(night.home, "eu", "raw.pings")}


def test_no_value_of_a_row_is_in_an_output_or_in_any_file_but_the_landed_ones_and_the_tables(night):
    night.geoward("quarantine", "list")
    night.geoward("status", status=1)
    night.geoward("audit", "list")
    looked = [
        path for path in night.home.path.rglob("*")
        if path.is_file() and path.suffix != ".parquet" and "landing" not in path.parts
    ]  # fmt: skip

    assert {"catalog.sqlite", "jvm.log"} <= {path.name for path in looked}
    assert [path.name for path in looked if any(value.encode() in path.read_bytes() for value in PLANTED)] == []
    assert [text for text in night.said if any(value in text for value in PLANTED)] == []
