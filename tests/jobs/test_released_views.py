from __future__ import annotations

from datetime import date

import duckdb
import pytest

from jobs.released_views import TYPES, bare_engine, open_released, table_files
from quality.contracts import CONTRACTS, contract

MOBILITY = contract("curated.mobility")


@pytest.fixture
def db(home, publish):
    publish("eu", "curated.mobility", [("Turin", 12), ("Lyon", 20, date(2026, 6, 2))])
    publish("us", "curated.mobility", [("Reno", 15)])
    parts = table_files(MOBILITY, home.regions.values())
    return open_released({"curated.mobility": (MOBILITY, parts)})


def test_all_regions_are_united_with_a_region_column_at_the_end(db):
    rows = db.sql("SELECT region, place, event_date FROM curated.mobility ORDER BY ALL").fetchall()

    assert rows == [
        ("eu", "Lyon", date(2026, 6, 2)),
        ("eu", "Turin", date(2026, 6, 1)),
        ("us", "Reno", date(2026, 6, 1)),
    ]
    assert db.sql("FROM curated.mobility").columns == [*MOBILITY.column_names, "region"]


def test_an_emptied_table_has_its_columns_and_no_rows(home, publish):
    publish("eu", "curated.mobility", [])
    parts = table_files(MOBILITY, home.regions.values())

    db = open_released({"curated.mobility": (MOBILITY, parts)})

    assert parts == {"eu": []}
    assert db.sql("SELECT count(*) FROM curated.mobility").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT * FROM read_text('{own}')", id="read-a-file"),
        pytest.param("SELECT * FROM '{own}'", id="file-as-a-table"),
        pytest.param("SELECT * FROM glob('{folder}/*')", id="list-a-folder"),
        pytest.param("COPY (SELECT 1) TO '{folder}/x.csv'", id="write-a-file"),
        pytest.param("ATTACH '{folder}/x.db'", id="attach"),
        pytest.param("SET enable_external_access = true", id="unlock"),
        pytest.param("SET allowed_paths = ['{own}']", id="allow-a-path"),
        pytest.param("INSTALL httpfs", id="install"),
        pytest.param("LOAD httpfs", id="load"),
        pytest.param("SELECT * FROM secret_rows", id="python-variable"),
    ],
)
def test_even_unguarded_the_engine_reaches_nothing_but_the_given_files(db, tmp_path, sql):
    own = tmp_path / "own.csv"
    own.write_text("a\n1\n")
    secret_rows = db.sql("SELECT 1 AS secret").to_arrow_table()

    with pytest.raises(duckdb.Error):
        db.execute(sql.format(own=own, folder=tmp_path)).fetchall()
    assert secret_rows.num_rows == 1
    assert not (tmp_path / "x.csv").exists()


def test_a_quote_in_a_path_is_no_way_out(home, publish):
    publish("eu", "curated.mobility", [("Turin", 12)])
    parts = {"eu": ["x'] , union_by_name = true) --.parquet"]}

    with pytest.raises(duckdb.Error, match=r"cannot|No files|Cannot"):
        open_released({"curated.mobility": (MOBILITY, parts)})


def test_every_type_of_a_contract_has_an_engine_type():
    assert {column.type for one in CONTRACTS.values() for column in one} <= set(TYPES)


def test_the_bare_engine_has_no_table():
    with pytest.raises(duckdb.Error):
        bare_engine().execute("FROM curated.mobility")
