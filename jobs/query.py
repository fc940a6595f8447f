"""Query released tables for a purpose, from a notebook or the command line: `query("SELECT …", purpose="analytics")`.

Only anonymous tables that a policy releases can be read. Every read and every refusal is in the audit table, with a
digest of the query instead of its text, since a literal may be a value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jobs.audit_log import audit_many
from jobs.harmed_files import harm, harm_explained
from jobs.home import Home, Region, open_home
from jobs.read_statement import NotASelect, Statement, first_line, read_statement
from jobs.released_views import Parts, bare_engine, open_released, table_files
from quality.contracts import CONTRACTS, Contract, Layer
from quality.contracts.errors import GeowardError, PolicyBreach, UsageError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class Answer:
    """A query's rows, and what they were read from."""

    rows: pa.Table
    tables: tuple[str, ...]
    regions: tuple[str, ...]
    left_out: tuple[tuple[str, GeowardError], ...] = ()
    """Regions without which the rows are, since their storage or a table of theirs is gone, and why."""


def query(sql: str, *, purpose: str, home: Home | None = None, regions: Sequence[str] = ()) -> pa.Table:
    """Return the rows of one SELECT over released tables such as ``curated.mobility``, as an Arrow table.

    All regions are united, with a column ``region``; ``regions`` limits them. Use ``.to_pandas()`` for pandas.
    Raises ``PolicyBreach`` when the purpose, a table or the statement is refused, ``UsageError`` when a table is not
    published yet or the query does not fit its columns, ``EnvironmentFault`` when its files are gone or damaged.
    """
    return answer(home or open_home(), sql, purpose=purpose, regions=regions).rows


def answer(home: Home, sql: str, *, purpose: str, regions: Sequence[str] = ()) -> Answer:
    """Answer a query and say what was read; raises what ``query`` raises. Audited before any row is handed over."""
    chosen = tuple(home.region(name) for name in regions or home.regions)
    asked = _Asked(home, purpose, chosen, sql, named=bool(regions))
    try:
        for region in asked.regions:
            _allow_purpose(home, purpose, region)
        statement = read_statement(bare_engine(), sql)
        contracts = [_released(name) for name in statement.tables]
    except PolicyBreach as breach:
        asked.audit_refusal(breach)
        raise
    return _read(asked, statement, contracts)


def purposes_of(home: Home, contract: Contract) -> dict[str, list[str]]:
    """Return the purposes that may query the table, by region."""
    purpose = home.policy.release_purpose
    return {
        name: [purpose]
        for name, region in home.regions.items()
        if contract.released and purpose in home.policy.jurisdiction(region.jurisdiction).uses
    }


@dataclass(frozen=True)
class _Asked:
    home: Home
    purpose: str
    regions: tuple[Region, ...]
    sql: str
    named: bool
    """Whether the regions were asked for by name: then none is left out."""

    @property
    def _detail(self) -> dict[str, object]:
        digest = hashlib.sha256(self.sql.encode()).hexdigest()[:16]
        known = self.purpose in self.home.policy.purposes
        return {"purpose": self.purpose if known else "unknown", "sql_sha256": digest}

    def audit_refusal(self, breach: PolicyBreach) -> None:
        rule = getattr(breach, "rule", "refused")
        regions = ",".join(region.name for region in self.regions)
        detail = {**self._detail, "rule": rule}
        audit_many(self.home, [("decision", str(detail["purpose"]), "refused", regions, detail)])

    def audit_read(self, tables: dict[str, dict[str, list[str]]], outcome: str, rows: int) -> None:
        audit_many(
            self.home,
            [
                ("read", table, outcome, region, {**self._detail, "rows_returned": rows})
                for table, parts in tables.items()
                for region in parts
            ],
        )


class _Refused(PolicyBreach):
    """A refusal with its rule, for the audit table."""

    def __init__(self, rule: str, message: str, *, mend: str) -> None:
        super().__init__(message, mend=mend)
        self.rule = rule


