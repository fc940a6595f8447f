"""One file that is not what landed, or that Spark cannot read, never stops what is made of its neighbors."""

from __future__ import annotations

import hashlib
import io
import shutil
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import unreadable_files
from jobs.batches import batches
from jobs.date_files import date_files
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.landing_ledger import File
from jobs.nightly import run_table
from jobs.plan import plan
from jobs.registry import JOBS
from jobs.run_ahead import run_here
from jobs.run_ledger import RunLedger
from jobs.unreadable_files import read_or_set_aside, with_readable_files
from quality.contracts.errors import EnvironmentFault, FilesLost
from quality.sources.load_mapping import load_mapping
from tests.jobs.kept import keep_bytes, kept_bytes, shred
from tests.opened import rows_of

pytestmark = pytest.mark.spark

DAY = date(2024, 5, 1)
HEADER = "id,who,at,lat,lon,note\n"


@pytest.fixture
def place(home, request):
    return Workplace.open(home, home.region("eu"), lambda: request.getfixturevalue("spark"))


@pytest.fixture
def mapping(mapping_file):
    return mapping_file()


@pytest.fixture
def land(place, mapping, tmp_path):
    """Land a file for each name, with one row whose id is that name; return their kept paths by name."""

    def land(*names):
        paths = [tmp_path / f"{name}.csv" for name in names]
        for path in paths:
            path.write_text(f"{HEADER}{path.stem},a,2024-05-01T10:00:00Z,1.5,2.5,\n")
        landed = land_files(place.home, place.region, load_mapping(mapping), mapping.read_text(), paths)
        folder = place.region.folder("landing")
        return {one.name.partition(".")[0]: folder / f"{one.file_id}.csv" for one in landed}

    return land


def reasons(place):
    return {file.name.partition(".")[0]: file.reason for file in place.catalog.files()}


def published(place):
    return sorted(row["event_id"] for row in rows_of(place.home, place.region.name, "raw.pings"))


def swap(home, path):
    keep_bytes(home, path, kept_bytes(home, path).replace(b"a,2024", b"b,2024"))


def cut(_, path):
    path.write_bytes(path.read_bytes()[:-9])


def lay_open(home, path):
    path.write_bytes(kept_bytes(home, path))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(swap, id="swapped-for-one-that-reads-as-well"),
        pytest.param(cut, id="cut"),
        pytest.param(lay_open, id="in-the-clear-as-earlier-versions-kept-it"),
        pytest.param(lambda home, path: shred(home, path.stem), id="shredded"),
        pytest.param(lambda _, path: path.unlink(), id="gone"),
    ],
)
def test_a_file_that_changed_since_it_landed_is_set_aside_before_it_is_dated(place, land, damage):
    kept = land("bad", "good")
    damage(place.home, kept["bad"])

    date_files(place)

    assert reasons(place) == {"bad": "changed_since_landing", "good": ""}
    assert sum(part.rows for part in place.catalog.dates()["raw.pings"][DAY]) == 1


def test_one_that_changed_after_it_was_dated_is_set_aside_and_comes_back_when_it_is_ingested_again(place, land):
    kept = land("bad", "good")
    date_files(place)
    swap(place.home, kept["bad"])

    [report] = run_table(place, "raw.pings", [DAY])
    assert (report.rows_in, report.rows_out, published(place)) == (1, 1, ["good"])
    assert reasons(place) == {"bad": "changed_since_landing", "good": ""}

    land("bad")
    date_files(place)
    run_table(place, "raw.pings", [DAY])
    assert published(place) == ["bad", "good"]
    assert reasons(place) == {"bad": "", "good": ""}


NEXT_DAY = date(2024, 5, 2)


@pytest.fixture
def published_file_is_lost(place, land, mapping, tmp_path):
    """Rows of "used" are published; then its bytes change, and new files come for its date and for the next."""
    kept = land("used")
    date_files(place)
    run_table(place, "raw.pings", [DAY])
    run_table(place, "clean.pings", [DAY])
    swap(place.home, kept["used"])
    land("late")
    later = tmp_path / "later.csv"
    later.write_text(f"{HEADER}later,a,2024-05-02T10:00:00Z,1.5,2.5,\n")
    land_files(place.home, place.region, load_mapping(mapping), mapping.read_text(), [later])
    date_files(place)
    return kept["used"]


