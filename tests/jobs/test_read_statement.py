from __future__ import annotations

import pytest

from jobs.read_statement import NotASelect, read_statement
from jobs.released_views import bare_engine
from quality.contracts.errors import UsageError

ESCAPES = [
    pytest.param("SELECT 1; SELECT 2", "not_one_select", id="two-statements"),
    pytest.param(
        "SELECT * FROM curated.mobility; DROP VIEW curated.mobility", "not_one_select", id="drop-behind-select"
    ),
    pytest.param("", "not_one_select", id="nothing"),
    pytest.param("-- only a comment", "not_one_select", id="comment"),
    pytest.param("ATTACH 'other.db'", "not_one_select", id="attach"),
    pytest.param("COPY (SELECT 1) TO 'x.csv'", "not_one_select", id="copy-to"),
    pytest.param("COPY t FROM 'x.csv'", "not_one_select", id="copy-from"),
    pytest.param("PRAGMA database_list", "not_one_select", id="pragma"),
    pytest.param("CALL pragma_version()", "not_one_select", id="call"),
    pytest.param("SET threads = 1", "not_one_select", id="set"),
    pytest.param("RESET lock_configuration", "not_one_select", id="reset"),
    pytest.param("INSTALL httpfs", "not_one_select", id="install"),
    pytest.param("LOAD httpfs", "not_one_select", id="load"),
    pytest.param("CREATE TABLE t AS SELECT 1", "not_one_select", id="create"),
    pytest.param("CREATE MACRO f() AS 1", "not_one_select", id="macro"),
    pytest.param("INSERT INTO curated.mobility SELECT 1", "not_one_select", id="insert"),
    pytest.param("EXPLAIN SELECT 1", "not_one_select", id="explain"),
    pytest.param("PREPARE p AS SELECT 1", "not_one_select", id="prepare"),
    pytest.param("EXPORT DATABASE 'x'", "not_one_select", id="export"),
    pytest.param("PIVOT curated.mobility ON place USING sum(persons)", "not_one_select", id="pivot-statement"),
    pytest.param("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "not_a_read", id="delete-in-with"),
    pytest.param("WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d", "not_a_read", id="insert-in-with"),
    pytest.param("DESCRIBE curated.mobility", "not_a_read", id="describe"),
    pytest.param("SUMMARIZE curated.mobility", "not_a_read", id="summarize"),
    pytest.param("SHOW TABLES", "not_a_read", id="show"),
    pytest.param("SELECT * FROM (SHOW TABLES)", "not_a_read", id="show-in-subquery"),
    pytest.param("SELECT * FROM read_parquet('/x/*.parquet')", "table_function", id="read-parquet"),
    pytest.param("SELECT * FROM READ_CSV('x.csv')", "table_function", id="upper-case"),
    pytest.param("SELECT (SELECT content FROM read_text('/etc/passwd'))", "table_function", id="in-a-scalar-subquery"),
    pytest.param("SELECT 1 WHERE EXISTS (FROM glob('*'))", "table_function", id="in-exists"),
    pytest.param("WITH t AS (FROM read_blob('x')) SELECT 1", "table_function", id="in-with"),
    pytest.param("SELECT 1 UNION ALL SELECT 1 FROM duckdb_settings()", "table_function", id="in-union"),
    pytest.param(
        "SELECT * FROM curated.mobility, LATERAL (FROM query('SELECT 1'))", "table_function", id="query-function"
    ),
    pytest.param("SELECT * FROM query_table('raw.pings')", "table_function", id="query-table"),
    pytest.param(
        "SELECT * FROM curated.mobility ORDER BY (SELECT 1 FROM glob('*'))", "table_function", id="in-order-by"
    ),
    pytest.param("SELECT current_setting('allowed_paths')", "engine_function", id="setting"),
    pytest.param("SELECT getenv('HOME')", "engine_function", id="environment"),
    pytest.param("SELECT pg_catalog.pg_get_viewdef(1)", "engine_function", id="view-definition"),
    pytest.param("SELECT json_serialize_plan('SELECT 1')", "engine_function", id="plan"),
    pytest.param("SELECT write_log('x')", "engine_function", id="log"),
    pytest.param(
        "SELECT sum(persons) FILTER (getvariable('x')) FROM curated.mobility", "engine_function", id="in-filter"
    ),
    pytest.param("WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables", "shadowed_name", id="shadows-a-view"),
    pytest.param("WITH \"x.parquet\" AS (SELECT 1) SELECT * FROM 'x.parquet'", "shadowed_name", id="shadows-a-file"),
]


@pytest.mark.parametrize(("sql", "rule"), ESCAPES)
def test_anything_but_one_plain_select_is_refused_by_a_named_rule(sql, rule):
    with pytest.raises(NotASelect) as refused:
        read_statement(bare_engine(), sql)

    assert refused.value.rule == rule
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        pytest.param("SELECT * FROM curated.mobility", ("curated.mobility",), id="plain"),
        pytest.param("FROM Curated.MOBILITY", ("curated.mobility",), id="case-does-not-matter"),
        pytest.param('SELECT * FROM "raw"."pings"', ("raw.pings",), id="quoted"),
        pytest.param("SELECT * FROM memory.raw.pings", ("memory.raw.pings",), id="with-catalog"),
        pytest.param("SELECT 1 FROM a.b JOIN c.d ON true", ("a.b", "c.d"), id="join"),
        pytest.param("SELECT (SELECT max(x) FROM raw.pings)", ("raw.pings",), id="scalar-subquery"),
        pytest.param("WITH t AS (FROM raw.pings) FROM t", ("raw.pings",), id="with-hides-nothing"),
        pytest.param("WITH t AS (FROM a.b) FROM other.t", ("a.b", "other.t"), id="with-does-not-hide-a-schema"),
        pytest.param("FROM 'x.parquet'", ("x.parquet",), id="a-file-is-a-table-nobody-knows"),
        pytest.param("SELECT 1 WHERE 1 IN (SELECT x FROM raw.pings)", ("raw.pings",), id="in-subquery"),
        pytest.param("FROM a.b PIVOT (sum(x) FOR y IN ('z'))", ("a.b",), id="pivot"),
        pytest.param("FROM duckdb_tables", ("duckdb_tables",), id="engine-view-is-told"),
        pytest.param("SELECT unnest([1, 2]) FROM range(3)", (), id="no-table"),
        pytest.param(
            "SELECT count(*) OVER (ORDER BY x), [y FOR y IN [1]] FROM a.b QUALIFY true LIMIT 5", ("a.b",), id="window"
        ),
    ],
)
def test_every_table_that_a_select_names_is_told(sql, tables):
    assert read_statement(bare_engine(), sql).tables == tables


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELEC 1", id="not-sql"),
        pytest.param("SELECT " + "(" * 5000 + "1" + ")" * 5000, id="too-deep"),
        pytest.param("SELECT 'unended", id="unended-text"),
    ],
)
def test_what_is_not_sql_is_wrong_use_and_not_a_breach(sql):
    with pytest.raises(UsageError):
        read_statement(bare_engine(), sql)
