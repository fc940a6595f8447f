from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import bounded_parquet
from jobs.landing.file_opening import PlainFile
from jobs.landing.read_parquet import _batches


def test_rows_with_long_texts_are_read_fewer_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"{at:010}" * 1_000 for at in range(100)]}), path)
    monkeypatch.setattr(bounded_parquet, "MOST", 80 * 11_000)

    read = list(_batches({"text": "string"}, (PlainFile(path), (0,))))

    assert {rows for _, rows in read} == {10}
    assert sum(rows for _, rows in read) == 100
