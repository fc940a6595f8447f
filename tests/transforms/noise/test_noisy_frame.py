"""Noisy figures of a Spark frame are those of the same rows in memory, made in one worker."""

from __future__ import annotations

from math import sqrt

import pyarrow as pa
import pytest

from tests.transforms.noise.releases import KEY, NoNoise, noisily, release, visits
from transforms.noise.expected_error import deviation
from transforms.noise.noisy_frame import USE, noisy_frame, rows_digest
from transforms.privacy.identifiers import Domain, domain_key

EU = Domain("eu", "statistics", "none")
READS = pa.schema([("who", pa.string()), ("place", pa.string())])
WRITES = pa.schema([("place", pa.string()), ("visits", pa.int64()), ("visits_sd", pa.float64())])
ROWS = [("ann", "a"), ("ann", "b"), ("bob", "a"), ("eve", "c"), ("eve", "c")]
BOUNDED = release(bounds={"l0": 1, "linf": 1, "chosen_from": "public", "because": "small"})


class Key:
    def open(self):
        return KEY


def made(spark, rows, of=BOUNDED):
    frame = spark.createDataFrame(rows, "who string, place string").repartition(3)
    return noisy_frame(
        frame, of, keys=Key(), domain=EU, noise=NoNoise(), listed=None, reads=READS, writes=WRITES
    ).toArrow()


@pytest.mark.spark
def test_figures_are_those_of_the_same_rows_in_memory(spark):
    key = domain_key(KEY, USE, EU, "actor")
    told = noisily(visits(*ROWS), BOUNDED, key=key, noise=NoNoise()).table

    assert made(spark, ROWS).select(["place", "visits"]).to_pylist() == told.to_pylist()


@pytest.mark.spark
def test_no_rows_are_figures_too(spark):
    assert made(spark, []).to_pydict() == {"place": ["a", "b", "c"], "visits": [0] * 3, "visits_sd": [1.0] * 3}


@pytest.mark.spark
def test_the_deviation_is_in_the_unit_of_the_figure(spark):
    sums = {"measure": "sum", "column": "size", "minimum": 0, "maximum": 20, "step": 10}
    told = release(bounds={"l0": 1, "linf": 1, "chosen_from": "public", "because": "small"}, measures={"total": sums})
    columns = {"place": pa.string(), "total": pa.float64(), "total_sd": pa.float64()}
    reads = pa.schema([*READS, ("size", pa.float64())])

    rows = spark.createDataFrame([("ann", "a", 20.0)], "who string, place string, size double")
    found = noisy_frame(
        rows, told, keys=Key(), domain=EU, noise=NoNoise(), listed=None, reads=reads, writes=pa.schema(columns)
    ).toArrow()

    assert found["total_sd"].to_pylist() == pytest.approx([20.0] * 3)  # of two steps of ten at rho = .5


@pytest.mark.parametrize(("kind", "sd"), [("gaussian", 3.0), ("laplace", 3 * sqrt(2))])
def test_the_deviation_is_that_of_the_noise(kind, sd):
    assert deviation(kind, 3.0) == pytest.approx(sd)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param([("b", 2), ("a", 1)], True, id="another-order"),
        pytest.param([("a", 1)], False, id="one-is-gone"),
        pytest.param([("a", 1), ("b", 2), ("b", 2)], False, id="one-twice"),
        pytest.param([("a", 1), ("b", 3)], False, id="another-value"),
        pytest.param([("a", 1), ("b", None)], False, id="no-value"),
        pytest.param([], False, id="none"),
    ],
)
def test_a_digest_tells_rows_apart_and_not_their_order(spark, other, same):
    def digest(rows):
        return rows_digest(spark.createDataFrame(rows, "x string, y int"), ["x", "y"])

    assert (digest(other) == digest([("a", 1), ("b", 2)])) == same
