"""What becomes of each column on its way to protected: its sensitivity in both contracts chooses, nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.errors import ContractViolation
from quality.policies.redaction import Redaction
from transforms.privacy.identifiers import KINDS, Domain, PseudonymKeys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

S = Sensitivity
PSEUDONYMIZE, REDACT, CARRY = "pseudonymize", "redact", "carry"
CHOICES = {
    (S.DIRECT_ID, S.PSEUDONYM): PSEUDONYMIZE,
    (S.FREE_TEXT, S.FREE_TEXT): REDACT,
    (S.QUASI_ID, S.QUASI_ID): CARRY,
    (S.NONE, S.NONE): CARRY,
}
"""By the sensitivity of what is read and of what is written. What is not here does not pass."""
GENERALIZED = (S.QUASI_ID, S.NONE)
"""What a build may make of a column itself, such as a cell of a position; never an identifier."""


def steps(reads: Contract, writes: Contract, made: Collection[str] = ()) -> dict[str, tuple[str, Column]]:
    """Return what is done for each column of ``writes``, and of which of ``reads``; ``made`` are the build's own.

    Raises ``ContractViolation`` for a column that no rule lets pass.
    """
    found, refused = dict[str, tuple[str, Column]](), list[str]()
    for column in writes:
        if column.name in made and column.sensitivity in GENERALIZED:
            continue
        source = _source(column, reads)
        choice = CHOICES.get((source.sensitivity, column.sensitivity)) if source and column.name not in made else None
        if source is None or choice is None or (choice == PSEUDONYMIZE and source.identifies not in KINDS):
            refused.append(column.name)
        else:
            found[column.name] = choice, source
    if refused:
        problem = f"lets columns of {reads.name} pass for which nothing is declared"
        raise ContractViolation(writes.name, problem, tuple(refused))
    return found


def protect_rows(
    df: DataFrame,
    reads: Contract,
    writes: Contract,
    *,
    keys: PseudonymKeys,
    domain: Domain,
    redaction: Redaction,
    made: Collection[str] = (),
) -> DataFrame:
    """Return ``df`` with the columns of ``writes``, but for those that are ``made``: the build makes them of it.

    Direct identifiers become pseudonyms of ``domain``, free text is redacted as the purpose's ``redaction`` says; what
    else was read is still there, for the build, and goes where the result is conformed to ``writes``. Raises
    ``ContractViolation`` as ``steps`` does.
    """
    from transforms.privacy.pseudonymize_columns import pseudonymize_columns
    from transforms.redaction.operators import operator
    from transforms.redaction.redact_column import redact_column

    plan = steps(reads, writes, made)
    named = {
        name: (source.name, source.identifies) for name, (choice, source) in plan.items() if choice == PSEUDONYMIZE
    }
    df = pseudonymize_columns(df, columns=named, keys=keys, domain=domain)
    for name, (choice, source) in plan.items():
        if choice == REDACT:
            left = operator(redaction.operator)
            df = redact_column(
                df, source.name, operator=left, kinds=redaction.kinds, whole=redaction.whole_text, into=name
            )
    return df


def _source(column: Column, reads: Contract) -> Column | None:
    """Return the one column of ``reads`` that a column is made of, if it names one that is there."""
    names = [name.removeprefix(f"{reads.name}.") for name in column.source if name.startswith(f"{reads.name}.")]
    return reads[names[0]] if len(names) == 1 and names[0] in reads.column_names else None
