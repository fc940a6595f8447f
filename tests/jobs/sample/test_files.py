from __future__ import annotations

import gzip

from jobs.sample.files import open_lines, write_lines


def test_a_packed_file_holds_neither_its_name_nor_the_time(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write_lines(tmp_path / name, ["1,2"], "x,y")
    packed = (tmp_path / "a.csv.gz").read_bytes()
    assert packed == (tmp_path / "b.csv.gz").read_bytes()
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == b"x,y\n1,2\n"


def test_rows_are_counted_without_the_header(tmp_path):
    with open_lines(tmp_path / "deep" / "a.csv", "x") as file:
        file.write(["1", "2"])
        file.write([])
        file.write(["3"])
    assert file.rows == 3
    assert (tmp_path / "deep" / "a.csv").read_text() == "x\n1\n2\n3\n"


def test_an_empty_file_is_empty(tmp_path):
    assert write_lines(tmp_path / "a.jsonl", []) == 0
    assert (tmp_path / "a.jsonl").read_bytes() == b""