@pytest.mark.usefixtures("published_file_is_lost")
def test_a_file_in_use_never_goes_out_of_use_by_itself(place):
    with pytest.raises(FilesLost, match=r"raw\.pings for region eu: 1 landed file of 2024-05-01 cannot be read"):
        run_table(place, "raw.pings", [DAY])

    assert published(place) == ["used"]
    assert reasons(place) == {"used": "", "late": "", "later": ""}
    [failed] = [run for run in RunLedger(place.region).newest().values() if run.state == "failed"]
    assert (failed.dataset, failed.error) == ("raw.pings", "FilesLost")
    assert "geoward fsck" in failed.mend


def test_other_dates_and_tables_go_on_and_the_same_bytes_ingested_again_mend_all(place, land, published_file_is_lost):
    told = {}

    def tell(table, reports, error):
        told.setdefault(table, []).append((error.partition(":")[0], [report.date for report in reports]))

    def run():
        told.clear()
        return [run_here(place, batch, tell) for batch in batches(place, plan(place, tables=("clean.pings",)))]

    assert run() == [True, False]
    assert told["raw.pings"] == [("", [NEXT_DAY]), ("raw.pings for region eu", [])]
    assert told["clean.pings"] == [("", [NEXT_DAY]), ("left out", [])]
    assert published(place) == ["later", "used"]
    assert run() == [False], "each night says so until it is mended"

    assert land("used")["used"] == published_file_is_lost
    assert run() == [True]
    assert published(place) == ["late", "later", "used"]
    assert plan(place, tables=("clean.pings",)) == []


def test_one_that_was_entered_again_under_another_mapping_and_is_lost_then_keeps_its_rows_too(
    place, land, mapping, tmp_path
):
    kept = land("used")
    date_files(place)
    run_table(place, "raw.pings", [DAY])
    mapping.write_text(mapping.read_text().replace("description: ", "description: Other "))
    land("used", "late")
    swap(place.home, kept["used"])

    date_files(place)
    [batch] = batches(place, plan(place, tables=("raw.pings",)))
    with pytest.raises(FilesLost):
        run_table(place, "raw.pings", [DAY])

    assert (published(place), reasons(place)) == (["used"], {"used": "", "late": ""})
    land("used")
    date_files(place)
    run_table(place, "raw.pings", [DAY])
    assert published(place) == ["late", "used"]


PARQUET = """\
name: packed
description: Positions for tests.
format: parquet
legal_basis: {risk: Legitimate interests}
evidence: a test
emits:
  - to: raw.pings
    columns:
      event_id: {from: id}
      actor_id: {constant: a}
      event_time: {from: at, epoch: seconds}
      latitude: {from: lat}
      longitude: {from: lat}
"""


def with_torn_column(content):
    """Return the file with the third column's first page in pieces."""
    at = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(2).data_page_offset
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


@pytest.fixture
def enter(place, tmp_path):
    """Enter Parquet files as if the probe had let them pass; those named bad hold a column that nobody can read."""
    (tmp_path / "packed.yaml").write_text(PARQUET)
    mapping = load_mapping(tmp_path / "packed.yaml")
    shutil.copy(tmp_path / "packed.yaml", place.region.folder("mappings") / f"{mapping.version}.yaml")

    def enter(*names):
        for name in names:
            table = pa.table({"id": [name], "at": [1_714_557_600], "lat": [1.5]})
            sink = io.BytesIO()
            pq.write_table(table, sink, use_dictionary=False)
            content = with_torn_column(sink.getvalue()) if "bad" in name else sink.getvalue()
            file_id = hashlib.sha256(content).hexdigest()
            keep_bytes(place.home, place.region.folder("landing") / f"{file_id}.parquet", content)
            columns = ("id", "at", "lat")
            place.catalog.land(
                File("packed", file_id, mapping.version, name, "parquet", 1, columns, (), datetime.now(UTC))
            )

    return enter


