"""Start Spark, once, with what a single machine or a cluster needs."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.class_archive import archive_option
from jobs.cluster import (
    BETWEEN_MACHINES,
    SILENT,
    await_executor,
    is_local,
    join_failed,
    on_workers,
    submitted_names,
    with_attempts,
)
from jobs.jars import jar_paths

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession


def start_session(
    *, scratch: Path, short_lived: bool = False, master: str = "", options: Sequence[str] | None = None
) -> SparkSession:
    """Start or return the Spark session; ``scratch`` takes spills and shuffles.

    ``short_lived`` compiles and plans quickly rather than well: right for tests and small runs. ``options`` are for
    the JVM, in place of the one that uses the archive of classes. Under spark-submit, its Java is used, and what it
    was told is kept, except where that would be unsafe.
    """
    from pyspark.sql import SparkSession

    if active := SparkSession.getActiveSession():
        return active
    told, theirs = submitted_names()
    master = with_attempts(theirs or master or os.environ.get("GEOWARD_MASTER", "local[*]"))
    elsewhere = bool(told) or not is_local(master)
    if not (elsewhere and "PYSPARK_PYTHON" in os.environ):
        os.environ["PYSPARK_PYTHON"] = sys.executable  # workers would start another Python
    settings = {
        **_local(master),
        **_memory_and_paths(scratch, short_lived, archive_option() if options is None else options),
        **(_SMALL if short_lived and is_local(master) else {}),
        **(on_workers() if elsewhere else {}),
    }
    kept = {name: value for name, value in settings.items() if name not in told}
    context = _start({**kept, **_SAFETY, **({} if is_local(master) else BETWEEN_MACHINES)}, master, scratch)
    context.setLogLevel("OFF")  # error logs of ANSI mode and of UDFs hold row values
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).disabled = True
    return SparkSession(context)


def _start(settings: Mapping[str, str], master: str, scratch: Path) -> SparkContext:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    conf = SparkConf().setMaster(master).setAppName("geoward").setAll(list(settings.items()))
    with (scratch / "jvm.log").open("w") as log:  # the JVM's banner and warnings are not the user's
        gateway = launch_gateway(conf, {"stderr": log, "stdout": log})  # type: ignore[no-untyped-call]
    if is_local(master):
        return SparkContext(gateway=gateway, conf=conf)
    try:
        context = SparkContext(gateway=gateway, conf=conf)
        memory = context._jsc.sc()
        await_executor(lambda: memory.getExecutorMemoryStatus().size() - 1)  # the driver is one of them
    except Py4JError:
        raise join_failed() from None
    return context


_SAFETY = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.io.encryption.enabled": "true",  # spills and shuffles hold personal rows
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # pruning hides malformed records
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # it sends each expression's place in the code to the JVM
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.hadoop.fs.permissions.umask-mode": "077",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # Spark has a worker for each core
}


_SMALL = {  # re-planning each stage costs more than the stages of a small run
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
}


_QUICK = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m"]  # compile once, and keep it
_ROOMY = ["-Xms1500m", "-Xmn700m"]  # of the default memory: a young generation that a small run does not fill


def _local(master: str) -> dict[str, str]:
    if not is_local(master):
        return {}
    cores = str(os.cpu_count() or 2)
    return {
        "spark.sql.shuffle.partitions": cores,
        "spark.default.parallelism": cores,
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.files.openCostInBytes": str(1 << 20),
        "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",  # Hadoop's forks per file
        "spark.sql.sources.parallelPartitionDiscovery.threshold": str(1 << 20),  # else one Spark task per file listed
    }


def _memory_and_paths(scratch: Path, short_lived: bool, more: Sequence[str]) -> dict[str, str]:
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = [*more, f"-Djava.io.tmpdir={scratch}", "-XX:-UsePerfData", SILENT]
    memory = os.environ.get("GEOWARD_DRIVER_MEMORY", "")
    options += [*_QUICK, *([] if memory else _ROOMY)] if short_lived else ["-XX:+UseParallelGC"]
    return {
        "spark.driver.extraClassPath": ":".join(str(path) for path in jar_paths()),
        "spark.driver.extraJavaOptions": " ".join(options),
        "spark.driver.memory": memory or "4g",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
