"""The base of every listing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Listing(BaseModel):
    """One JSON document, or a part of one. Counts are rows unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RegionFault(Listing):
    """A region that took no part in a command, and why: its storage is gone, damaged or closed."""

    region: str
    error: str


class OfRegions(Listing):
    """A document about several regions; ``left_out`` are those that could not be read: it holds nothing of these."""

    left_out: list[RegionFault] = []
