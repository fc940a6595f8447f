"""Files of ours are read as landed files are, whatever their format, and tell a machine's fault from a file's."""

from __future__ import annotations

import gzip
import io
from contextlib import contextmanager
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.date_files import date_files
from jobs.job_inputs import Workplace
from jobs.land_files import kept_file, land_files
from jobs.landing.file_keys import KeptKeys
from jobs.landing.probe_file import probe_copy
from jobs.landing.sealed_file import SealedFile, is_sealed, seal_bytes
from jobs.landing.witness_file import witness_files
from jobs.landing_ledger import File
from jobs.read_ours import read_ours
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping

MAPPING = """\
name: tiny
description: Positions for tests.
format: FORMAT
legal_basis: {risk: Legitimate interests}
evidence: a test
emits:
  - to: raw.pings
    columns:
      event_id: {from: 'a "b", c'}
      actor_id: {constant: a}
      event_time: {from: at, epoch: seconds}
      latitude: {from: lat}
      longitude: {from: lat}
"""
KINDS = ("csv", "csv.gz", "tsv", "jsonl", "jsonl.gz", "parquet")
CODECS = ("none", "snappy", "gzip", "zstd", "lz4")


@pytest.fixture
def mapping(tmp_path):
    def mapping(format_, more=""):
        (tmp_path / "m.yaml").write_text(MAPPING.replace("FORMAT", format_) + more)
        return load_mapping(tmp_path / "m.yaml")

    return mapping


def pack(content, codecs):
    """Keep a Parquet file with one column for each codec."""
    packed = io.BytesIO()
    pq.write_table(pa.table({codec: [1] for codec in codecs}), packed, compression={codec: codec for codec in codecs})
    seal_bytes(content.path, packed.getvalue(), content.file_id, content.keys)


CASES = [
    *(pytest.param(kind, ("snappy",), "", id=kind) for kind in KINDS),
    pytest.param("parquet", CODECS, "", id="every-codec"),
    pytest.param("csv", (), "columns: ['a \"b\", c', at, lat]\n", id="no-header"),
]


@pytest.mark.parametrize(("kind", "codecs", "more"), CASES)
def test_they_are_of_the_format_and_packing_of_the_file_and_gone_at_the_end(home, mapping, kind, codecs, more):
    keys, made_for = KeptKeys(home, home.region("eu")), mapping(kind.partition(".")[0], more)
    folder = home.region("eu").folder("landing")
    beside = SealedFile(folder / f"landed.{kind}", "f" * 64, keys)
    pack(beside, codecs)

    with witness_files(beside, made_for, keys) as ours:
        probes = [probe_copy(one.content, made_for) for one in ours]
        assert [(probe.readable, probe.gzipped) for probe in probes] == [(True, "gz" in kind)] * len(ours)
        assert len(ours) == (len(codecs) if kind == "parquet" else 1)
        assert {one.content.path.parent.parent for one in ours} == {folder}, "on the same disk"
        assert all(is_sealed(one.content.path) for one in ours), "with keys that a worker opens"
    assert [path.name for path in folder.iterdir()] == [beside.path.name]


@pytest.mark.spark
@pytest.mark.parametrize(("kind", "codecs", "more"), CASES)
def test_spark_reads_them(home, spark, mapping, kind, codecs, more):
    place = Workplace.open(home, home.region("eu"), lambda: spark)
    like = File("tiny", "f" * 64, "v", "x", kind, 1, (), (), datetime.now(UTC))
    place.region.folder("landing")
    pack(kept_file(place.region, like, place.file_keys), codecs)

    read_ours(place, mapping(kind.partition(".")[0], more), like)


class Here:
    """Keys that are in this process and that no worker can take: no fault that Geoward knows by its words."""

    def __init__(self, keys):
        self.to_seal, self.to_open = keys.to_seal, keys.to_open

    def __reduce__(self):
        return __import__, ("no_such_module",)


@contextmanager
def workers_take_no_keys(place):
    keys = place.file_keys
    vars(keys)["for_workers"] = Here(keys.for_workers)
    try:
        yield
    finally:
        del vars(keys)["for_workers"]


@pytest.mark.spark
@pytest.mark.parametrize("files", [1, 3])
def test_a_fault_of_the_machine_that_nobody_thought_of_sets_no_file_aside(home, spark, mapping_file, tmp_path, files):
    place, path, paths = Workplace.open(home, home.region("eu"), lambda: spark), mapping_file(), []
    for n in range(files):
        paths.append(tmp_path / f"{n}.csv.gz")
        text = f"id,who,at,lat,lon,note\n{n},a,2024-05-01T10:00:00Z,1.5,2.5,\n"
        paths[-1].write_bytes(gzip.compress(text.encode()))
    land_files(place.home, place.region, load_mapping(path), path.read_text(), paths)

    with workers_take_no_keys(place), pytest.raises(EnvironmentFault, match=r"a small file of Geoward's own"):
        date_files(place)

    assert [(file.reason, file.dated) for file in place.catalog.files()] == [("", False)] * files
    date_files(place)
    assert [(file.reason, file.dated) for file in place.catalog.files()] == [("", True)] * files
