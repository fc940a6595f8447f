from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import types as T

from quality.contracts import CONTRACTS, Sensitivity, contract
from quality.contracts.contract import Column, Contract
from quality.contracts.errors import ContractViolation
from quality.contracts.shared_columns import EVENT_DATE
from quality.contracts.spark_types import SPARK_TYPES, spark_schema

THINGS = Contract(
    "clean.things", "Things.", "one", (Column("size", "int", "Size.", Sensitivity.NONE, required=True), EVENT_DATE)
)


@pytest.mark.parametrize("ddl", SPARK_TYPES)
def test_each_type_is_named_as_spark_names_it(ddl):
    assert SPARK_TYPES[ddl].simpleString() == ddl


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_schema_has_the_contracts_columns_in_order_all_nullable(name):
    schema = spark_schema(contract(name))

    assert tuple(schema.names) == contract(name).column_names
    assert all(field.nullable for field in schema)


@pytest.mark.spark
def test_a_frame_is_cut_to_the_contracts_columns_in_order(spark):
    df = spark.createDataFrame([(date(2024, 5, 1), "helper", 3)], "event_date date, _helper string, size int")

    out = THINGS.conform(df)

    assert out.schema == T.StructType(
        [T.StructField("size", T.IntegerType()), T.StructField("event_date", T.DateType())]
    )
    assert [tuple(row) for row in out.collect()] == [(3, date(2024, 5, 1))]


@pytest.mark.spark
@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        pytest.param("event_date date", "clean.things was built without columns: size", id="absent"),
        pytest.param("event_date date, size bigint", "built with another type in columns: size", id="wider-type"),
        pytest.param("event_date string, size string", "columns: size, event_date", id="text-is-never-cast"),
    ],
)
def test_an_absent_or_mistyped_column_is_refused_by_name(spark, schema, problem):
    with pytest.raises(ContractViolation, match=problem):
        THINGS.conform(spark.createDataFrame([], schema))
