"""Rows of a table as they are declared, opened and sealed without Spark."""

from __future__ import annotations

import pyarrow as pa
from deltalake import DeltaTable

from jobs.home import Home
from jobs.quarantine import quarantine_contract
from jobs.region_keys import region_keys, vault_of
from jobs.registry import JOBS
from jobs.vault.subject_keys import VaultKeys
from quality.contracts import Contract, contract
from quality.contracts.at_rest import EPOCH, SEALED, SUBJECT, at_rest, sealed_columns
from transforms.privacy.pack_rows import ARROW
from transforms.privacy.seal_rows import Sealed, open_values, seal_values


def declared(name: str) -> Contract:
    """Return the contract of a table, also of a quarantine."""
    layer, _, table = name.partition(".")
    if layer != "quarantine":
        return contract(name)
    return quarantine_contract(next(job for job in JOBS if job.replace(".", "_") == table))


def rows_of(home: Home, region: str, name: str) -> list[dict]:
    """Return the published rows of a table."""
    path = home.region(region).root.joinpath(*name.split(".", 1))
    return opened(home, region, name, pa.table(DeltaTable(path).to_pyarrow_table()))


DRAWN = {"curated.visits_noisy": {"persons"}, "curated.privacy_spends": {"spent_at"}}
"""What two installations never have in common: noise, and when it was paid for."""


def undrawn(name: str, rows: list[dict]) -> list[dict]:
    """Return a table's rows without what was drawn, and without spendings of runs that died."""
    told = [row for row in rows if row.get("published", True)] if name == "curated.privacy_spends" else rows
    return [{key: value for key, value in row.items() if key not in DRAWN.get(name, set())} for row in told]


def opened(home: Home, region: str, name: str, table: pa.Table) -> list[dict]:
    """Return rows at rest as they are declared; those of destroyed subjects are null."""
    of = declared(name)
    if at_rest(of) is of or not len(table):
        return table.to_pylist()
    sealed = Sealed(*[table[column.name].combine_chunks() for column in (SUBJECT, EPOCH, SEALED)])
    types = {column.name: ARROW[column.type] for column in sealed_columns(of)}
    columns, _ = open_values(name, types, sealed, VaultKeys(vault_of(home, home.region(region))))
    found = dict(zip(types, columns, strict=True))
    return pa.table(
        {c.name: found.get(c.name, table[c.name] if c.name in table.column_names else None) for c in of}
    ).to_pylist()


def sealed(home: Home, region: str, name: str, rows: list[dict]) -> list[dict]:
    """Return rows as a run would write them."""
    of = declared(name)
    if at_rest(of) is of:
        return rows
    columns = {c.name: pa.array([row.get(c.name) for row in rows], ARROW[c.type]) for c in sealed_columns(of)}
    subjects = pa.array([row.get(of.erasure_key) for row in rows], pa.string())
    epochs = pa.array([f"{row['event_date']:%Y-%m}" for row in rows])
    keys = region_keys(home, home.region(region)).subjects
    found = seal_values(name, columns, subjects, epochs, keys, of.erasure_kind)
    made = zip(*[column.to_pylist() for column in found], strict=True)
    plain = [{c.name: row.get(c.name) for c in of if c.name not in columns} for row in rows]
    return [
        {**row, **dict(zip((SUBJECT.name, EPOCH.name, SEALED.name), values, strict=True))}
        for row, values in zip(plain, made, strict=True)
    ]


def comparable(home: Home, region: str, name: str) -> list[dict]:
    """Return rows without pseudonyms, which are made of random tokens, and noise: others in each installation."""
    rows = undrawn(name, rows_of(home, region, name))
    return [{column: value for column, value in row.items() if not column.endswith("_key")} for row in rows]