def test_a_file_whose_fault_shows_only_when_raw_reads_it_is_set_aside_and_its_neighbors_are_published(place, enter):
    enter("one", "bad1", "two", "bad2", "three")
    date_files(place)
    assert set(reasons(place).values()) == {""}, "its times can be read"

    [report] = run_table(place, "raw.pings", [DAY])

    assert published(place) == ["one", "three", "two"]
    assert {name for name, reason in reasons(place).items() if reason == "unreadable_by_spark"} == {"bad1", "bad2"}
    assert (report.rows_in, report.rows_out, report.quarantined) == (3, 3, 0)
    assert run_table(place, "raw.pings", [DAY])[0].rows_out == 3


def test_what_the_published_rows_were_made_from_does_not_name_the_file_that_was_set_aside(place, enter):
    enter("one", "bad1")
    date_files(place)
    run_table(place, "raw.pings", [DAY])

    assert plan(place, tables=("raw.pings",)) == [], "else it would be made again each night"


def test_one_in_use_that_spark_cannot_read_any_more_is_not_set_aside(place, enter, monkeypatch):
    enter("one", "bad1")
    date_files(place)
    monkeypatch.setattr(unreadable_files, "in_use", lambda place, files: {file: {("raw.pings", DAY)} for file in files})

    with pytest.raises(FilesLost):
        run_table(place, "raw.pings", [DAY])

    assert set(reasons(place).values()) == {""}


@pytest.mark.parametrize("bad", [{3}, {0, 15}, set(range(16))], ids=["one", "two", "all"])
def test_files_at_fault_are_found_by_halving_and_their_neighbors_are_read(place, mapping, monkeypatch, bad):
    from pyspark.errors import PySparkException

    monkeypatch.setattr(unreadable_files, "read_ours", lambda *_: None)
    files = [File("tiny", f"{n:064}", "v", str(n), "csv", 1, (), (), datetime.now(UTC)) for n in range(16)]
    at_fault, reads, read_well = {files[n] for n in bad}, [], set()
    for file in files:
        place.catalog.land(file)

    def read(groups):
        [(_, held)] = groups
        reads.append(len(held))
        if at_fault & set(held):
            raise PySparkException("planted")
        read_well.update(held)

    assert set(read_or_set_aside(place, [(load_mapping(mapping), files)], read)) == at_fault
    assert read_well == set(files) - at_fault
    assert {int(name) for name, reason in reasons(place).items() if reason == "unreadable_by_spark"} == bad
    assert len(reads) <= 1 + (2 * 4 + 1) * len(bad), "to each file there are four halvings; once more to be sure"


def failing(error):
    def make():
        raise error

    return make


def test_a_failure_that_no_file_explains_is_raised_as_it_is(place, land):
    from pyspark.errors import PySparkException

    land("good")
    date_files(place)

    with pytest.raises(PySparkException, match="planted"):
        with_readable_files(place, JOBS["raw.pings"], [DAY], failing(PySparkException("planted")))

    assert reasons(place) == {"good": ""}


def test_a_fault_of_the_machine_says_nothing_about_the_files(place, enter):
    from py4j.protocol import Py4JNetworkError

    enter("one", "bad1")
    date_files(place)

    with pytest.raises(Py4JNetworkError):
        with_readable_files(place, JOBS["raw.pings"], [DAY], failing(Py4JNetworkError("planted")))

    assert set(reasons(place).values()) == {""}


def test_a_job_that_reads_no_landed_files_is_only_run(place):
    assert with_readable_files(place, JOBS["clean.pings"], [DAY], lambda: "made") == "made"


def test_a_folder_of_landed_files_that_is_not_mounted_says_nothing_about_them(place, land):
    land("one", "two")
    folder = place.region.root / "landing"
    folder.rename(folder.with_name("elsewhere"))

    with pytest.raises(EnvironmentFault, match="landed files of eu is gone"):
        date_files(place)

    assert [file.reason for file in place.catalog.waiting()] == ["", ""]
