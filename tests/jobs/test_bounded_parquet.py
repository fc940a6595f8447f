from __future__ import annotations

import resource
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import bounded_parquet
from jobs.bounded_parquet import Swollen, bounded_batches, refuse_packed, written_out
from jobs.text_rows import read_batches

MIB = 1 << 20


@pytest.fixture
def bomb(tmp_path):
    """Return a file of less than 2 kB whose 2,000 rows all hold the same 4 MB."""
    path = tmp_path / "small.parquet"
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["a" * 4_000_000]))
    pq.write_table(pa.table({"text": same}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 2_000
    return path


PEAK = """
import sys
from pathlib import Path
from jobs.bounded_parquet import Swollen
from jobs.text_rows import read_batches
try:
    next(read_batches(Path(sys.argv[1]), "text"))
except Swollen:
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    print(int(peak) >> 10)  # of this process; getrusage would tell the greater one of its parent
"""


def test_a_file_of_two_kilobytes_that_means_gigabytes_is_refused_within_little_memory(bomb):
    limit = 3 << 30  # without the bound, reading the first batch takes more than 5 GiB

    done = subprocess.run(
        [sys.executable, "-c", PEAK, bomb], capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
    )  # fmt: skip

    assert int(done.stdout) < 500


def test_the_refusal_says_what_is_wrong_and_nothing_of_the_text(bomb):
    with pytest.raises(Swollen, match="more than 1,024 MiB when they are read") as refused:
        next(read_batches(bomb, "text"))

    assert "aaa" not in str(refused.value)


def test_texts_of_all_types_are_read_as_they_were_written(tmp_path):
    table = pa.table({
        "text": ["a", None, "b"], "list": [["x", "y"], None, []], "of": [{"a": "z"}, None, {"a": None}], "n": [1, 2, 3],
        "bytes": [b"1", b"2", None], "known": pa.array(["p", "p", None]).dictionary_encode(),
        "map": pa.array([[("k", "v")], None, []], pa.map_(pa.string(), pa.string())),
    })  # fmt: skip
    path = tmp_path / "all.parquet"
    pq.write_table(table, path)
    file = pq.ParquetFile(path)

    (batch,) = [written_out(one, file.schema_arrow) for one in bounded_batches(path, 1_000)]

    assert batch.schema == file.schema_arrow
    assert batch.to_pylist() == table.to_pylist()


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(lambda same: pa.array([same] * 5), id="texts"),
        pytest.param(lambda same: pa.array([[same]] * 5), id="lists"),
        pytest.param(lambda same: pa.array([{"of": same}] * 5), id="structs"),
        pytest.param(lambda same: pa.array([[("k", same)]] * 5, pa.map_(pa.string(), pa.string())), id="maps"),
        pytest.param(lambda same: pa.array([[(same, "v")]] * 5, pa.map_(pa.string(), pa.string())), id="keys-of-maps"),
    ],
)
def test_no_column_of_texts_grows_beyond_the_bound(tmp_path, monkeypatch, column):
    path = tmp_path / "five.parquet"
    pq.write_table(pa.table({"column": column("a" * MIB)}), path)
    assert list(bounded_batches(path, 10))
    monkeypatch.setattr(bounded_parquet, "MOST", 4 * MIB)

    with pytest.raises(Swollen):
        list(bounded_batches(path, 10))


def test_wide_values_are_read_fewer_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"wide": pa.array([b"a" * MIB] * 5, pa.binary(MIB))}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 2 * MIB)

    assert [batch.num_rows for batch in bounded_batches(path, 10)] == [2, 2, 1]
    monkeypatch.setattr(bounded_parquet, "MOST", MIB // 2)
    with pytest.raises(Swollen):
        list(bounded_batches(path, 10))


def test_a_column_that_grows_beyond_measure_when_unpacked_is_refused_by_its_footer(tmp_path, monkeypatch):
    path = tmp_path / "zeros.parquet"
    pq.write_table(pa.table({"text": ["\0" * 20 * MIB]}), path, compression="zstd", use_dictionary=False)
    footer = pq.read_metadata(path)
    refuse_packed(footer, path.stat().st_size)
    monkeypatch.setattr(bounded_parquet, "MOST", MIB)

    with pytest.raises(Swollen):
        refuse_packed(footer, path.stat().st_size)
    refuse_packed(footer, MIB)


READ_ALL = """
import sys
from pathlib import Path
from jobs.text_rows import Unreadable, read_batches
from quality.contracts.errors import GeowardError
path = Path(sys.argv[1])
content = path.read_bytes()
for place in range(len(content) - 8 - int.from_bytes(content[-8:-4], "little"), len(content)):
    path.write_bytes(content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :])
    try:
        list(read_batches(path, "text"))
    except GeowardError as error:
        print(type(error).__name__)
"""


def test_no_flipped_bit_of_a_footer_ends_the_process_and_each_is_told(tmp_path):
    path = tmp_path / "flipped.parquet"
    pq.write_table(pa.table({"text": ["a", "b"], "n": [1, 2]}), path)

    done = subprocess.run([sys.executable, "-c", READ_ALL, path], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert {"Unreadable"} <= set(done.stdout.splitlines())
