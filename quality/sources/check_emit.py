"""Whether an emit can satisfy its contract: columns exist, none required is missing, rules can give the types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quality.contracts import Column, Contract, Layer, contract
from quality.contracts.errors import UnknownDataset
from quality.contracts.shared_columns import LANDING
from quality.sources.rules import Constant, Derive, From, Join, Key, Modifiers, Rule, WeekHour

if TYPE_CHECKING:
    from quality.sources.mapping import Emit

FILLED = frozenset(column.name for column in LANDING)
"""Columns the product fills itself; a mapping may not."""

_CONSTANTS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "int": (int,),
    "bigint": (int,),
    "double": (int, float),
}


def problems_of(emit: Emit, *, text: bool) -> list[str]:
    """Return what is wrong, naming emit and column; ``text`` says that the source's values are not typed."""
    try:
        target = contract(emit.to)
    except UnknownDataset:
        return [f"emit to {emit.to}: there is no such contract"]
    if target.layer not in (Layer.RAW, Layer.REFERENCE):
        return [f"emit to {emit.to}: only raw and reference tables can be landed"]
    return [f"emit to {emit.to}, {problem}" for problem in _column_problems(emit, target, text)]


def _column_problems(emit: Emit, target: Contract, text: bool) -> list[str]:
    found = []
    for name in target.column_names:
        if target[name].required and name not in FILLED and name not in emit.columns:
            found.append(f"column {name}: it is required and has no rule")
    for name, rule in emit.columns.items():
        if name in FILLED:
            found.append(f"column {name}: the product fills it")
        elif name not in target.column_names:
            found.append(f"column {name}: {target.name} has no such column")
        elif problem := _rule_problem(rule, target[name], text):
            found.append(f"column {name}: {problem}")
    return found


def _rule_problem(rule: Rule, column: Column, text: bool) -> str:
    if isinstance(rule, Constant):
        return _constant_problem(rule, column)
    if isinstance(rule, Key | Derive):
        return "" if column.type == "string" else f"a key is text, the column is {column.type}"
    if isinstance(rule, WeekHour):
        return "" if column.type == "timestamp" else f"week_hour gives a timestamp, the column is {column.type}"
    return _modifier_problem(rule, column, text)


def _modifier_problem(rule: From | Join, column: Column, text: bool) -> str:
    if column.type not in (*_CONSTANTS, "timestamp", "date"):
        return f"no rule gives {column.type}"
    if rule.reads_time != (column.type == "timestamp") and (rule.reads_time or text or isinstance(rule, Join)):
        return f"a timestamp needs time, iso or epoch and nothing else may have them; the column is {column.type}"
    if rule.unit and column.type != "double":
        return f"unit gives a double, the column is {column.type}"
    if rule.unit and rule.unit.to != column.unit:
        return f"unit gives {rule.unit.to}, the column is in {column.unit or 'no unit'}"
    if rule.enum and column.type == "timestamp":
        return "enum cannot give a timestamp"
    return _enum_problem(rule, column)


def _enum_problem(rule: Modifiers, column: Column) -> str:
    refused = [value for value in rule.enum.values() if not _accepts(column, value)]
    return f"enum gives {len(refused)} value(s) that the contract refuses" if refused else ""


def _constant_problem(rule: Constant, column: Column) -> str:
    value = rule.constant
    fits = isinstance(value, _CONSTANTS.get(column.type, ()))
    if not fits or (isinstance(value, bool) and column.type != "boolean"):
        return f"the constant cannot be {column.type}"
    if isinstance(value, str) and not _accepts(column, value):
        return "the contract refuses the constant"
    low, high = column.minimum, column.maximum
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        return "the constant is outside the contract's bounds"
    return ""


def _accepts(column: Column, value: str) -> bool:
    return (not column.allowed or value in column.allowed) and bool(re.search(column.pattern, value))
