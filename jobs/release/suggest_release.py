"""Suggest a declaration for a table: who could be told by which columns."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from jobs.release.verify_file import existing
from quality.checks.anonymity.published_table import open_engine, open_file, quoted
from quality.checks.anonymity.suggest_roles import ColumnRole, Suggestion, suggest_roles

MOSTLY = 0.99
"""The share of values that must be numbers, or dates, for a column of texts to be declared numeric."""
_MOMENTS = "count(TRY_CAST(CAST({} AS VARCHAR) AS TIMESTAMPTZ))"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the columns are, and a declaration (YAML) that a person must still read."""

    suggestion: Suggestion
    declaration: str


def suggest_release(path: Path, *, alpha: float, by: Literal["distinction", "separation"]) -> Suggested:
    """Look at a CSV or Parquet file; raises what `open_file` and `suggest_roles` do."""
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        table = open_file(db, existing(path), name=path.name)
        found = suggest_roles(db, table, alpha=alpha, by=by)
        of_numbers = {
            one.name: db.execute(
                f"SELECT greatest(count(TRY_CAST({quoted(one.name)} AS DOUBLE)), {_MOMENTS.format(quoted(one.name))}) "
                f">= {MOSTLY} * count({quoted(one.name)}) FROM {quoted(table)}"
            ).fetchall()[0][0]
            for one in found.columns
        }
    return Suggested(found, _declaration(path, found, of_numbers))


def _declaration(path: Path, found: Suggestion, of_numbers: dict[str, bool]) -> str:
    quasi_ids = [one for one in found.columns if one.role == "quasi_identifier"]
    sensitive = [one.name for one in found.columns if one.role == "sensitive"]
    subject = next((one.name for one in found.columns if one.role == "direct_identifier"), None)
    models: list[dict[str, object]] = [{"model": "k_anonymity", "k": 10}]
    models += [{"model": "l_diversity", "column": name, "l": 2} for name in sensitive]
    stated: dict[str, object] = {
        "name": _name(path), "description": f"Rows of {path.name}, made anonymous.", "purpose": "analytics",
        "reads": path.name,
    }  # fmt: skip
    if subject:
        stated["subject"] = subject
    stated["quasi_ids"] = {one.name: {"kind": _kind(one, of_numbers)} for one in quasi_ids}
    stated["models"] = models
    return yaml.safe_dump(stated, sort_keys=False, allow_unicode=True)


def _kind(one: ColumnRole, of_numbers: dict[str, bool]) -> str:
    return "numeric" if of_numbers[one.name] and one.distinct > 2 else "categorical"


def _name(path: Path) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in path.name.split(".")[0].lower())
    return plain if plain[:1].isalpha() else f"release_{plain}"
