from __future__ import annotations

from functools import partial

import pyarrow as pa

from transforms.privacy.identifiers import Domain
from transforms.privacy.link_pseudonyms import link_pseudonyms
from transforms.privacy.pseudonymize_columns import pseudonyms

DOMAIN = Domain("eu", "analytics", "month")
OLD, NEW = (
    partial(pseudonyms, b"k" * 32, domain=DOMAIN, kind="actor", epoch=month)
    for month in ("2026-10", "2026-11")
)  # fmt: skip
TOKENS = pa.array([bytes([number]) * 16 for number in range(4)], pa.binary())


def test_what_is_asked_is_joined_and_nothing_else_is_kept():
    old, new = OLD(TOKENS).to_pylist(), NEW(TOKENS).to_pylist()

    assert link_pseudonyms(TOKENS, {old[1], old[3], "f" * 32}, old=OLD, new=NEW) == {old[1]: new[1], old[3]: new[3]}


def test_of_no_tokens_or_of_nothing_asked_nothing_comes():
    assert link_pseudonyms(TOKENS, set(), old=OLD, new=NEW) == {}
    assert link_pseudonyms(TOKENS[:0], {"f" * 32}, old=OLD, new=NEW) == {}