def _allow_purpose(home: Home, purpose: str, region: Region) -> None:
    policy = home.policy
    if purpose == policy.release_purpose and purpose in policy.jurisdiction(region.jurisdiction).uses:
        return
    known = "does not release tables for" if purpose in policy.purposes else "does not know"
    raise _Refused(
        "purpose", f"Policy {policy.name} {known} purpose {purpose!r} in region {region.name}.",
        mend=f"Released tables serve purpose {policy.release_purpose}; limit the regions with --region.",
    )  # fmt: skip


def _released(name: str) -> Contract:
    contract = CONTRACTS.get(name)
    if contract is None:
        near = get_close_matches(name, CONTRACTS, n=1) or get_close_matches(f"curated.{name}", CONTRACTS, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise _Refused(
            "unknown_table", "The query names a table that no contract releases.", mend=f"{meant}Released: {_names()}."
        )
    if not contract.released:
        raise _Refused(
            f"not_released:{name}", f"{name} may not be queried: {_why(contract)}", mend=f"Released: {_names()}."
        )
    return contract


def _why(contract: Contract) -> str:
    if contract.layer is Layer.CURATED:
        return contract.caveats[0] if contract.caveats else "it is not a release."
    return f"the {contract.layer.value} layer is open to jobs only."


def _names() -> str:
    return ", ".join(name for name, contract in CONTRACTS.items() if contract.released)


def _read(asked: _Asked, statement: Statement, contracts: Sequence[Contract]) -> Answer:
    import duckdb

    if not contracts:
        raise UsageError("The query names no table.", mend=f"Released: {_names()}.")
    with harm_explained(asked.regions, statement.tables):
        parts = {contract.name: table_files(contract, asked.regions) for contract in contracts}
    left_out = _lost(asked, parts)
    if left_out and (asked.named or not all(parts.values())):
        raise left_out[0][1]
    if absent := [name for name, found in parts.items() if not found]:
        raise UsageError(f"{absent[0]} is not published yet.", mend=f"Run `geoward run {absent[0]}`.")
    try:
        db = open_released({contract.name: (contract, parts[contract.name]) for contract in contracts})
        rows = _plain(db.sql(statement.sql).to_arrow_table())
    except duckdb.Error as error:
        asked.audit_read(parts, "failed", 0)
        raise _explained(error, asked.regions, statement.tables) from None
    asked.audit_read(parts, "answered", rows.num_rows)
    read = tuple(dict.fromkeys(region for found in parts.values() for region in found))
    return Answer(rows, statement.tables, read, left_out)


def _lost(asked: _Asked, parts: Mapping[str, Parts]) -> tuple[tuple[str, GeowardError], ...]:
    """Return the regions without a table that was there and is gone, as all of the region may be, and what to say."""
    absent = [(region, table) for table, found in parts.items() for region in asked.regions if region.name not in found]
    if not absent:  # as mostly: then nothing more is loaded and read
        return ()
    from jobs.storage_problems import why_lost

    told = [(region.name, why) for region, table in absent if (why := why_lost(asked.home, region, table))]
    return tuple({(name, str(why)): (name, why) for name, why in told}.values())


def _plain(rows: pa.Table) -> pa.Table:
    """Return the rows with whole decimals, which sums of counts give, as 64-bit integers where they fit."""
    import pyarrow as pa

    whole = [field.name for field in rows.schema if pa.types.is_decimal(field.type) and field.type.scale == 0]
    for name in whole:
        index = rows.schema.get_field_index(name)
        with suppress(pa.ArrowInvalid):
            rows = rows.set_column(index, name, rows.column(index).cast(pa.int64()))
    return rows


def _explained(error: duckdb.Error, regions: Sequence[Region], tables: Sequence[str]) -> GeowardError:
    """Say what is wrong; only errors of binding are quoted, since others may print a row's value.

    A view opens all files of its table: one that is gone fails queries of every date.
    """
    import duckdb

    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return UsageError(f"The query does not fit: {first_line(error)}", mend="See `geoward tables show TABLE`.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return UsageError("The query needs too much memory.", mend="Filter by event_date or aggregate first.")
    return harm(regions, tables) or UsageError(
        "The query failed while it ran: a value could not be converted or computed.", mend="Use TRY_CAST, or filter."
    )


__all__ = ["Answer", "NotASelect", "answer", "purposes_of", "query"]
