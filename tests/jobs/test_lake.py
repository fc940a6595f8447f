from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow as pa
import pytest

from jobs.commit import arrow_schema
from jobs.lake import MANY_DATES, Lake
from quality.contracts import CONTRACTS, contract
from quality.contracts.at_rest import at_rest

TABLE = contract("curated.place_counts")
MONDAY, TUESDAY, WEDNESDAY = date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1)


@pytest.fixture
def lake(home, request):
    """The lake of a region; it starts Spark only in tests that ask for it."""

    def spark():
        return request.getfixturevalue("spark")

    return Lake(home.region("eu"), spark)


def rows(lake, dates=None):
    return sorted((row.place, row.event_date) for row in lake.read(TABLE, dates).collect())


def stage(lake, run_id, *places):
    """Stage one row for each (place, date)."""
    values = [(place, 20, "published", 10, day) for place, day in places]
    return lake.stage(lake.spark().createDataFrame(values, TABLE.spark_schema), TABLE, run_id)


def publish(lake, run_id, dates, *places):
    return lake.publish(stage(lake, run_id, *places), dates, {"run_id": run_id})


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_has_an_arrow_schema_in_order(name):
    assert tuple(arrow_schema(contract(name)).names) == at_rest(contract(name)).column_names
    assert arrow_schema(contract("protected.pings")).field("event_time").type == pa.timestamp("us", tz="UTC")


def test_before_the_first_publication_there_is_no_table(lake):
    assert lake.table(TABLE.name) is None
    assert lake.rows(TABLE.name) == Counter()
    assert lake.path(TABLE.name) == lake.region.root / "curated" / "place_counts"


@pytest.mark.spark
def test_a_publication_replaces_exactly_its_dates_and_staged_rows_are_seen_by_nobody(lake):
    assert rows(lake) == []
    staged = stage(lake, "one", ("a", MONDAY), ("a", TUESDAY), ("b", TUESDAY))
    assert (rows(lake), lake.rows(TABLE.name)) == ([], Counter()), "staged is not published"
    assert staged.rows == {MONDAY: 1, TUESDAY: 2}
    assert lake.read_staged(staged).count() == 3
    first = lake.publish(staged, [MONDAY, TUESDAY], {"run_id": "one"})

    abandoned = stage(lake, "two", ("leak", MONDAY))
    assert lake.read_staged(abandoned).count() == 1
    second = publish(lake, "three", [TUESDAY, WEDNESDAY], ("c", TUESDAY))

    assert second > first
    assert rows(lake) == [("a", MONDAY), ("c", TUESDAY)]
    assert rows(lake, [TUESDAY, WEDNESDAY]) == [("c", TUESDAY)]
    assert rows(lake, []) == []
    assert lake.rows(TABLE.name) == {MONDAY: 1, TUESDAY: 1}


@pytest.mark.spark
def test_a_date_can_become_empty_and_a_rerun_changes_nothing(lake):
    publish(lake, "one", [MONDAY, TUESDAY], ("a", MONDAY), ("b", TUESDAY))
    publish(lake, "two", [MONDAY])
    publish(lake, "three", [TUESDAY], ("b", TUESDAY))

    assert rows(lake) == [("b", TUESDAY)]


@pytest.mark.spark
def test_a_table_keeps_its_contracts_properties_and_each_commit_its_facts(lake):
    publish(lake, "one", [MONDAY], ("a", MONDAY))

    table = lake.table(TABLE.name)
    assert table.metadata().configuration == TABLE.delta_properties
    assert table.history(1)[0]["run_id"] == "one"
    [action] = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    assert {action.get("min.place"), action.get("max.persons")} == {None}, "no value outlives its row in the log"


@pytest.mark.spark
@pytest.mark.parametrize(
    ("dates", "files"),
    [pytest.param(2, 4, id="a-few-dates-as-they-come"), pytest.param(MANY_DATES + 1, 2, id="many-brought-together")],
)
def test_a_history_of_many_dates_has_one_file_for_each(lake, dates, files):
    two_tasks = lake.spark().range(0, 8, numPartitions=2)
    df = two_tasks.selectExpr(
        "'p' place", "20L persons", "'published' status", "10 k", "date_add(date'2024-04-29', int(id % 2)) event_date"
    )

    staged = lake.stage(df, TABLE, "r1", dates=dates)

    assert len(staged.files) == files
    assert staged.rows == {MONDAY: 4, TUESDAY: 4}


@pytest.mark.spark
def test_of_two_that_publish_a_new_table_at_once_the_later_replaces_the_earlier(lake):
    both = [stage(lake, run_id, (run_id, MONDAY)) for run_id in ("r1", "r2")]

    with ThreadPoolExecutor(2) as pool:
        versions = list(
            pool.map(
                lambda one: lake.publish(one[1], [MONDAY], {"run_id": one[0]}), zip(("r1", "r2"), both, strict=True)
            )
        )

    assert sorted(versions) == [1, 2]
    assert lake.rows(TABLE.name) == {MONDAY: 1}
