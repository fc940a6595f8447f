"""A failure of the machine is told as such, whichever library met it, and no text of it is repeated."""

from __future__ import annotations

import errno
import sqlite3

import pytest

from jobs.durable import sync
from jobs.explain_failure import explain_failure, kind_of
from quality.contracts.errors import EnvironmentFault, UsageError

PLANTED = "planted-51.5007"


class Py4JNetworkError(Exception):
    """As py4j's, told by its name."""


class DeltaError(Exception):
    """As deltalake's."""


class Unprintable(Exception):
    """As py4j's errors once Java has ended."""

    def __str__(self):
        raise ConnectionRefusedError


class OperationalError(Exception):
    """As SQLAlchemy's: it holds SQLite's."""

    def __init__(self, orig):
        super().__init__("(sqlite3.OperationalError)")
        self.orig = orig


def sqlite_error(name):
    error = sqlite3.OperationalError(PLANTED)
    error.sqlite_errorname = name
    return error


def spark(*lines):
    return RuntimeError("\n".join([f"An error occurred while calling o1.parquet. {PLANTED}", *lines]))


FULL, READ_ONLY, CLOSED = "disk is full", "read-only", "closed to this user"
MEMORY, WORKER, JAVA = "Memory ran out", "Python worker", "Java ended"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(OSError(errno.ENOSPC, PLANTED), FULL, id="no-space"),
        pytest.param(OSError(errno.EFBIG, PLANTED), FULL, id="file-too-large"),
        pytest.param(OSError(errno.EROFS, PLANTED), READ_ONLY, id="read-only"),
        pytest.param(PermissionError(errno.EACCES, PLANTED), CLOSED, id="no-permission"),
        pytest.param(OSError(errno.EIO, PLANTED), "input or output error", id="broken-disk"),
        pytest.param(OSError(errno.EMFILE, PLANTED), "Too many files", id="too-many-files"),
        pytest.param(MemoryError(), MEMORY, id="python-out-of-memory"),
        pytest.param(DeltaError(f"Generic error: {PLANTED}: (os error 28)"), FULL, id="deltalake-no-space"),
        pytest.param(DeltaError(f"Generic error: {PLANTED}: (os error 30)"), READ_ONLY, id="deltalake-read-only"),
        pytest.param(sqlite_error("SQLITE_FULL"), FULL, id="sqlite-full"),
        pytest.param(sqlite_error("SQLITE_IOERR_WRITE"), FULL, id="sqlite-cannot-write"),
        pytest.param(sqlite_error("SQLITE_READONLY_DIRECTORY"), READ_ONLY, id="sqlite-read-only"),
        pytest.param(sqlite_error("SQLITE_BUSY"), "in use", id="sqlite-busy"),
        pytest.param(OperationalError(sqlite_error("SQLITE_FULL")), FULL, id="sqlalchemy"),
        pytest.param(spark("Caused by: java.io.IOException: No space left on device"), FULL, id="java-no-space"),
        pytest.param(spark("Caused by: java.io.IOException: File too large"), FULL, id="java-file-too-large"),
        pytest.param(spark("java.nio.file.FileSystemException: /a b/c: No space left on device"), FULL, id="java-nio"),
        pytest.param(
            spark("java.io.FileNotFoundException: /a (Read-only file system)"), READ_ONLY, id="java-read-only"
        ),
        pytest.param(spark("Caused by: java.lang.OutOfMemoryError: Java heap space"), MEMORY, id="java-heap"),
        pytest.param(
            spark("org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)"), WORKER, id="worker"
        ),
        pytest.param(Py4JNetworkError(PLANTED), JAVA, id="java-ended"),
        pytest.param(ConnectionRefusedError(errno.ECONNREFUSED, PLANTED), JAVA, id="java-gone"),
        pytest.param(RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway exited"), "could not start", id="java-not-begun"),
        pytest.param(spark("[INVALID_DRIVER_MEMORY] System memory 9"), "too little to start", id="memory-below-least"),
    ],
)
def test_a_fault_of_the_machine_is_told_with_its_mend_and_without_its_text(error, told):
    fault = explain_failure(error)

    assert isinstance(fault, EnvironmentFault)
    assert told in fault.message
    assert "run the same command again" in fault.mend
    assert PLANTED not in str(fault)
    assert fault.exit_code == 4


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError(PLANTED), id="ours"),
        pytest.param(BrokenPipeError(errno.EPIPE, "reader is gone"), id="a-pipe-that-its-reader-closed"),
        pytest.param(FileNotFoundError(errno.ENOENT, PLANTED), id="no-file"),
        pytest.param(
            spark("[CAST_INVALID_INPUT] The value 'No space left on device' cannot be cast"), id="a-row-says-so"
        ),
        pytest.param(spark("The value 'OutOfMemoryError' cannot be cast"), id="a-row-names-the-class"),
        pytest.param(Unprintable(), id="no-text-at-all"),
        pytest.param(UsageError("Read-only", mend="(os error 30)"), id="geowards-own"),
    ],
)
def test_what_is_no_fault_of_the_machine_is_not_told_as_one(error):
    assert explain_failure(error) is None


def test_the_cause_below_an_error_explains_it():
    try:
        try:
            raise OSError(errno.ENOSPC, PLANTED)
        except OSError as low:
            raise RuntimeError("staging failed") from low
    except RuntimeError as error:
        assert FULL in explain_failure(error).message


def test_what_happened_first_is_told_although_java_ended_of_it():
    try:
        try:
            raise OSError(errno.ENOSPC, PLANTED)
        finally:
            raise Py4JNetworkError(PLANTED)
    except Py4JNetworkError as error:
        assert FULL in explain_failure(error).message


def test_an_error_that_is_not_explained_is_told_by_its_kind_and_the_line_of_ours_that_it_left(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        sync(tmp_path / PLANTED)

    told, first = kind_of(raised.value), sync.__code__.co_firstlineno

    assert told in {f"FileNotFoundError at jobs.durable:{line}" for line in range(first, first + 5)}


def test_an_error_that_never_was_in_code_of_ours_is_told_by_its_kind_alone():
    assert kind_of(ValueError(PLANTED)) == "ValueError"
