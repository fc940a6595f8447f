"""Redact one field of a file, a thousand rows at a time, with every row accounted for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from jobs.text_rows import Row, format_of, read_batches
from jobs.write_rows import Write, empty_parquet, rows_written
from quality.contracts.errors import GeowardError, PolicyBreach, UsageError
from quality.policies.policy import Policy
from quality.policies.redaction import KINDS, OperatorName, Redaction
from transforms.redaction.engine import findings_of
from transforms.redaction.finding import Finding
from transforms.redaction.operators import Operator, redact

Look = Callable[[Iterable[str | None]], list[list[Finding]]]
OnRow = Callable[[int, Sequence[Finding], str], None]
"""Is told each row's number from 1, its findings and why it is rejected."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The operator that makes what stands for findings, and what looks for them."""

    operator: OperatorName
    look: Look


class RowsUnaccounted(GeowardError):
    """Rows read are neither written nor rejected; the output was not kept."""

    def __init__(self, rows_in: int, accounted: int) -> None:
        """State both sides of the equation."""
        super().__init__(f"{rows_in} rows in, {accounted} accounted for.", mend="Nothing was written; report a defect.")


@dataclass(slots=True)
class Redacted:
    """Counts of rows, of rows by reason of rejection, and of findings by kind."""

    rows_in: int = 0
    rows_out: int = 0
    rows_with_findings: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def check(self) -> None:
        """Raise ``RowsUnaccounted`` unless in = out + rejected."""
        if self.rows_in != (accounted := self.rows_out + self.rejected.total()):
            raise RowsUnaccounted(self.rows_in, accounted)


def plan_for(policy: Policy, purpose: str, operator: str, kinds: Sequence[str], *, written: bool) -> Plan:
    """Return how a purpose redacts, with the operator and the kinds that a person asked for if any.

    Raises ``UsageError`` for an unknown purpose or kind; ``PolicyBreach`` for an operator that the purpose forbids, or
    if rows are ``written`` that keep a kind which it redacts.
    """
    if purpose not in policy.purposes:
        asked = f"Policy {policy.name} has no purpose {purpose!r}." if purpose else "Redaction needs a purpose."
        raise UsageError(asked, mend=f"Say --purpose; the policy knows {', '.join(policy.purposes)}.")
    rule = policy.purposes[purpose].redaction
    sought = _kinds(rule, purpose, kinds, written)
    return Plan(_operator(rule, purpose, operator), partial(findings_of, kinds=sought, whole=rule.whole_text))


def _operator(rule: Redaction, purpose: str, wanted: str) -> OperatorName:
    for name in rule.allowed:
        if wanted in ("", name):
            return name
    raise PolicyBreach(
        f"Operator {wanted!r} is not allowed for {purpose}.", mend=f"Allowed: {', '.join(rule.allowed)}."
    )


def _kinds(rule: Redaction, purpose: str, wanted: Sequence[str], written: bool) -> Sequence[str]:
    if unknown := sorted(set(wanted) - set(KINDS)):
        raise UsageError(f"There is no kind {unknown[0]!r}.", mend=f"Known: {', '.join(KINDS)}.")
    kept = [kind for kind in rule.kinds if kind not in wanted]
    if wanted and kept and written:
        raise PolicyBreach(
            f"For {purpose} the policy redacts kinds that --kind leaves out: {', '.join(kept)}.",
            mend="Name those as well, leave --kind out, or only look with --dry-run.",
        )
    return tuple(wanted) or rule.kinds


def check_input(path: Path, field: str) -> None:
    """Raise ``UsageError`` if there is no such file, its format is unknown or it needs a field that is not named."""
    if not path.is_file():
        raise UsageError(f"There is no file {path.name!r} there.", mend="Name a file that you can read.")
    if format_of(path) != "text" and not field:
        raise UsageError("Which field holds the text?", mend="Name it with --field; only plain text has none.")


def redact_rows(
    path: Path, field: str, look: Look, operator: Operator | None, write: Write | None, on_row: OnRow
) -> Redacted:
    """Look at every row, hand batches with their new texts to ``write`` and return the counts.

    Raises what ``read_batches`` does, and ``RowsUnaccounted``.
    """
    done = Redacted()
    for batch in read_batches(path, field):
        found = look(None if row.reason else row.text for row in batch.rows)
        for row, one in zip(batch.rows, found, strict=True):
            _count(done, row, one, on_row)
        if write is not None and operator is not None:
            write(batch, [_new_text(row, one, operator) for row, one in zip(batch.rows, found, strict=True)])
    done.check()
    return done


def _count(done: Redacted, row: Row, found: Sequence[Finding], on_row: OnRow) -> None:
    if row.reason == "header":
        return
    done.rows_in += 1
    if row.reason:
        done.rejected[row.reason] += 1
    else:
        done.rows_out += 1
        done.rows_with_findings += bool(found)
        done.kinds.update(one.kind for one in found)
    on_row(done.rows_in, found, row.reason)


def _new_text(row: Row, found: Sequence[Finding], operator: Operator) -> str | None:
    return None if row.reason or row.text is None else redact(row.text, found, operator)


@contextmanager
def output_file(source: Path, target: Path, field: str) -> Iterator[Write]:
    """Give what writes to ``target``, which is there whole when the context ends well and else as it was before."""
    form = format_of(source)
    if format_of(target) != form:
        raise UsageError("The output's name says another format than the input's.", mend="Give it the same ending.")
    if target.exists() and target.samefile(source):
        raise UsageError("The output would replace the input.", mend="Name another file with --output.")
    if not target.absolute().parent.is_dir():
        raise UsageError("There is no folder for the output.", mend="Make it, or name another file.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with rows_written(file, form, field, zipped=target.suffix.lower() == ".gz") as write:
                yield write
            file.flush()
            os.fsync(file.fileno())
        if form == "parquet" and not part.stat().st_size:
            empty_parquet(source, part, field)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def to_stream(path: Path, file: IO[bytes], field: str) -> Write:
    """Return what writes text rows to an open stream; raise ``UsageError`` for Parquet, which is no text."""
    if format_of(path) == "parquet":
        raise UsageError("Parquet is not text.", mend="Name a file with --output.")
    with rows_written(file, format_of(path), field, zipped=False) as write:
        return write
