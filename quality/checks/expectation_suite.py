"""Great Expectations, set up once a process: one quiet context, one suite a contract."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from quality.contracts import Column, Contract

if TYPE_CHECKING:
    from great_expectations.core import ValidationDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.expectations.expectation import Expectation

_VALIDATIONS: dict[str, ValidationDefinition] = {}

ONE_AT_A_TIME = threading.Lock()
"""The context is one for the process, and Great Expectations does not say that threads may share it."""


def import_library(part: str = "") -> Any:
    """Import Great Expectations, which takes seconds, and return it or a part of it. All import it here.

    It wants to know whether Spark Connect is there, which is not used here. In a process whose main program is no file,
    as the worker of a run that Dagster's daemon launched, Spark would take that for a test of itself and exit.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)  # its errors may quote Spark's, and values
    sys.modules.setdefault("pyspark.sql.connect", None)  # type: ignore[arg-type]  # as if it were not installed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(f"great_expectations{part}")


def prepare() -> None:
    """Set up ahead of time. The Spark session must be there: else one with other settings starts."""
    with ONE_AT_A_TIME:
        _context()


def validation_of(contract: Contract) -> ValidationDefinition:
    """Return the one validation definition of a contract, made at first use and kept by the contract's fingerprint."""
    name = contract.fingerprint
    if name not in _VALIDATIONS:
        _VALIDATIONS[name] = _define(name, contract)
    return _VALIDATIONS[name]


def expectations_of(contract: Contract) -> list[Expectation]:
    """Return what the contract implies, as expectations."""
    gxe = import_library(".expectations")
    order = gxe.ExpectTableColumnsToMatchOrderedList(column_list=list(contract.column_names))
    return [order, *(rule for column in contract for rule in _rules(column))]


def _rules(column: Column) -> list[Expectation]:
    gxe = import_library(".expectations")
    rules: list[Expectation] = []
    if column.required:
        rules.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name))
    if column.minimum is not None or column.maximum is not None:
        low, high = _bounds(column)
        rules.append(gxe.ExpectColumnValuesToBeBetween(column=column.name, min_value=low, max_value=high))
    if column.allowed:
        rules.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.allowed)))
    if column.pattern:
        rules.append(gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex=column.pattern))
    return rules


def _bounds(column: Column) -> tuple[float | None, float | None]:
    """Return the bounds; a double without an upper one gets the greatest: Spark holds NaN to be greater still."""
    greatest = sys.float_info.max if column.type == "double" else None
    return column.minimum, column.maximum if column.maximum is not None else greatest


def _define(name: str, contract: Contract) -> ValidationDefinition:
    gx, context = import_library(), _context()
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations_of(contract)))
    source: Any = context.data_sources.get("staged")
    asset = source.add_dataframe_asset(name)
    return context.validation_definitions.add(
        gx.ValidationDefinition(name=name, data=asset.add_batch_definition_whole_dataframe("all"), suite=suite)
    )


@cache
def _context() -> EphemeralDataContext:
    context: EphemeralDataContext = import_library().get_context(mode="ephemeral")
    base = import_library(".data_context.types.base")
    context.variables.progress_bars = base.ProgressBarsConfig(globally=False, metric_calculations=False)
    context.data_sources.add_spark("staged", persist=False)
    return context
