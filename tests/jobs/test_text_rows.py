from __future__ import annotations

import pytest

from jobs import text_rows
from jobs.text_rows import read_batches


@pytest.mark.parametrize(
    ("name", "head", "line"),
    [
        pytest.param("a.txt", "", "a" * 60, id="text"),
        pytest.param("a.jsonl", "", '{"other": "' + "a" * 50 + '", "text": "b"}', id="json-beside-the-text"),
        pytest.param("a.csv", "text,other\n", "b," + "a" * 59, id="csv-beside-the-text"),
    ],
)
def test_long_rows_are_read_fewer_at_a_time(tmp_path, monkeypatch, name, head, line):
    (tmp_path / name).write_text(head + (line + "\n") * 9)
    assert len(list(read_batches(tmp_path / name, "text"))) == 1
    monkeypatch.setattr(text_rows, "SIGNS_AT_ONCE", 150)

    read = [[row for row in batch.rows if not row.reason] for batch in read_batches(tmp_path / name, "text")]

    assert [len(rows) for rows in read] == [3, 3, 3]
