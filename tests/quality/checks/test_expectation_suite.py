import os
import subprocess
import sys

import pytest

from quality.checks.expectation_suite import _context, expectations_of, validation_of
from quality.contracts import CONTRACTS, Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE


def _contract(*columns):
    return Contract("protected.suited", "Things.", "one thing", (*columns, EVENT_DATE))


def test_one_validation_is_kept_for_each_declaration():
    plain = _contract(Column("n", "int", "N.", Sensitivity.NONE))

    assert validation_of(plain) is validation_of(_contract(Column("n", "int", "N.", Sensitivity.NONE)))
    assert validation_of(plain) is not validation_of(
        _contract(Column("n", "int", "N.", Sensitivity.NONE, required=True))
    )


@pytest.mark.parametrize("contract", [pytest.param(c, id=name) for name, c in CONTRACTS.items()])
def test_each_rule_of_each_contract_becomes_an_expectation(contract):
    rules = sum(
        column.required + bool(column.allowed) + bool(column.pattern)
        + (column.minimum is not None or column.maximum is not None)
        for column in contract
    )  # fmt: skip

    assert len(expectations_of(contract)) == 1 + rules


def test_great_expectations_is_quiet_and_keeps_no_frames():
    context = _context()

    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert context.variables.progress_bars["globally"] is False
    assert context.data_sources.get("staged").persist is False


def test_a_process_whose_main_program_is_no_file_as_a_worker_of_dagster_can_use_great_expectations():
    program = """
from quality.checks.expectation_suite import expectations_of
from quality.contracts import CONTRACTS
print(sum(len(expectations_of(contract)) > 1 for contract in CONTRACTS.values()))
"""

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ended.stdout == f"{len(CONTRACTS)}\n", ended.stderr
