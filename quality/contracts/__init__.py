"""Every dataset Geoward keeps, one contract a file."""

from __future__ import annotations

from quality.contracts import (
    clean_actions,
    clean_pings,
    curated_actor_features,
    curated_mobility,
    curated_place_counts,
    curated_privacy_spends,
    protected_actions,
    protected_pings,
    raw_actions,
    raw_actors,
    raw_consents,
    raw_labels,
    raw_pings,
    reference_ip_ranges,
)
from quality.contracts.contract import DATE, Column, Contract, Layer, Sensitivity
from quality.contracts.declared import read_declared
from quality.contracts.errors import UnknownDataset

_MODULES = (
    raw_pings, raw_actions, raw_actors, raw_consents, raw_labels, reference_ip_ranges,
    clean_pings, clean_actions, protected_pings, protected_actions,
    curated_mobility, curated_place_counts, curated_actor_features,
)  # fmt: skip

CONTRACTS: dict[str, Contract] = {
    one.name: one
    for one in (*(module.CONTRACT for module in _MODULES), *read_declared(), curated_privacy_spends.CONTRACT)
}
"""All contracts by name, in the order of the data's flow."""


def contract(name: str) -> Contract:
    """Return the contract of that name; raise ``UnknownDataset`` when there is none."""
    try:
        return CONTRACTS[name]
    except KeyError:
        raise UnknownDataset(name, tuple(CONTRACTS)) from None


__all__ = ["CONTRACTS", "DATE", "Column", "Contract", "Layer", "Sensitivity", "contract"]
