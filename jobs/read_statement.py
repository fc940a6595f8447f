"""What a query would read, told from its syntax tree: one SELECT over named tables, and nothing else passes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quality.contracts.errors import PolicyBreach, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NODES = frozenset({
    "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE",
    "BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT",
    "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
    "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
})  # fmt: skip
"""What a tree may be made of beside expressions; a writing node or SHOW is not among them."""

_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})

_FUNCTION_PREFIXES = (
    "pg_", "duckdb_", "pragma_", "json_serialize_", "json_deserialize_", "json_execute_", "read_", "current_setting",
    "getenv", "getvariable", "write_log", "sleep", "nextval", "currval", "which_secret", "query", "__internal",
)  # fmt: skip
"""Functions that tell of the engine or its settings, run other text, or only wait."""

_ONE_SELECT = "Write one SELECT over released tables; see `geoward tables list`."


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that may be looked up in the policy: the tables it names, as ``schema.table``, sorted.

    A name may be anything that the user wrote; only names that the contracts know may be shown or kept.
    """

    sql: str
    tables: tuple[str, ...]


class NotASelect(PolicyBreach):
    """The text is more than one SELECT, or reads past the tables; ``rule`` names what was broken."""

    def __init__(self, rule: str, message: str) -> None:
        """Keep the rule for the audit table, which never holds the text."""
        super().__init__(message, mend=_ONE_SELECT)
        self.rule = rule


def read_statement(db: DuckDBPyConnection, sql: str) -> Statement:
    """Return what ``sql`` reads; ``db`` only parses it.

    Raises ``NotASelect`` for anything but one SELECT, for table functions other than unnest, range and
    generate_series, and for functions that reach the engine; ``UsageError`` when it is not SQL.
    """
    tree = _tree(db, sql)
    try:
        nodes = list(_walk(tree))
    except RecursionError:
        raise UsageError("The query is nested too deeply.", mend="Split it.") from None
    for node in nodes:
        _refuse_node(node)
    named = _cte_names(nodes)
    _refuse_shadows(db, named)
    tables = {_path(node) for node in nodes if node.get("type") == "BASE_TABLE" and "class" not in node}
    return Statement(sql, tuple(sorted(name for name in tables if "." in name or name not in named)))


def _tree(db: DuckDBPyConnection, sql: str) -> dict[str, Any]:
    import duckdb

    try:
        statements = db.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise NotASelect("not_one_select", "A query must be one single SELECT.")
        row = db.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise UsageError(f"The query is not valid SQL: {first_line(error)}", mend=_ONE_SELECT) from None
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree["error"] or len(tree["statements"]) != 1:
        raise NotASelect("not_one_select", "A query must be one single SELECT.")
    return tree


def first_line(error: Exception) -> str:
    """Return what the engine says of the text itself, without the excerpt below it."""
    return str(error).split("\n", 1)[0].partition("Error: ")[2] or "it cannot be read."


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _walk(part)


def _refuse_node(node: dict[str, Any]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and "class" not in node and kind not in _NODES:
        raise NotASelect("not_a_read", "A query may only SELECT; describe tables with `geoward tables show`.")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise NotASelect("table_function", "Table functions other than unnest, range and generate_series are shut.")
    if "function_name" in node and str(node["function_name"]).lower().startswith(_FUNCTION_PREFIXES):
        raise NotASelect("engine_function", "Functions that reach the engine, its files or its settings are shut.")


def _cte_names(nodes: list[dict[str, Any]]) -> set[str]:
    maps = [node["cte_map"]["map"] for node in nodes if "cte_map" in node]
    return {str(entry["key"]).lower() for entries in maps for entry in entries}


def _refuse_shadows(db: DuckDBPyConnection, named: set[str]) -> None:
    """A WITH name hides a view only in its own scope, so a name that the engine also has could reach past it."""
    views = {str(row[0]).lower() for row in db.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    if any(not name.isidentifier() or name in views for name in named):
        raise NotASelect("shadowed_name", "WITH names must be plain words that the engine does not use itself.")


def _path(node: dict[str, Any]) -> str:
    parts = (node.get("qualified_name") or {}).get("path") or [
        node["catalog_name"],
        node["schema_name"],
        node["table_name"],
    ]
    return ".".join(str(part).lower() for part in parts if part)
