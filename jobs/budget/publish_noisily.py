"""Publish a noisy release: the budget is spent, then the data is read, and the figures are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from jobs.budget.draw_noise import OpenDpNoise
from jobs.budget.grant import Spend
from jobs.budget.ledger import BudgetLedger
from quality.releases.noisy import NoisyRelease
from transforms.noise.mechanisms import NoiseSource
from transforms.noise.release_noisily import release_noisily

ZSTD = pa.ipc.IpcWriteOptions(compression="zstd")


def publish_noisily(
    ledger: BudgetLedger,
    release: NoisyRelease,
    read: Callable[[], pa.Table],
    *,
    consumer: str,
    partition: str,
    days: tuple[date, date],
    input_version: str,
    key: bytes,
    public: pa.Table | None,
    noise: NoiseSource | None = None,
    files: Sequence[str] = (),
) -> pa.Table:
    """Return the noisy figures of a partition for a consumer: those kept, or new ones once their loss is spent.

    ``read`` is called after that only. ``days`` are the first and the last of the data; ``input_version`` is a digest
    of all that ``read`` and ``public`` hold, ``files`` are SHA-256 of the files that are charged. Raises as
    ``BudgetLedger.once`` does.
    """
    spend = Spend(
        dataset=release.reads,
        unit=release.unit.per,
        consumer=consumer,
        release=release.name,
        partition=partition,
        input_version=input_version,
        declaration=digest_of(release),
        first=days[0],
        last=days[1],
    )

    def make() -> bytes:
        made = release_noisily(read(), release, key=key, noise=noise or OpenDpNoise(), public=public)
        return to_bytes(made.table)

    return from_bytes(ledger.once(spend, release.loss, make, changed=release.changed_input == "spend", files=files))


def to_bytes(figures: pa.Table) -> bytes:
    """Return figures as the ledger keeps them."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, figures.schema, options=ZSTD) as writer:
        writer.write_table(figures)
    return bytes(sink.getvalue())


def from_bytes(kept: bytes) -> pa.Table:
    """Return figures that the ledger kept."""
    return pa.ipc.open_stream(kept).read_all()


def digest_of(release: NoisyRelease) -> str:
    """Return what changes with whatever a release declares of its figures: its words may change."""
    words: dict[str, Any] = {"version": True, "description": True, "purpose": True, "bounds": {"because"}}
    return hashlib.sha256(release.model_dump_json(exclude=words).encode()).hexdigest()
