"""Files as people have them: what is odd about one is said, with the file, the line and the column."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from quality.contracts.errors import UsageError


@pytest.fixture
def suggested(geoward):
    def suggested(path):
        return geoward("release", "suggest", path, "--json")

    return suggested


def columns(done):
    return [one["name"] for one in done.document["columns"]]


def test_a_column_without_a_name_is_called_by_its_place(suggested, geoward, tmp_path):
    (tmp_path / "t.csv").write_text(",age\n" + "".join(f"{at},{30 + at % 3}\n" for at in range(40)))

    done = suggested(tmp_path / "t.csv")
    (tmp_path / "it.yaml").write_text(done.document["declaration"])
    planned = geoward("release", "plan", tmp_path / "it.yaml", "-i", tmp_path / "t.csv", "--json").document

    assert columns(done) == ["column 1 (without a name)", "age"]
    assert [one["in_file"] for one in planned["columns"]] == [True, True]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_that_excel_says_the_delimiter_in_is_no_header(suggested, tmp_path, end):
    (tmp_path / "t.csv").write_bytes(end.join(["sep=;", "age;town, or so", "30;a", "31;b", ""]).encode())

    done = suggested(tmp_path / "t.csv")

    assert (columns(done), done.document["rows"]) == (["age", "town, or so"], 2)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"age,town\n30,a\n31,b,c\n", "Line 3 of t.csv has 3 fields, the header has 2.", id="ragged"),
        pytest.param(b'age,town\n30,"a\n31,b\n', "A quote in t.csv is never closed", id="an-open-quote"),
        pytest.param("age,Stra\xdfe\n".encode("latin-1"), "iconv -f WINDOWS-1252 -t UTF-8 t.csv >", id="latin"),
        pytest.param("age,town\n".encode("utf-16"), "iconv -f UTF-16 -t UTF-8 t.csv", id="utf-16"),
        pytest.param(
            b"age,town\n" + b"30,a\n" * 20_000 + b"30,\xdf\n", "iconv -f WINDOWS-1252", id="latin-further-down"
        ),
    ],
)
def test_what_is_wrong_with_csv_is_told_by_line_or_encoding(suggested, geoward, declared, tmp_path, content, told):
    (tmp_path / "t.csv").write_bytes(content)
    path = declared(subject=None, models=[{"model": "k_anonymity", "k": 2}])

    done = suggested(tmp_path / "t.csv")
    built = geoward("release", "build", path, "-i", tmp_path / "t.csv", "--dry-run")

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)
    assert isinstance(built.exception, UsageError)
    assert told in str(built.exception)


def put(folder, name, **stated):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(stated), path)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param({"age": [1]}, "b.parquet, file 2 of 2 in folder, lacks column town", id="lacks-one"),
        pytest.param({"age": [1], "town": ["a"], "pay": [1]}, "has column pay", id="has-one-more"),
        pytest.param({"age": ["x"], "town": ["a"]}, "has other types in age", id="another-type"),
    ],
)
def test_files_of_a_folder_that_differ_are_named_with_the_column(suggested, tmp_path, other, told):
    put(tmp_path / "folder", "a.parquet", age=[1, 2], town=["a", "b"])
    put(tmp_path / "folder", "b.parquet", **other)

    assert told in str(suggested(tmp_path / "folder").exception)


def test_folders_named_by_a_column_are_that_column(suggested, geoward, tmp_path):
    for day in ("mon", "tue"):
        put(tmp_path / "folder", f"day={day}/p.parquet", age=[at % 3 for at in range(40)])

    done = suggested(tmp_path / "folder")
    (tmp_path / "it.yaml").write_text(done.document["declaration"])
    built = geoward("release", "build", tmp_path / "it.yaml", "-i", tmp_path / "folder", "--dry-run", "--json")

    assert columns(done) == ["age", "day"]
    assert set(yaml.safe_load(done.document["declaration"])["quasi_ids"]) == {"age", "day"}
    assert built.document["rows_in"] == 80
