"""Generations of data keys: all of a region's are replaced at once, so that an epoch says which it is of."""

from __future__ import annotations

import re

from jobs.vault.store import Vault

_EPOCH = re.compile(r"(?P<month>\d{4}-\d{2})(?:-r(?P<generation>[1-9]\d*))?", re.ASCII)


def epoch_of(month: str, generation: int) -> str:
    """Return the epoch of a month's data keys of a generation, counted from 1: the first has the month's own name."""
    return month if generation == 1 else f"{month}-r{generation}"


def is_of(epoch: str, generation: int) -> bool:
    """Return whether an epoch's keys are of a generation."""
    found = _EPOCH.fullmatch(epoch)
    return found is not None and epoch == epoch_of(found["month"], generation)


def older_epochs(vault: Vault) -> list[str]:
    """Return the epochs of months whose keys are of an older generation than is made now."""
    generation = vault.generation()
    return [epoch for epoch in vault.epochs() if _EPOCH.fullmatch(epoch) and not is_of(epoch, generation)]


def begin_generation(vault: Vault) -> int:
    """Let new data keys be of the next generation and return its number."""
    return vault.set_generation(vault.generation() + 1)


def retire(vault: Vault) -> int:
    """Delete the data keys of older generations, which ``clean`` takes out of the files; return how many there were."""
    return vault.destroy_epochs(older_epochs(vault))
