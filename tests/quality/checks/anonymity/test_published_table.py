"""A file that Geoward did not make is opened as a table, or refused without a word of its rows."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles, open_engine, open_file
from quality.contracts.errors import GeowardError, UsageError

TEXT = "zip,age\n01234,2.50\n01234,2.50\n,2.50\n"


def write(folder, kind):
    path = (
        folder
        / {"csv": "t.csv", "semicolons": "t.CSV", "gzip": "t.csv.gz", "parquet": "t.parquet", "folder": "t"}[kind]
    )
    table = pa.table({"zip": ["01234", "01234", None], "age": ["2.50"] * 3})
    if kind == "gzip":
        path.write_bytes(gzip.compress(TEXT.encode()))
    elif kind == "parquet":
        pq.write_table(table, path)
    elif kind == "folder":
        path.mkdir()
        pq.write_table(table.slice(0, 2), path / "a.parquet")
        pq.write_table(table.slice(2), path / "b.parquet")
    else:
        path.write_text(TEXT.replace(",", ";") if kind == "semicolons" else TEXT)
    return path


@pytest.mark.parametrize("kind", ["csv", "semicolons", "gzip", "parquet", "folder"])
def test_a_file_is_read_as_it_is_published(db, tmp_path, kind):
    measured = measure_anonymity(db, open_file(db, write(tmp_path, kind)), Roles(("zip", "age")))

    assert measured.histogram == {1: 1, 2: 1}
    assert measured.find("k").worst[1].quasi_ids == {"zip": "01234", "age": "2.50"}


def test_a_file_may_follow_another_under_its_name(db, tmp_path):
    (tmp_path / "other.csv").write_text("zip,age\n1,1\n")
    for path in (tmp_path / "other.csv", write(tmp_path, "parquet"), write(tmp_path, "csv")):
        table = open_file(db, path, columns=("zip",))

        assert measure_anonymity(db, table, Roles(("zip",))).rows == (1 if path.stem == "other" else 3)


def test_a_column_that_a_file_lacks_is_named(db, tmp_path):
    with pytest.raises(UsageError, match="no column town"):
        open_file(db, write(tmp_path, "csv"), columns=("zip", "town"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("t.xlsx", b"", "neither CSV nor Parquet", id="another-kind"),
        pytest.param("t.parquet", b"secret", "cannot be read as a table", id="no-parquet"),
        pytest.param("t[1].csv", b"a\n1\n", "must hold none of", id="a-pattern"),
    ],
)
def test_what_is_no_table_is_refused(db, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UsageError, match=said) as refused:
        open_file(db, tmp_path / name)
    assert "secret" not in str(refused.value)


def test_a_broken_line_is_not_told(db, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 30_000 + 'secret,"x"y"z,3,4,5\n')

    with pytest.raises(UsageError, match="A quote near line 30002 of t.csv") as refused:
        measure_anonymity(db, open_file(db, path), Roles(("a", "b")))
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_too_little_memory_is_said(tmp_path):
    with open_engine(tmp_path, memory="8MB", threads=1) as db:
        db.execute("CREATE VIEW big AS SELECT hash(i) AS a FROM range(2000000) t(i)")
        db.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(GeowardError, match="needs more memory"):
            measure_anonymity(db, "big", Roles(("a",)))


def test_the_engine_installs_nothing(db):
    settings = dict(
        db.execute("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'").fetchall()
    )

    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
