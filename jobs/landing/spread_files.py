"""Files read by Python workers, which open them where they read them: no byte of them is anywhere in the clear."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

import pyarrow as pa

from quality.contracts.errors import GeowardError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

OPENING, TASK = 1 << 20, 128 << 20
"""What opening a file costs, in bytes read; and how many bytes a task reads at least, where there are many."""

PART = 32 << 20
"""Parts of files are not smaller than that."""

Place = TypeVar("Place")
Rows = tuple[Mapping[str, pa.Array], int]
"""Columns by name, and how many rows: there may be no column."""


@dataclass(frozen=True, slots=True)
class Part(Generic[Place]):
    """What one task reads of one file, and about how many bytes that is; ``number`` tells the file in what is read."""

    number: int
    bytes: int
    place: Place


class FileFailed(GeowardError):
    """A file could not be read to its end, for what is in it or for the disk; it says nothing of what it holds."""

    def __init__(self, error: Exception) -> None:
        """Say of what kind it is; of the operating system's errors also the number, which is told to be understood."""
        number = f" (os error {error.errno})" if isinstance(error, OSError) and error.errno else ""
        super().__init__(f"A landed file could not be read: {type(error).__name__}{number}")


def spread(
    spark: SparkSession, parts: Sequence[Part[Place]], read: Callable[[Place], Iterator[Rows]], schema: Sequence[str]
) -> DataFrame:
    """Return what ``read`` yields of all parts, as a frame of ``schema``, columns in DDL, and ``_of`` int, the number.

    The parts go to the cores by their sizes, and ``read`` with them. An error in a worker holds no value.
    """
    tasks = _tasks(parts, spark.sparkContext.defaultParallelism)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for task in batch.column(0).to_pylist():
                for part in tasks[task]:
                    yield from _guarded(part, read)

    return spark.range(0, len(tasks), 1, len(tasks)).mapInArrow(work, ", ".join([*schema, "_of int"]))


def cut(size: int, cores: int) -> int:
    """Return into how many parts a file of that size is best cut."""
    return max(1, min(cores, size // PART) if size < cores * TASK else size // TASK)


def _guarded(part: Part[Place], read: Callable[[Place], Iterator[Rows]]) -> Iterator[pa.RecordBatch]:
    try:
        for columns, count in read(part.place):
            number = pa.repeat(pa.scalar(part.number, pa.int32()), count)
            yield pa.RecordBatch.from_arrays([*columns.values(), number], [*columns, "_of"])
    except GeowardError:
        raise
    except Exception as error:  # what Arrow says of a file holds values of it
        raise FileFailed(error) from None


def _tasks(parts: Sequence[Part[Place]], cores: int) -> list[list[Part[Place]]]:
    """Return the parts by task, the largest first and each to whom has least: at least one task for each core."""
    total = sum(part.bytes + OPENING for part in parts)
    count = max(1, min(len(parts), max(cores, total // TASK)))
    tasks: list[list[Part[Place]]] = [[] for _ in range(count)]
    loads = [(0, number) for number in range(count)]
    for part in sorted(parts, key=lambda part: -part.bytes):
        load, number = heappop(loads)
        tasks[number].append(part)
        heappush(loads, (load + part.bytes + OPENING, number))
    return tasks
