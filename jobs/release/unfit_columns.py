"""Columns whose type no release can work on: lists, structures, maps, bytes and durations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


def unfit_types(schema: pa.Schema) -> dict[str, str]:
    """Return the types of the columns that no value of a release can be made of, by name."""
    import pyarrow as pa

    is_one = pa.types
    tests = (is_one.is_nested, is_one.is_binary, is_one.is_large_binary, is_one.is_fixed_size_binary,
             is_one.is_duration, is_one.is_interval)  # fmt: skip
    return {field.name: _named(field.type) for field in schema if any(test(field.type) for test in tests)}


def refuse_unfit_types(table: str, columns: Sequence[str], schema: pa.Schema) -> None:
    """Raise ``UsageError``, naming the ``columns`` of ``table`` that cannot be worked on and their types."""
    unfit = unfit_types(schema)
    if told := [f"{name} ({unfit[name]})" for name in sorted(set(columns) & set(unfit))]:
        raise UsageError(
            f"{table} has columns of types that cannot be worked on: {', '.join(told)}.",
            mend="Leave them out of the declaration, or write them as texts or numbers.",
        )


def _named(kind: pa.DataType) -> str:
    """Return a type in a word: the names of a structure's fields may be values."""
    import pyarrow as pa

    words = {"list": pa.types.is_list, "struct": pa.types.is_struct, "map": pa.types.is_map,
             "duration": pa.types.is_duration, "binary": pa.types.is_binary}  # fmt: skip
    return next((word for word, test in words.items() if test(kind)), str(kind).split("<")[0].split("[")[0])
