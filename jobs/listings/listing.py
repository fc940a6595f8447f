"""The base of every listing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Listing(BaseModel):
    """One JSON document, or a part of one. Counts are rows unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")
