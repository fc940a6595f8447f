from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from jobs import date_files as dating
from jobs.date_files import date_files
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.landing_ledger import Part
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping

pytestmark = pytest.mark.spark

HEADER = "id,who,at,lat,lon,note\n"


def row(number, at):
    return f"{number},a,{at},1.5,2.5,\n"


@pytest.fixture
def place(home, request):
    return Workplace.open(home, home.region("eu"), lambda: request.getfixturevalue("spark"))


@pytest.fixture
def land(place, mapping_file, tmp_path):
    def land(**files):
        path = mapping_file()
        paths = []
        for name, text in files.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(HEADER + text)
        landed = land_files(place.home, place.region, load_mapping(path), path.read_text(), paths)
        return {one.name.partition(".")[0]: one.file_id for one in landed}

    return land


def parts(place):
    return {
        (day, part.file_id): (part.rows, part.usable)
        for day, found in place.catalog.dates().get("raw.pings", {}).items()
        for part in found
    }


def test_each_file_is_dated_once_and_rows_without_a_time_count_on_its_last_date_or_that_of_landing(place, land):
    files = land(a=row(1, "2024-05-01T10:00:00Z") + row(2, "2024-05-02T00:00:00Z") + row(3, "2024-05-02T09:00:00Z"),
                 b=row(4, "2024-05-02T10:00:00Z") + row(5, "planted") + row(6, ""), c=row(7, "planted"))  # fmt: skip
    said = []

    assert date_files(place, said.append) == 3
    assert parts(place) == {
        (date(2024, 5, 1), files["a"]): (1, 1),
        (date(2024, 5, 2), files["a"]): (2, 2),
        (date(2024, 5, 2), files["b"]): (3, 1),
        (datetime.now(UTC).date(), files["c"]): (1, 0),
    }
    assert said == ["eu: reading the dates of 3 files from tiny"]
    assert date_files(place) == 0
    assert isinstance(place.catalog.dates()["raw.pings"][date(2024, 5, 1)][0], Part)


def test_a_file_that_spark_cannot_read_is_quarantined_whole_and_its_neighbors_go_on(place, land, monkeypatch):
    from pyspark.errors import PySparkException

    files = land(**{name: row(name, "2024-05-01T10:00:00Z") for name in "abc"})
    count = dating._count

    def refuse(where, groups):
        if files["b"] in {file.file_id for _, waiting in groups for file in waiting}:
            raise PySparkException("planted value")
        return count(where, groups)

    monkeypatch.setattr(dating, "_count", refuse)

    assert date_files(place) == 3
    assert {file_id for _, file_id in parts(place)} == {files["a"], files["c"]}
    assert {f.file_id: f.reason for f in place.catalog.files() if f.reason} == {files["b"]: "unreadable_by_spark"}
    assert date_files(place) == 0


def test_a_java_that_cannot_start_says_nothing_about_the_files(place, land, monkeypatch):
    from pyspark.errors import PySparkRuntimeError

    def refuse():
        raise PySparkRuntimeError("JAVA_GATEWAY_EXITED")

    land(a=row(1, "2024-05-01T10:00:00Z"))
    cold = Workplace.open(place.home, place.region, refuse)

    with pytest.raises(PySparkRuntimeError):
        date_files(cold)

    assert [(file.reason, file.dated) for file in place.catalog.files()] == [("", False)]


def test_a_java_that_ends_while_reading_says_nothing_about_the_files(place, land, monkeypatch):
    from py4j.protocol import Py4JNetworkError

    def end(where, groups):
        raise Py4JNetworkError("planted value")

    land(a=row(1, "2024-05-01T10:00:00Z"))
    monkeypatch.setattr(dating, "_count", end)

    with pytest.raises(EnvironmentFault, match="Java ended") as fault:
        date_files(place)

    assert "planted" not in str(fault.value)
    assert [(file.reason, file.dated) for file in place.catalog.files()] == [("", False)]
