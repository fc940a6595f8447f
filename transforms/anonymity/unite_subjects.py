"""Number the subjects of a table: accounts that share a device or a ring are one, or k - 1 fakes would open a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from quality.contracts.compiled import compiled
from quality.contracts.untold import untold
from transforms.anonymity.coded_table import Codes


@untold
def unite_subjects(table: pa.Table, subject: str, links: Sequence[str] = ()) -> Codes:
    """Return each row's subject (n,), numbered from 0 without gaps.

    Accounts (``subject``) that rows connect through equal values of a link column are one, in any number of steps; no
    value connects nobody. Rows without an account are one subject all together: they never make a crowd.
    """
    accounts, size = _codes(table[subject], 0)
    if not links:
        return accounts
    ends = [_codes(table[link], -1) for link in links]
    first = np.cumsum([size, *(count for _, count in ends)])
    parent = np.arange(first[-1], dtype=np.int32)
    for (codes, _), start in zip(ends, first[:-1], strict=True):
        _join(parent, accounts, codes, np.int32(start))
    numbered: Codes = np.unique(_roots(parent, accounts), return_inverse=True)[1].astype(np.int32)
    return numbered


@untold
def united_accounts(table: pa.Table, subject: str, links: Sequence[str]) -> pa.Table:
    """Return ``account`` and ``person`` of accounts that are one with others: the least stands for all.

    An account that is alone is not listed. Rows have an account.
    """
    import polars as pl

    accounts = pl.Series("account", pl.from_arrow(table[subject]))
    united = pl.DataFrame({"account": accounts, "number": unite_subjects(table, subject, links)}).unique()
    several = pl.len().over("number") > 1
    named = united.filter(several).with_columns(pl.col("account").min().over("number").alias("person"))
    return named.select("account", "person").sort("account").to_arrow()


def _codes(column: pa.ChunkedArray, null: int) -> tuple[Codes, int]:
    """Return the values' numbers, ``null`` for no value, and how many there are; 0 is kept for no value."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    numbers = encoded.indices.to_numpy(zero_copy_only=False)
    known = ~np.isnan(numbers) if numbers.dtype.kind == "f" else np.ones(len(numbers), bool)
    codes: Codes = np.where(known, np.nan_to_num(numbers) + 1, null).astype(np.int32)
    return codes, len(encoded.dictionary) + 1


@compiled
def _join(parent: Codes, accounts: Codes, links: Codes, start: np.int32) -> None:
    for row in range(len(accounts)):
        if links[row] >= 0:
            one, other = accounts[row], start + links[row]
            while parent[one] != one:
                parent[one] = parent[parent[one]]
                one = parent[one]
            while parent[other] != other:
                parent[other] = parent[parent[other]]
                other = parent[other]
            parent[max(one, other)] = min(one, other)


@compiled
def _roots(parent: Codes, accounts: Codes) -> Codes:
    roots = np.empty(len(accounts), np.int32)
    for row in range(len(accounts)):
        one = accounts[row]
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        roots[row] = one
    return roots
