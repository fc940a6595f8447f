"""Through Spark too: neither the error that reaches Python, with plan and SQL, nor Java's log tells a bad value."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from tests.transforms.bad_columns import FRAMES, raising, texts
from tests.transforms.planted import search, told

pytestmark = pytest.mark.spark


@pytest.fixture
def shown(spark, caplog, capfd):
    """Make all rows; return whether that failed, and all that was told: by the error, to logs, by Java."""
    log = Path(spark.conf.get("spark.local.dir")) / "jvm.log"
    caplog.set_level(logging.DEBUG)

    def shown(do):
        capfd.readouterr()
        begun, failed = log.stat().st_size, b""
        try:
            rows = do(spark)
            rows.write.format("noop").mode("overwrite").save()
            rows.collect()
        except Exception as error:
            failed = told(error)
        ours = "".join(one.getMessage() for one in caplog.records if not one.name.startswith("py4j"))
        heard = (ours + "".join(capfd.readouterr())).encode("utf-8", "backslashreplace")
        return bool(failed), failed + b"\n" + heard + log.read_bytes()[begun:] + b"\n\n\n"

    return shown


@pytest.mark.parametrize("case", FRAMES, ids=str)
def test_nothing_of_a_bad_row_is_told(case, shown):
    refused, seen = shown(case.do)

    assert refused is case.refused, seen.decode()
    assert not search(case.also).finds(seen), seen.decode()


def told_by_a_worker(spark):
    return texts(spark).select(F.arrow_udf(raising, "string")("x"))


def told_by_java(spark):
    return texts(spark).select(F.col("x").cast("int"))


@pytest.mark.parametrize("leak", [told_by_a_worker, told_by_java])
def test_a_row_that_is_told_is_found(leak, shown):
    refused, seen = shown(leak)

    assert refused and search().finds(seen)
