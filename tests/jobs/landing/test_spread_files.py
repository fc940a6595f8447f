"""Files are spread over the cores by their size, and what goes wrong with one tells nothing of what it holds."""

from __future__ import annotations

import errno
import traceback

import pyarrow as pa
import pytest

from jobs.explain_failure import explain_failure
from jobs.landing import spread_files
from jobs.landing.sealed_file import SealRefused
from jobs.landing.spread_files import PART, TASK, FileFailed, Part, cut


def parts(*sizes):
    return [Part(number, size, None) for number, size in enumerate(sizes)]


def raised(error):
    """Return what a worker says of an error, after the first rows."""

    def read(_):
        yield {"value": pa.array(["planted"])}, 1
        raise error

    found = []
    with pytest.raises(Exception) as caught:
        for batch in spread_files._guarded(Part(7, 1, None), read):
            found.append(batch.to_pydict())
    assert found == [{"value": ["planted"], "_of": [7]}]
    return caught.value


@pytest.mark.parametrize("error", [ValueError("planted"), pa.ArrowInvalid("planted"), UnicodeError("planted")])
def test_an_error_in_a_worker_repeats_nothing_of_a_file(error):
    told = raised(error)

    assert isinstance(told, FileFailed)
    assert "planted" not in "".join(traceback.format_exception(told)).replace("raised(error)", "")
    assert type(error).__name__ in str(told)


def test_a_fault_of_the_machine_is_known_as_one_from_what_a_worker_says():
    told = raised(OSError(errno.ENOSPC, "planted"))

    assert "planted" not in str(told)
    assert "disk is full" in explain_failure(RuntimeError(str(told))).message


def test_what_explains_itself_is_told_as_it_is():
    assert isinstance(raised(SealRefused("was cut")), SealRefused)


def test_each_core_has_a_task_and_the_largest_files_are_apart():
    tasks = spread_files._tasks(parts(100 << 20, 90 << 20, 1, 1, 1), 2)

    assert sorted(sum(part.bytes for part in task) >> 20 for task in tasks) == [90, 100]
    assert len(spread_files._tasks(parts(*[1] * 1000), 2)) == 7, "opening a file costs too"
    assert [len(task) for task in spread_files._tasks([], 2)] == [0]


@pytest.mark.parametrize(
    ("size", "count"),
    [
        pytest.param(0, 1, id="empty"),
        pytest.param(2 * PART - 1, 1, id="small"),
        pytest.param(3 * PART, 3, id="medium"),
        pytest.param(4 * TASK - 1, 4, id="as-many-as-cores"),
        pytest.param(9 * TASK, 9, id="large"),
    ],
)
def test_large_files_are_cut(size, count):
    assert cut(size, 4) == count
