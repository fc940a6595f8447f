"""Pseudonymize one column of a file as the nightly run does it, a thousand rows at a time, every row accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from jobs.audit_log import audit
from jobs.home import Home
from jobs.listings.pseudonyms import PseudonymizeListing
from jobs.redact_file import RowsUnaccounted
from jobs.text_rows import Row, read_batches
from jobs.write_rows import Write
from quality.contracts.errors import PolicyBreach, UsageError
from quality.policies.policy import Policy
from transforms.privacy.identifiers import Domain, PseudonymKeys, refuse_unknown_kind
from transforms.privacy.pseudonymize_columns import subject_pseudonyms

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)

Make = Callable[[pa.Array], pa.Array]
"""Identifiers to pseudonyms, both texts; null stays null, and stands for a subject that was destroyed."""


@dataclass(slots=True)
class Pseudonymized:
    """Counts of rows: ``nobody`` are those that name nobody, and ``rejected`` those left out, by reason.

    ``destroyed`` are those of a subject that was destroyed, out without an identifier.
    """

    rows_in: int = 0
    rows_out: int = 0
    nobody: int = 0
    destroyed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def count(self, row: Row) -> None:
        """Take one row."""
        self.rows_in += 1
        self.rows_out += not row.reason
        self.nobody += not row.reason and not row.text
        self.rejected.update([row.reason] if row.reason else [])

    def check(self) -> None:
        """Raise ``RowsUnaccounted`` unless in = out + rejected."""
        if self.rows_in != (accounted := self.rows_out + self.rejected.total()):
            raise RowsUnaccounted(self.rows_in, accounted)


def period_of(policy: Policy, purpose: str, epoch: str) -> tuple[str, str]:
    """Return the epoch that pseudonyms of a purpose have (``month`` or ``none``) and the period, empty where none.

    The policy says so of the purpose that pseudonyms serve; for any other they rotate monthly. Raises ``UsageError``
    for an unknown purpose or month, or none where one is needed, and ``PolicyBreach`` for ``none`` where they rotate.
    """
    if purpose not in policy.purposes:
        asked = f"Policy {policy.name} has no purpose {purpose!r}." if purpose else "Pseudonyms need a purpose."
        raise UsageError(asked, mend=f"Say --purpose; the policy knows {', '.join(policy.purposes)}.")
    if purpose == policy.pseudonym_purpose and policy.pseudonym_epoch == "none":
        if epoch not in ("", "none"):
            raise UsageError(f"Pseudonyms for {purpose} have no epoch.", mend="Leave --epoch out, or say none.")
        return "none", ""
    if epoch == "none":
        raise PolicyBreach(f"Pseudonyms for {purpose} rotate monthly.", mend="Name a month with --epoch 2026-11.")
    if not _MONTH.fullmatch(epoch):
        raise UsageError(f"Pseudonyms for {purpose} rotate monthly.", mend="Name the month with --epoch 2026-11.")
    return "month", epoch


def maker(keys: PseudonymKeys, domain: Domain, kind: str, period: str) -> Make:
    """Return what makes pseudonyms of one kind and domain; an empty text names nobody and stays so.

    Raises ``UsageError`` for an unknown kind.
    """

    def make(values: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        key, someone = keys.pseudonym.open(), pc.if_else(pc.equal(values, ""), None, values)
        made = subject_pseudonyms(key, someone, keys.subjects, domain=domain, kind=kind, epoch=period)
        return pc.if_else(pc.equal(values, ""), values, made)

    refuse_unknown_kind(kind)
    return make


def pseudonymize_rows(
    path: Path, column: str, make: Make, write: Write | None, told: Callable[[int], None]
) -> Pseudonymized:
    """Replace the column's values, hand batches to ``write``, return the counts; raise what ``read_batches`` does."""
    done = Pseudonymized()
    for batch in read_batches(path, column, numbers=True):
        for row in batch.rows:
            if row.reason != "header":
                done.count(row)
        if write is not None:
            made = _made(batch.rows, make)
            rows = zip(batch.rows, made, strict=True)
            done.destroyed += sum(one is None and bool(row.text) and not row.reason for row, one in rows)
            write(batch, made)
        told(done.rows_in)
    done.check()
    return done


def pseudonymize_told(
    home: Home,
    said: PseudonymizeListing,
    path: Path,
    column: str,
    make: Make,
    write: Write,
    told: Callable[[int], None],
) -> Pseudonymized:
    """Do what ``pseudonymize_rows`` does, once auditors were told who does it, with which key, and of how many rows.

    So whoever guesses identifiers leaves that behind. Neither name nor hash of the file is told: a name may be a
    person's, and a short file's hash tells its rows to whoever tries identifiers.
    Raises ``UsageError`` for a file that has other rows by then; what was written of it is not kept.
    """
    counted = pseudonymize_rows(path, column, make, None, lambda _: None)
    audit(
        home, "decision", said.purpose, "reversible tokens made" if said.reversible else "pseudonyms made",
        region=said.region, kind_of_subject=said.kind, epoch=said.epoch, key=said.key, rows=counted.rows_out,
    )  # fmt: skip
    done = pseudonymize_rows(path, column, make, write, told)
    if replace(done, destroyed=0) != counted:
        raise UsageError("The file was changed meanwhile.", mend="Repeat the command while nobody writes to it.")
    return done


def _made(rows: Sequence[Row], make: Make) -> list[str | None]:
    values = pa.array([None if row.reason else row.text for row in rows], pa.string())
    found: list[str | None] = make(values).to_pylist()
    return found
