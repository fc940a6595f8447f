"""A published table and the roles of its columns, opened in an engine that works out of core and fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quality.checks.anonymity.csv_file import CsvFile, csv_file, require_columns
from quality.checks.anonymity.parquet_folder import is_hive, parts_of
from quality.contracts.errors import GeowardError, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Nulls = Literal["category", "wildcard"]

_PATTERNS = "*?[]{}"
_TEXT = {".csv", ".tsv", ".txt"}


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a published table are.

    Every count is of distinct values of ``subject``, or of rows without one; rows whose subject is null
    count for nobody. ``links`` are columns whose equal values make one subject of several. A null quasi-identifier
    equals another null (``category``) or any value (``wildcard``); a null sensitive value is a value of its own, last
    in order. A text such as ``*`` is a value like any other.
    """

    quasi_ids: tuple[str, ...]
    sensitive: tuple[str, ...] = ()
    subject: str | None = None
    links: tuple[str, ...] = ()
    nulls: Nulls = "category"

    def __post_init__(self) -> None:
        """Refuse roles that make no sense: no quasi-identifiers, or links without the subject that they unite."""
        if not self.quasi_ids:
            raise UsageError("No quasi-identifier is named, so no row can be told from another.", mend="Name some.")
        if self.links and self.subject is None:
            raise UsageError("Links unite subjects, so the subject must be named.", mend="Name the subject's column.")

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns named, each once."""
        named = (*self.quasi_ids, *self.sensitive, *([self.subject] if self.subject else []), *self.links)
        return tuple(dict.fromkeys(named))


@contextmanager
def open_engine(scratch: Path, *, memory: str = "2GB", threads: int | None = None) -> Iterator[DuckDBPyConnection]:
    """Yield a DuckDB connection that spills to ``scratch`` beyond ``memory`` and never installs an extension."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory, "temp_directory": str(scratch), "preserve_insertion_order": False,
        "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
    }  # fmt: skip
    db = duckdb.connect(":memory:", config=settings | ({"threads": threads} if threads else {}))
    try:
        yield db
    finally:
        db.close()


def open_file(
    db: DuckDBPyConnection, path: Path, *, name: str = "published", columns: tuple[str, ...] = (), delimiter: str = ""
) -> str:
    """Make ``name`` a view of Parquet, or a table of a CSV file, which is parsed once; return ``name``.

    In CSV (as ``csv_file`` reads it) all columns are text and empty fields are null; only ``columns`` are kept, if any
    are named. A folder is read as the Parquet files in it. Raises UsageError for what is neither, for columns that are
    missing, and for CSV that two readers do not read as the same number of rows.
    """
    if set(str(path)) & set(_PATTERNS):
        raise UsageError(f"A file's name must hold none of {_PATTERNS}.", mend="Rename it.")
    kinds = {suffix.lower() for suffix in path.suffixes}
    with explained(path.name):
        if path.is_dir():
            found = db.read_parquet([str(part) for part in parts_of(path)], hive_partitioning=is_hive(path))
        elif kinds & {".parquet", ".pq"}:
            found = db.read_parquet(str(path))
        elif kinds & _TEXT:
            _load_csv(db, csv_file(path, delimiter=delimiter), name, columns)
            return name
        else:
            raise UsageError(f"{path.name} is neither CSV nor Parquet.", mend="Name it *.csv or *.parquet.")
        db.execute(f"DROP TABLE IF EXISTS temp.main.{quoted(name)}")  # of a CSV file before, which would hide the view
        found.create_view(name, replace=True)
        require(db, name, columns)
    return name


def _load_csv(db: DuckDBPyConnection, file: CsvFile, name: str, columns: tuple[str, ...]) -> None:
    import duckdb
    import pyarrow as pa

    try:
        db.register("csv_rows", file.read(columns))
        db.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT * FROM csv_rows")
    except (duckdb.Error, pa.ArrowException):
        if fault := file.fault():
            raise fault from None
        raise
    db.unregister("csv_rows")
    file.check(int(db.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0]))


@contextmanager
def explained(table: str) -> Iterator[None]:
    """Tell errors of the engine by kind, since their text may hold a row's values."""
    import duckdb
    import pyarrow as pa

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise GeowardError(f"{table} needs more memory than the engine may use.", mend="Raise the limit.") from None
    except (duckdb.Error, pa.ArrowException) as error:
        kind = type(error).__name__
        mend = "It is damaged, or not all lines of a CSV have as many fields as the first, or a quote is not closed."
        raise UsageError(f"{table} cannot be read as a table: {kind}.", mend=mend) from None


def require(db: DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> None:
    """Raise UsageError, naming the columns that ``table`` lacks."""
    require_columns(table, columns, columns_of(db, table))


def columns_of(db: DuckDBPyConnection, table: str) -> list[str]:
    """Return the names of the columns of a table or view."""
    return [name for name, *_ in db.execute(f"DESCRIBE {quoted(table)}").fetchall()]


def quoted(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
