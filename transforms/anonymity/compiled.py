"""Functions over arrays, compiled to machine code once and kept beside their source."""

from __future__ import annotations

from quality.contracts.compiled import compiled

__all__ = ["compiled"]
