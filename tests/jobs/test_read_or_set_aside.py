"""A file is set aside only while Spark reads files of ours: else the machine is at fault, whatever it says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs import unreadable_files
from jobs.job_inputs import Workplace
from jobs.landing_ledger import File
from jobs.unreadable_files import read_or_set_aside
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping
from tests.jobs.test_plan import refuse


@pytest.fixture
def place(home):
    return Workplace.open(home, home.region("eu"), refuse)


@pytest.fixture
def files(place):
    landed = [File("tiny", f"{n:064}", "v", str(n), "csv", 1, (), (), datetime.now(UTC)) for n in range(4)]
    for file in landed:
        place.catalog.land(file)
    return landed


@pytest.fixture
def groups(files, mapping_file):
    return [(load_mapping(mapping_file()), files)]


def failing(*at_fault, times=99):
    """Return a reader that fails for those files, each as often as ``times``."""
    from pyspark.errors import PySparkException

    left = dict.fromkeys(at_fault, times)

    def read(groups):
        for file in (file for _, held in groups for file in held if left.get(file)):
            left[file] -= 1
            raise PySparkException("a fault that nobody thought of")

    return read


def ours(monkeypatch, fails=False):
    """Say whether files of ours can be read, and return those like which they were made."""
    asked = []

    def read_ours(place, mapping, like):
        asked.append(like)
        if fails:
            raise EnvironmentFault("planted")

    monkeypatch.setattr(unreadable_files, "read_ours", read_ours)
    return asked


def set_aside(place):
    return {file.name for file in place.catalog.files() if file.reason}


@pytest.mark.parametrize("bad", [1, 4], ids=["one", "all"])
def test_where_no_file_of_ours_can_be_read_none_is_set_aside(place, files, groups, monkeypatch, bad):
    ours(monkeypatch, fails=True)

    with pytest.raises(EnvironmentFault, match="planted"):
        read_or_set_aside(place, groups, failing(*files[:bad]))

    assert set_aside(place) == set()


def test_where_files_of_ours_can_be_read_those_at_fault_are_set_aside_even_if_they_are_all(
    place, files, groups, monkeypatch
):
    asked = ours(monkeypatch)

    assert read_or_set_aside(place, groups, failing(*files)) == files

    assert (set_aside(place), asked) == ({"0", "1", "2", "3"}, files)


def test_where_all_can_be_read_no_file_of_ours_is(place, files, groups, monkeypatch):
    asked = ours(monkeypatch)

    assert (read_or_set_aside(place, groups, failing()), asked) == ([], [])


def test_a_file_that_can_be_read_when_it_is_tried_once_more_stays(place, files, groups, monkeypatch):
    ours(monkeypatch)

    assert read_or_set_aside(place, groups, failing(files[0], times=3)) == []  # of all, of half, alone

    assert set_aside(place) == set()
