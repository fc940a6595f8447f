"""Whether somebody may read columns of a table, in a region and version, for a purpose: decided before anything runs.

What is not named is no pass: an unknown person, purpose, table or column is a gap, which is refused and recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from quality.contracts import CONTRACTS, Contract, Sensitivity
from quality.contracts.lineage import kinds_behind
from quality.policies.access import RELEASED, Mask, Principal, Reads
from quality.policies.policy import Policy

Outcome = Literal["allow", "noisy", "deny", "gap"]

NEVER = frozenset({Sensitivity.DIRECT_ID, Sensitivity.SENSITIVE, Sensitivity.FREE_TEXT})
"""Columns that no role shows."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Who asks for what: ``principal`` is a name of the policy, None for a person that it does not know.

    ``version`` is the table's version that is read and ``floor`` the oldest that may be: below it lies an erasure, a
    withdrawal or another policy, as ``floor_why`` says.
    """

    principal: str | None
    purpose: str
    region: str
    jurisdiction: str
    table: str
    columns: tuple[str, ...] = ()
    version: int = 0
    floor: int = 0
    floor_why: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: ``allow`` rows, ``noisy`` figures only, ``deny``, or ``gap`` where the policy says nothing.

    ``rule`` names what decided, ``because`` says it in words, ``instead`` what would be allowed. Rows are shown under
    ``masks`` by column, if they fulfil ``where`` and reach ``small_cells``.
    """

    outcome: Outcome
    rule: str
    because: str
    instead: str = ""
    masks: dict[str, Mask] = field(default_factory=dict)
    where: str = ""
    small_cells: dict[str, int] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Whether anything is answered."""
        return self.outcome in ("allow", "noisy")


def decide_read(policy: Policy, asked: ReadRequest) -> Decision:
    """Return the decision; the first refusal there is, in the order person, purpose, table, place, columns, version."""
    refusal = next(_refusals(policy, asked), None)
    if refusal:
        return refusal
    reads = _granting(policy, asked)[0]
    outcome: Outcome = "noisy" if reads.answer == "noisy" else "allow"
    masks = {name: mask for name, mask in reads.masks.items() if name in asked.columns}
    because = f"{asked.principal} may read {asked.table} in {asked.region} for {asked.purpose}."
    return Decision(outcome, "role.reads", because, "", masks, reads.where, dict(reads.small_cells))


def readable_tables(policy: Policy, principal: str | None, purpose: str, jurisdiction: str, region: str) -> list[str]:
    """Return the tables of which somebody gets anything for a purpose, to be told where another was refused."""
    asked = (ReadRequest(principal, purpose, region, jurisdiction, name) for name in CONTRACTS)
    return [one.table for one in asked if decide_read(policy, one).allowed]


def names(tables: tuple[str, ...], contract: Contract) -> bool:
    """Return whether a list of tables, or the word ``released`` in it, names a table."""
    return contract.name in tables or (RELEASED in tables and contract.released)


def declassified(policy: Policy, contract: Contract) -> bool:
    """Return whether a declassifier lifts, for a table, the purposes of what it is made of."""
    return any("purposes" in one.lifts and names(one.tables, contract) for one in policy.declassifiers.values())


def _refusals(policy: Policy, asked: ReadRequest) -> Iterator[Decision]:
    yield from _of_person(policy, asked)
    contract = CONTRACTS.get(asked.table)
    if contract is None:
        yield Decision("gap", "table.unknown", "The query names a table that no contract declares.")
        return
    yield from _of_purpose(policy, asked, contract)
    yield from _of_role(policy, asked, contract)
    yield from _of_columns(policy, asked, contract)
    if asked.version < asked.floor:
        said = f"Version {asked.version} of {asked.table} may not be read: {asked.floor_why or 'it was replaced'}."
        yield Decision("deny", "version.below_floor", said, f"Versions from {asked.floor} on may be read.")


def _of_person(policy: Policy, asked: ReadRequest) -> Iterator[Decision]:
    if asked.principal is None or asked.principal not in policy.principals:
        said = f"Policy {policy.name} does not know who asks."
        yield Decision("gap", "principal.unknown", said, "Have yourself entered under principals in the policy.")
        return
    served = purposes_of(policy, policy.principals[asked.principal])
    instead = f"Purposes of {asked.principal}: {', '.join(served) or 'none'}."
    if asked.purpose not in policy.purposes:
        yield Decision("gap", "purpose.unknown", f"Policy {policy.name} does not know the purpose.", instead)
    elif asked.purpose not in served:
        said = f"No role of {asked.principal} serves purpose {asked.purpose}."
        yield Decision("deny", "role.purpose", said, instead)


def _of_purpose(policy: Policy, asked: ReadRequest, contract: Contract) -> Iterator[Decision]:
    territory = policy.jurisdictions.get(asked.jurisdiction)
    use = territory.uses.get(asked.purpose) if territory else None
    if territory is None or use is None:
        uses = ", ".join(sorted(territory.uses)) if territory else "none"
        said = f"Policy {policy.name} does not allow purpose {asked.purpose} in {asked.jurisdiction}."
        yield Decision("deny", "use.jurisdiction", said, f"Allowed there: {uses or 'none'}.")
    elif not declassified(policy, contract):
        barred = [name for name in contract.column_names if _barred(asked.table, name, use.datasets)]
        bad = [name for name in asked.columns if name in barred]
        if bad or _barred(asked.table, "", use.datasets):
            told = f"{', '.join(bad)} of {asked.table}" if bad else asked.table
            said = f"In {asked.jurisdiction} {asked.purpose} may not use what {told} is made of."
            left = [name for name in contract.column_names if name not in barred] if bad else []
            yield Decision("deny", "use.datasets", said, f"Columns that it may use: {', '.join(left) or 'none'}.")


def _barred(table: str, column: str, datasets: tuple[str, ...]) -> bool:
    """Tell of a table, or a column, that is made of logs of which the purpose may use none.

    Of what is made of several, jobs take only rows that a purpose may use.
    """
    kinds = kinds_behind(table, column)
    return bool(kinds) and not kinds & set(datasets)


def _of_role(policy: Policy, asked: ReadRequest, contract: Contract) -> Iterator[Decision]:
    reads = _reads(policy, asked, contract)
    if not reads:
        said = f"No role of {asked.principal} reads {asked.table} for {asked.purpose}."
        yield Decision("deny", "role.reads", said)
        return
    there = [one for one in reads if _in_region(one, asked)]
    if not there:
        regions = sorted({region for one in reads for region in one.regions})
        said = f"No role of {asked.principal} reads {asked.table} in {asked.region}."
        yield Decision("deny", "role.region", said, f"Regions: {', '.join(regions)}.")
    elif not any(_may_answer(one, contract) for one in there):
        said = f"Rows of {asked.table} are about single persons: nobody reads them."
        instead = "Its figures may be read with noise, where a role has `answer: noisy`."
        yield Decision("deny", "person_level.rows", said, instead)


def _of_columns(policy: Policy, asked: ReadRequest, contract: Contract) -> Iterator[Decision]:
    if any(name not in contract.column_names for name in asked.columns):
        said = f"{asked.table} has no such column."
        yield Decision("gap", "column.unknown", said, f"Columns: {', '.join(contract.column_names)}.")
        return
    if never := [name for name in asked.columns if contract[name].sensitivity in NEVER]:
        said = f"No role shows {', '.join(never)} of {asked.table}: identifiers, exact places and texts."
        yield Decision("deny", "column.never", said)
    elif not _granting(policy, asked):
        granted = {name for one in _reads(policy, asked, contract) for name in one.columns}
        said = f"No role of {asked.principal} reads all of these columns of {asked.table}."
        yield Decision("deny", "role.columns", said, f"Columns: {', '.join(sorted(granted))}.")


def _granting(policy: Policy, asked: ReadRequest) -> list[Reads]:
    """Return what grants all that is asked for: rows before figures, and what hides least first."""
    contract = CONTRACTS[asked.table]
    fits = [
        one
        for one in _reads(policy, asked, contract)
        if _in_region(one, asked)
        and _may_answer(one, contract)
        and (not one.columns or set(asked.columns) <= set(one.columns))
    ]
    return sorted(fits, key=lambda one: (one.answer != "rows", len(one.masks), bool(one.where)))


def _reads(policy: Policy, asked: ReadRequest, contract: Contract) -> list[Reads]:
    """Return what the roles of who asks grant of the table for the purpose, in whatever region."""
    roles = [policy.roles[name] for name in policy.principals[asked.principal or ""].roles]
    granted = [reads for role in roles if asked.purpose in role.purposes for reads in role.reads]
    return [reads for reads in granted if names(reads.tables, contract)]


def _in_region(reads: Reads, asked: ReadRequest) -> bool:
    return not reads.regions or asked.region in reads.regions


def _may_answer(reads: Reads, contract: Contract) -> bool:
    """Rows of single persons are answered to nobody, whatever a role says; their figures with noise may be."""
    return reads.answer != "rows" or contract.released or not contract.personal


def purposes_of(policy: Policy, who: Principal) -> list[str]:
    """Return the purposes that a person's roles serve, in order."""
    return sorted({purpose for role in who.roles for purpose in policy.roles[role].purposes})
