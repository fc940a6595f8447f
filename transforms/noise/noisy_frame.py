"""Noisy figures of a Spark frame: made in one worker, so that no row reaches the driver."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from quality.contracts.untold import untold
from quality.releases.noisy import NoisyRelease
from transforms.noise.derive_keys import public_partitions
from transforms.noise.expected_error import deviation
from transforms.noise.mechanisms import NoiseSource
from transforms.noise.noise_scales import noise_scales
from transforms.noise.release_noisily import release_noisily
from transforms.privacy.identifiers import Domain, KeyReader, domain_key

USE = "geoward choice 1"
"""What the key is for that decides what bounds leave out (``domain_key``)."""


def noisy_frame(
    rows: DataFrame, release: NoisyRelease, *, keys: KeyReader, domain: Domain, noise: NoiseSource,
    listed: pa.Table | None, reads: pa.Schema, writes: pa.Schema,
) -> DataFrame:  # fmt: skip
    """Return the noisy figures of ``rows`` in the columns of ``writes``; its whole loss is spent each time it runs.

    ``reads`` are the columns of the rows. ``<measure>_sd`` is the noise's standard deviation. The key is opened in the
    worker. Raises what ``release_noisily`` does, there.
    """

    @untold  # which guards no generator
    def figures(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        table = pa.Table.from_batches(batches, reads)
        key = domain_key(keys.open(), USE, domain, "actor")
        public = public_partitions(release.partitions, release.keys, listed)
        told = release_noisily(table, release, key=key, noise=noise, public=public).table
        for one in noise_scales(release):
            if one.scale is not None and (name := f"{one.measure}_sd") in writes.names:
                sd = deviation(one.mechanism.kind, one.scale)
                told = told.append_column(name, pa.array([sd] * told.num_rows, pa.float64()))
        return iter(told.select(writes.names).cast(writes).to_batches())

    return rows.select(*reads.names).coalesce(1).mapInArrow(figures, _ddl(writes))


def rows_digest(rows: DataFrame, columns: list[str]) -> str:
    """Return a digest of rows as a bag: their number and the sum of their 64-bit hashes, whatever their order."""
    hashes = F.xxhash64(*[F.col(name) for name in columns]).cast("decimal(20,0)")
    found = rows.agg(F.count("*").alias("rows"), F.coalesce(F.sum(hashes), F.lit(0)).alias("hash")).first()
    assert found is not None  # an aggregate of nothing is a row too
    return f"{found['rows']}-{found['hash']}"


_DDL = {pa.string(): "string", pa.int64(): "bigint", pa.float64(): "double", pa.date32(): "date"}


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {_DDL.get(field.type, 'timestamp')}" for field in schema)
