from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.parquet_footer import Chunk, Group, row_groups


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="as-usual"),
        pytest.param({"write_page_index": True, "store_decimal_as_integer": True}, id="with-an-index"),
        pytest.param({"write_statistics": False, "store_schema": False, "version": "1.0"}, id="old-and-bare"),
        pytest.param({"sorting_columns": [pq.SortingColumn(1, descending=True)]}, id="sorted"),
    ],
)
def test_values_and_bytes_are_those_that_arrow_tells(tmp_path, options):
    path = tmp_path / "a.parquet"
    table = pa.table({
        "list": [[1, 2], None, [3]] * 50, "of": [{"a": "x", "b": 1.5}, None, {"a": None, "b": 2.5}] * 50,
        "yes": [True, None, False] * 50, **{f"c{at}": range(150) for at in range(20)},
    })  # fmt: skip
    pq.write_table(table, path, row_group_size=40, **options)

    footer = pq.read_metadata(path)
    told = []
    for place in range(footer.num_row_groups):
        group = footer.row_group(place)
        columns = [group.column(at) for at in range(group.num_columns)]
        chunks = tuple(Chunk(one.num_values, one.total_uncompressed_size) for one in columns)
        told.append(Group(group.num_rows, chunks))
    assert row_groups(path) == told
    with path.open("rb") as file:
        assert row_groups(file) == told


def test_a_file_without_rows_has_no_values(tmp_path):
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "a.parquet")

    assert [(group.rows, group.chunks[0].values) for group in row_groups(tmp_path / "a.parquet")] in ([], [(0, 0)])


@pytest.mark.parametrize(
    "footer",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x49", id="cut"),
        pytest.param(b"\x49\x1c", id="cut-in-a-list"),
        pytest.param(b"\x49\x15\x02", id="numbers-for-groups"),
        pytest.param(b"\x46\x02\x00", id="a-number-for-groups"),
        pytest.param(b"\x49\x1c\x00\x00", id="a-bare-group"),
        pytest.param(b"\x16" + b"\xff" * 99 + b"\x01\x00", id="an-endless-number"),
        pytest.param(b"\x1c" * 9_999, id="deep"),
    ],
)
def test_what_is_no_footer_is_refused(footer):
    with pytest.raises(ValueError):
        row_groups(io.BytesIO(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"))
