"""Contracts of tables that declared releases publish: derived from the declarations, and kept as JSON beside this file.

They are written by `python -m jobs.cli.documents`, so that a contract is known without reading any declaration.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from quality.contracts.contract import Column, Contract, Sensitivity

PACKAGE, FOLDER = "quality.contracts", "released"


@cache
def read_declared(kind: str = "") -> tuple[Contract, ...]:
    """Return the contracts of declared releases, or of those of a ``kind`` (``table`` or ``noisy``), by name."""
    return tuple(one for of, one in _all() if kind in ("", of))


@cache
def _all() -> tuple[tuple[str, Contract], ...]:
    kept = sorted(files(PACKAGE).joinpath(FOLDER).iterdir(), key=lambda file: file.name)
    texts = [file.read_text(encoding="utf-8") for file in kept if file.name.endswith(".json")]
    told = [json.loads(text) for text in texts]
    return tuple((one.pop("kind"), _contract(one)) for one in told)


def _contract(told: dict[str, object]) -> Contract:
    columns = tuple(
        Column(**{**one, "sensitivity": Sensitivity(one["sensitivity"]), **_tuples(one, "allowed", "source")})
        for one in told["columns"]  # type: ignore[attr-defined]
    )
    return Contract(**{**told, "columns": columns, **_tuples(told, "caveats")})  # type: ignore[arg-type]


def _tuples(told: dict[str, object], *names: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(told[name]) for name in names}  # type: ignore[arg-type]
