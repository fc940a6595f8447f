from __future__ import annotations

from datetime import date

import pytest

from jobs.catalog import Catalog
from jobs.list_tables import describe_table, list_tables
from quality.contracts import CONTRACTS
from quality.contracts.errors import UnknownDataset


def test_a_published_table_has_rows_dates_version_and_last_run(home, publish):
    publish("eu", "curated.mobility", [("Turin", 12), ("Lyon", 20, date(2026, 6, 3))])
    catalog = Catalog(home.region("eu"))
    catalog.record("curated.mobility", date(2026, 6, 1), 0, "d", {}, {"run_id": "ffff0000", "version": 0})
    catalog.record("curated.mobility", date(2026, 6, 3), 1, "d", {}, {"run_id": "0000aaaa", "version": 1})

    (table,) = list_tables(home, "eu", ("curated.mobility",))

    assert (table.rows, table.first_date, table.last_date) == (2, date(2026, 6, 1), date(2026, 6, 3))
    assert (table.version, table.last_run, table.released) == (0, "0000aaaa", True)


def test_every_contract_is_listed_in_every_region_before_anything_is_published(home):
    tables = list_tables(home)

    assert {(t.name, t.region) for t in tables} == {(name, region) for name in CONTRACTS for region in home.regions}
    assert {(t.rows, t.version, t.first_date) for t in tables} == {(0, None, None)}


def test_a_released_table_is_described_with_who_may_query_it(home):
    detail = describe_table(home, "curated.mobility")

    assert detail.purposes == {"eu": ["analytics"], "us": ["analytics"], "cn": ["analytics"]}
    assert [c.name for c in detail.columns] == list(CONTRACTS["curated.mobility"].column_names)
    assert detail.example.startswith("SELECT")
    assert len(detail.published) == len(home.regions)


@pytest.mark.parametrize("name", [name for name, contract in CONTRACTS.items() if not contract.released])
def test_nobody_may_query_a_table_that_is_not_released(home, name):
    assert describe_table(home, name).purposes == {}


def test_an_unknown_table_is_told_with_those_that_exist(home):
    with pytest.raises(UnknownDataset, match="curated.mobility"):
        describe_table(home, "curated.people")
