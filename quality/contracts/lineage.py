"""Where each column comes from, as contracts declare it: the columns and tables behind a table, back to what landed."""

from __future__ import annotations

from functools import cache

from quality.contracts.contract import Contract, Layer

Node = tuple[str, str]
"""A column: its table and its name."""

KINDS = frozenset({"pings", "actions"})
"""The logs for which a policy allows uses."""


def parents(of: Contract) -> dict[str, tuple[Node, ...]]:
    """Return the columns that each column of a table is made of, as declared."""
    return {column.name: tuple(_node(source) for source in column.source) for column in of}


def columns_behind(node: Node) -> frozenset[Node]:
    """Return all columns that a column is derived from, directly or through others, without itself."""
    return _behind(node) - {node}


def tables_behind(name: str) -> frozenset[str]:
    """Return all tables that a table is derived from, directly or through others, without itself."""
    of = _contract(name)
    nodes = frozenset[Node]().union(*(_behind((name, column.name)) for column in of or ()))
    return frozenset(table for table, _ in nodes) - {name}


def kinds_behind(name: str, column: str = "") -> frozenset[str]:
    """Return the landed logs (pings, actions) that rows of a table, or one column of it, tell of."""
    behind = {table for table, _ in columns_behind((name, column))} if column else tables_behind(name)
    raw = {table for table in (name, *behind) if table.startswith(f"{Layer.RAW.value}.")}
    return frozenset(table.partition(".")[2] for table in raw) & KINDS


@cache
def _behind(node: Node) -> frozenset[Node]:
    found, ahead = {node}, [node]
    while ahead:
        table, column = ahead.pop()
        of = _contract(table)
        new = set(parents(of).get(column, ()) if of else ()) - found
        found |= new
        ahead += new
    return frozenset(found)


def _contract(name: str) -> Contract | None:
    from quality.contracts import CONTRACTS

    return CONTRACTS.get(name)


def _node(source: str) -> Node:
    layer, table, column = source.split(".", 2)
    return f"{layer}.{table}", column
