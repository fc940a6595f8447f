from __future__ import annotations

import resource
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import bounded_parquet
from jobs.bounded_parquet import Swollen, bounded_batches, refuse_packed, rows_at_once, written_out
from jobs.parquet_footer import Group
from jobs.text_rows import read_batches

MIB = 1 << 20
VIEWS = pa.binary_view()
LARGE = pa.large_list(pa.large_string())


@pytest.fixture
def bomb(tmp_path):
    """Return a file of less than 2 kB whose 2,000 rows all hold the same 4 MB."""
    path = tmp_path / "small.parquet"
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["a" * 4_000_000]))
    pq.write_table(pa.table({"text": same}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 2_000
    return path


def read(path, rows=10):
    return list(bounded_batches(path, path.stat().st_size, rows))


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
        "large": pa.array(["x", None, "y"], pa.large_string()), "many": pa.array([["x"], None, []], LARGE),
        "view": pa.array(["x", None, "y"], pa.string_view()), "bytes_view": pa.array([b"x", None, b"y"], VIEWS),
        "views": pa.array([["x"], None, []], pa.list_(pa.string_view())),
        "of_view": pa.array([{"a": "z"}, None, {"a": None}], pa.struct([("a", pa.string_view())])),
        "map_of_views": pa.array([[("k", "v")], None, []], pa.map_(pa.string_view(), pa.string_view())),
    })  # fmt: skip
    path = tmp_path / "all.parquet"
    pq.write_table(table, path)
    file = pq.ParquetFile(path)

    (batch,) = [written_out(one, file.schema_arrow) for one in bounded_batches(path, path.stat().st_size, 1_000)]

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
    table = pa.table({"column": column("a" * MIB)})
    pq.write_table(table, path)
    assert [batch.num_rows for batch in read(path)] == [5]
    monkeypatch.setattr(bounded_parquet, "MOST", 20 * MIB)
    pieces = read(path)
    assert [batch.num_rows for batch in pieces] == [2, 1, 2]
    assert pa.Table.from_batches(written_out(one, table.schema) for one in pieces) == table
    monkeypatch.setattr(bounded_parquet, "MOST", MIB // 2)

    with pytest.raises(Swollen):
        read(path)


def test_wide_values_are_read_fewer_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"wide": pa.array([b"a" * MIB] * 5, pa.binary(MIB))}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 17 * MIB)

    assert [batch.num_rows for batch in read(path)] == [2, 2, 1]
    monkeypatch.setattr(bounded_parquet, "MOST", MIB // 2)
    with pytest.raises(Swollen):
        read(path)


def test_many_columns_are_read_fewer_rows_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{at}": [0] * 1_000 for at in range(100)}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 8 * 100 * 8 * 50)

    assert {batch.num_rows for batch in read(path, 1_000)} == {50}


def test_long_texts_that_each_row_has_of_its_own_are_read_fewer_at_a_time_and_not_refused(tmp_path, monkeypatch):
    path = tmp_path / "long.parquet"
    table = pa.table({"text": [f"{at:010}" * 1_000 for at in range(100)]})
    pq.write_table(table, path)
    monkeypatch.setattr(bounded_parquet, "MOST", 80 * 11_000)

    pieces = read(path, 1_000)

    assert {batch.num_rows for batch in pieces} <= {4, 5, 10} and len(pieces) >= 10
    assert pa.Table.from_batches(written_out(one, table.schema) for one in pieces) == table


@pytest.fixture
def lists(tmp_path):
    """Return a file of a few kB whose ten row groups each hold 100 lists of 10,000 zeros."""
    path = tmp_path / "lists.parquet"
    flat, offsets = pa.array([0] * 1_000_000, pa.int64()), pa.array([at * 10_000 for at in range(101)], pa.int32())
    table = pa.table({"text": ["a"] * 100, "list": pa.ListArray.from_arrays(offsets, flat)})
    with pq.ParquetWriter(path, table.schema, compression="zstd") as file:
        for _ in range(10):
            file.write_table(table)
    assert path.stat().st_size < 20_000
    return path


def test_long_lists_are_read_fewer_at_a_time(lists, monkeypatch):
    monkeypatch.setattr(bounded_parquet, "MOST", 16 * MIB)

    pieces = read(lists, 1_000)

    assert max(batch.num_rows for batch in pieces) == 17  # of 12 bytes a number, in an eighth of the bound
    assert sum(batch.num_rows for batch in pieces) == 1_000


def test_lists_of_which_one_may_hold_all_numbers_are_refused_where_those_grow_beyond_measure(lists, monkeypatch):
    monkeypatch.setattr(bounded_parquet, "MOST", 11 * MIB)
    monkeypatch.setattr(bounded_parquet, "_GROWN", 1)

    with pytest.raises(Swollen):
        read(lists, 1_000)


@pytest.mark.parametrize(("sign", "rows"), [("", 20), ("\u00e9", 5)])
def test_a_text_with_one_sign_beyond_ascii_counts_as_python_keeps_it(tmp_path, monkeypatch, sign, rows):
    path = tmp_path / "emoji.parquet"
    pq.write_table(pa.table({"text": ["a" * 100_000 + sign] * 20}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 8 * 20 * 100_010)

    assert {batch.num_rows for batch in read(path, 1_000)} == {rows}


def test_one_text_that_python_would_keep_in_too_many_bytes_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "emoji.parquet"
    pq.write_table(pa.table({"text": ["a" * MIB + "\u00e9"]}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 2 * MIB)

    with pytest.raises(Swollen):
        read(path)


def test_a_footer_that_arrow_reads_and_that_cannot_be_counted_is_damage(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"]}), path)
    monkeypatch.setattr(bounded_parquet, "row_groups", lambda _: [Group(1, ())])

    with pytest.raises(pa.ArrowInvalid):
        rows_at_once(path, pq.ParquetFile(path), path.stat().st_size, 10)


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
