"""Start Spark, once, with what a single machine or a cluster needs."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.class_archive import archive_option
from jobs.jars import jar_paths

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def start_session(
    *, scratch: Path, short_lived: bool = False, master: str = "", options: Sequence[str] | None = None
) -> SparkSession:
    """Start or return the Spark session; ``scratch`` takes spills and shuffles.

    ``short_lived`` compiles and plans quickly rather than well: right for tests and small runs. ``options`` are for
    the JVM, in place of the one that uses the archive of classes.
    """
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if active := SparkSession.getActiveSession():
        return active
    os.environ["PYSPARK_PYTHON"] = sys.executable  # workers would start another Python
    master = master or os.environ.get("GEOWARD_MASTER", "local[*]")
    settings = {
        **_SAFETY,
        **_local(master),
        **_memory_and_paths(scratch, short_lived, archive_option() if options is None else options),
        **(_SMALL if short_lived else {}),
    }
    conf = SparkConf().setMaster(master).setAppName("geoward").setAll(list(settings.items()))
    with (scratch / "jvm.log").open("w") as log:  # the JVM's banner and warnings are not the user's
        gateway = launch_gateway(conf, {"stderr": log, "stdout": log})  # type: ignore[no-untyped-call]
    session = SparkSession(SparkContext(gateway=gateway, conf=conf))
    session.sparkContext.setLogLevel("OFF")  # error logs of ANSI mode and of UDFs hold row values
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).disabled = True
    return session


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
}


_SMALL = {  # re-planning each stage costs more than the stages of a small run
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
}


_QUICK = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m"]  # compile once, and keep it
_ROOMY = ["-Xms1500m", "-Xmn700m"]  # of the default memory: a young generation that a small run does not fill


def _local(master: str) -> dict[str, str]:
    if not (master == "local" or master.startswith("local[")):
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
    options = [*more, f"-Djava.io.tmpdir={scratch}", "-XX:-UsePerfData"]
    options.append(f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}")
    memory = os.environ.get("GEOWARD_DRIVER_MEMORY", "")
    options += [*_QUICK, *([] if memory else _ROOMY)] if short_lived else ["-XX:+UseParallelGC"]
    return {
        "spark.driver.extraClassPath": ":".join(str(path) for path in jar_paths()),
        "spark.driver.extraJavaOptions": " ".join(options),
        "spark.driver.memory": memory or "4g",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
