"""A DuckDB that sees released tables and nothing else: no other file, no network, no setting, no Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jobs.home import Region
from quality.contracts import DATE, Contract

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TYPES = {
    "string": "VARCHAR", "timestamp": "TIMESTAMPTZ", "date": "DATE", "double": "DOUBLE", "int": "INTEGER",
    "bigint": "BIGINT", "boolean": "BOOLEAN", "array<string>": "VARCHAR[]",
}  # fmt: skip

_SHUT = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET temp_directory = ''",
    "SET memory_limit = '2GB'",
    "SET TimeZone = 'UTC'",
    "SET enable_external_access = false",
)

Parts = Mapping[str, list[str]]
"""The Parquet files of one table, by region."""


def table_files(contract: Contract, regions: Iterable[Region]) -> dict[str, list[str]]:
    """Return the files that the table's newest version names, by region; without those where it is not published."""
    from deltalake import DeltaTable

    found = {}
    for region in regions:
        path = region.root.joinpath(*contract.name.split(".", 1))
        if (path / "_delta_log").is_dir():
            named = DeltaTable(path).get_add_actions()["path"].to_pylist()  # pyarrow's table() would import pandas
            found[region.name] = [str(path / unquote(name)) for name in named]
    return found


def bare_engine() -> DuckDBPyConnection:
    """Return an engine in memory that reads no file at all, fit to parse with."""
    return _engine([])


def open_released(tables: Mapping[str, tuple[Contract, Parts]]) -> DuckDBPyConnection:
    """Return an engine with a view for each table, all regions united, with a column ``region`` at the end.

    It may open exactly the files given, and its settings are locked.
    """
    db = _engine([file for _, parts in tables.values() for files in parts.values() for file in files])
    for name, (contract, parts) in tables.items():
        db.execute(f"CREATE SCHEMA IF NOT EXISTS {contract.layer.value}")
        db.execute(f"CREATE VIEW {name} AS {_union(contract, parts)}")
    db.execute("SET lock_configuration = true")
    return db


def _engine(files: list[str]) -> DuckDBPyConnection:
    import duckdb

    db = duckdb.connect(":memory:")
    db.execute(f"SET allowed_paths = {_array(files)}")
    for setting in _SHUT:
        db.execute(setting)
    return db


def _union(contract: Contract, parts: Parts) -> str:
    return " UNION ALL ".join(_select(contract, region, files) for region, files in parts.items())


def _select(contract: Contract, region: str, files: list[str]) -> str:
    if not files:
        columns = ", ".join(f'CAST(NULL AS {TYPES[c.type]}) AS "{c.name}"' for c in contract)
        return f"SELECT {columns}, {_text(region)} AS region WHERE false"
    columns = ", ".join(f'CAST("{c.name}" AS {TYPES[c.type]}) AS "{c.name}"' for c in contract)
    options = f"hive_partitioning = true, hive_types = {{'{DATE}': DATE}}, union_by_name = true"
    return f"SELECT {columns}, {_text(region)} AS region FROM read_parquet({_array(files)}, {options})"


def _array(texts: list[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]::VARCHAR[]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
