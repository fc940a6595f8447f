"""Rows of a table as they are declared, opened without Spark, and every secret of an installation."""

from __future__ import annotations

import pyarrow as pa
from deltalake import DeltaTable

from jobs.home import Home
from jobs.keys.config import keyset_of
from jobs.quarantine import quarantine_contract
from jobs.region_keys import vault_of
from jobs.registry import JOBS
from jobs.vault.subject_keys import VaultKeys
from quality.contracts import Contract, contract
from quality.contracts.at_rest import EPOCH, SEALED, SUBJECT, at_rest, sealed_columns
from transforms.privacy.pack_rows import ARROW
from transforms.privacy.seal_rows import Sealed, open_values


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


def secrets_of(home: Home) -> list[bytes]:
    """Return the key-encryption key, all data keys, and the tokens and data keys of every subject in the vaults."""
    keyset = keyset_of(home)
    found = [bytes.fromhex((home.path / "keys" / "kek").read_text())]
    found += [keyset.open_key(key.id) for key in keyset.read().keys if key.wrapped]
    for region in home.regions.values():
        vault = vault_of(home, region)
        if vault.database.is_there():
            with vault.database.reading() as rows:
                found += [bytes(token) for (token,) in rows.ask("SELECT token FROM vault_tokens")]
                entries = rows.ask("SELECT idx, epoch FROM vault_keys")
            for epoch in {epoch for _, epoch in entries}:
                mine = [bytes(index) for index, of in entries if of == epoch]
                found += [key for key in vault.known_data_keys_at(mine, epoch) if isinstance(key, bytes)]
    return found
