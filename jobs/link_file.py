"""Link a column of pseudonyms to another purpose or epoch, where policy lets; told to auditors before any row is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from jobs.audit_log import audit
from jobs.home import Home, Region
from jobs.keys.key_reference import KeyReference
from jobs.lost_keys import require_keys
from jobs.pseudonymize_file import Pseudonymized, period_of
from jobs.region_keys import pseudonym_keys, vault_of
from jobs.text_rows import Row, read_batches
from jobs.write_rows import Write
from quality.contracts.errors import PolicyBreach, UsageError
from quality.policies.policy import Policy
from transforms.privacy.identifiers import SUBJECTS, Domain, refuse_unknown_kind
from transforms.privacy.link_pseudonyms import Make, link_pseudonyms
from transforms.privacy.pseudonymize_columns import PSEUDONYM_HEX, pseudonyms

_PSEUDONYM = re.compile(f"[0-9a-f]{{{PSEUDONYM_HEX}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class End:
    """A domain and its period, which is empty where pseudonyms do not rotate."""

    domain: Domain
    period: str

    def __str__(self) -> str:
        """Return it as it is asked for."""
        return ":".join(filter(None, (self.domain.purpose, self.period)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be linked, for which purpose, and why.

    Raises ``UsageError`` for a kind that has no tokens, and without a case or a reason.
    """

    region: Region
    kind: str
    old: End
    new: End
    purpose: str
    case: str
    reason: str

    def __post_init__(self) -> None:
        """Refuse what cannot be linked, or would be by nobody's order."""
        refuse_unknown_kind(self.kind)
        if self.kind not in SUBJECTS:
            raise UsageError(
                f"Pseudonyms of kind {self.kind} cannot be linked: the vault has tokens of subjects only.",
                mend=f"Subjects are of kind {', '.join(SUBJECTS)}.",
            )
        if not self.case.strip() or not self.reason.strip():
            raise UsageError(
                "A link needs a case and a reason.", mend='Say --case K --reason "why": auditors read both.'
            )


@dataclass(slots=True)
class Linked:
    """Counts of rows; ``unknown`` are now empty, as no living subject has the pseudonym."""

    rows: Pseudonymized = field(default_factory=Pseudonymized)
    unknown: int = 0

    @property
    def linked(self) -> int:
        """Return how many rows have a new pseudonym."""
        return self.rows.rows_out - self.rows.nobody - self.unknown


def end_of(policy: Policy, region: Region, text: str) -> End:
    """Return the end that ``text``, a purpose or purpose:month, names; raise ``UsageError`` if there is no such."""
    purpose, _, epoch = text.partition(":")
    try:
        rotates, period = period_of(policy, purpose, epoch)
    except (UsageError, PolicyBreach) as refused:
        mend = f"Say PURPOSE, or PURPOSE:2026-11 where they rotate; the policy knows {', '.join(policy.purposes)}."
        raise UsageError(refused.message, mend=mend) from None
    return End(Domain(region.name, purpose, rotates), period)


def refuse_unless_allowed(home: Home, asked: Asked, *, dry_run: bool) -> None:
    """Raise ``PolicyBreach`` unless the policy lets the purpose link both ends; audited but in a dry run."""
    ends = (asked.old.domain.purpose, asked.new.domain.purpose)
    try:
        home.policy.allow_link(asked.region.jurisdiction, asked.purpose, ends)
    except PolicyBreach:
        if not dry_run:
            _audit(home, asked, "link refused")
        raise


def pseudonyms_in(path: Path, column: str, told: Callable[[int], None]) -> tuple[Set[str], Pseudonymized]:
    """Return what of the column can be a pseudonym, each once, and the counts; raise what ``read_batches`` does."""
    found, done = set[str](), Pseudonymized()
    for batch in read_batches(path, column):
        for row in batch.rows:
            if row.reason != "header":
                done.count(row)
            if _may_be_pseudonym(row):
                found.add(row.text or "")
        told(done.rows_in)
    done.check()
    return found, done


def links_of(home: Home, asked: Asked, some: Set[str]) -> dict[str, str | None]:
    """Return the new pseudonym of each of ``some``, None where no living subject of the vault has it.

    Audited before a key of pseudonyms is opened. Those made by any key that may still be used are found; the new ones
    are of the key in use. Goes through all of the region's subjects, a batch at a time. Raises ``EnvironmentFault``
    without keys and vault, and for a row of it that was changed; ``UsageError`` where the two ends are one.
    """
    require_keys(home)
    keys, vault = pseudonym_keys(home, asked.region), vault_of(home, asked.region)
    if asked.old == asked.new and len(keys) == 1:
        raise UsageError("Both ends are the same, and were never made by another key.", mend="Name two domains.")
    _audit(home, asked, "link granted", pseudonyms=len(some))
    links: dict[str, str | None] = dict.fromkeys(some)
    new = _maker(keys[0], asked.kind, asked.new)
    for batch in vault.living_tokens():
        tokens = pa.array(batch, pa.binary())
        for key in keys:
            links.update(link_pseudonyms(tokens, some, old=_maker(key, asked.kind, asked.old), new=new))
    return links


def link_rows(
    path: Path, column: str, links: Mapping[str, str | None], write: Write, told: Callable[[int], None]
) -> Linked:
    """Replace the column's pseudonyms, hand batches to ``write``, return the counts.

    Raises what ``read_batches`` does, and ``UsageError`` for a file that has another pseudonym than before.
    """
    done = Linked()
    for batch in read_batches(path, column):
        write(batch, [_linked(row, links, done) for row in batch.rows])
        told(done.rows.rows_in)
    done.rows.check()
    return done


def _linked(row: Row, links: Mapping[str, str | None], done: Linked) -> str | None:
    if row.reason != "header":
        done.rows.count(row)
    if row.reason or not row.text:
        return row.text
    if _may_be_pseudonym(row) and row.text not in links:
        raise UsageError("The file was changed meanwhile.", mend="Repeat the command while nobody writes to it.")
    new = links.get(row.text)
    done.unknown += new is None
    return new


def _may_be_pseudonym(row: Row) -> bool:
    return not row.reason and _PSEUDONYM.fullmatch(row.text or "") is not None


def _maker(key: KeyReference, kind: str, end: End) -> Make:
    return lambda tokens: pseudonyms(key.open(), tokens, domain=end.domain, kind=kind, epoch=end.period)


def _audit(home: Home, asked: Asked, outcome: str, **detail: int) -> None:
    said = {"kind_of_subject": asked.kind, "from": str(asked.old), "to": str(asked.new)}
    why = {"case": asked.case.strip(), "reason": asked.reason.strip()}
    audit(home, "decision", asked.purpose, outcome, region=asked.region.name, **said, **why, **detail)
