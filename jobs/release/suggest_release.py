"""Suggest a declaration for a table: who could be told by which columns."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from jobs.release.read_table import schema_of
from jobs.release.unfit_columns import unfit_types
from jobs.release.verify_file import existing
from quality.checks.anonymity.link_roles import who_of
from quality.checks.anonymity.published_table import open_engine, open_file, quoted
from quality.checks.anonymity.suggest_places import PlaceRoles, suggest_places
from quality.checks.anonymity.suggest_roles import ColumnRole, Suggestion, suggest_roles

_DATES = "{build: dates, levels: [day, month, year]}"
MOSTLY = 0.99
"""The share of values that must be numbers, or dates, for a column of texts to be declared numeric."""
FEW = 10
"""The rows from which something can be told by values, and a class of the suggested k can be made."""
_NO_TIME = (
    "with times as ISO 8601 and their zone (2026-11-27T08:30:00Z), it can be published as places (`kind: places`)."
)
_MOMENTS = "count(TRY_CAST(CAST({} AS VARCHAR) AS TIMESTAMPTZ))"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the columns are, and a declaration (YAML) that a person must still read.

    ``places`` are the columns that say where people were and when, if any do: it is then declared as such.
    """

    suggestion: Suggestion
    declaration: str
    places: PlaceRoles | None


def suggest_release(path: Path, *, alpha: float, by: Literal["distinction", "separation"]) -> Suggested:
    """Look at a CSV or Parquet file; raises what `open_file` and `suggest_roles` do."""
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        schema = schema_of(existing(path))
        table = open_file(db, path, name=path.name)
        found = suggest_roles(db, table, alpha=alpha, by=by, unfit=unfit_types(schema) if schema else {})
        places = suggest_places(db, table, found.columns)
        of_numbers = {
            one.name: db.execute(
                f"SELECT greatest(count(TRY_CAST({quoted(one.name)} AS DOUBLE)), {_MOMENTS.format(quoted(one.name))}) "
                f">= {MOSTLY} * count({quoted(one.name)}) FROM {quoted(table)}"
            ).fetchall()[0][0]
            for one in found.columns
            if one.role == "quasi_identifier"
        }
    if places and places.time:
        return Suggested(found, _of_places(path, found, places), places)
    lacking = f"# Rows tell where {places.subject} was: {_NO_TIME}\n" if places else ""
    return Suggested(found, _declaration(path, found, of_numbers) + lacking, None)


def _of_places(path: Path, found: Suggestion, places: PlaceRoles) -> str:
    roles = {name: getattr(places, name) for name in ("subject", "latitude", "longitude", "cell", "time", "hour")}
    links = [one.name for one in found.columns if one.role == "link" and one.name != places.subject]
    slots, epoch = {"time": "hour", "hours": [1, 6, 24]}, {"start": places.first, "end": places.last}
    if places.hour:
        slots, epoch = {**slots, "time": "hour_of_week"}, {"start": date(1970, 1, 5), "end": date(1970, 1, 11)}
    stated = {
        "kind": "places", "name": _name(path), "description": f"Where people of {path.name} were, ten or more in each.",
        "purpose": "analytics", "reads": path.name, **{name: column for name, column in roles.items() if column},
        **({"links": links} if links else {}), "k": 10,
        "tiles": {"finest": 8, "coarsest": 5, "least": 10}, "slots": slots, "epoch": epoch,
    }  # fmt: skip
    tiles = "other rows of such weeks" if places.hour else "the rows before it"
    return yaml.safe_dump(stated, sort_keys=False, allow_unicode=True) + (
        f"# subject: {places.because}. Is each a person? If not, k counts something else.\n"
        f"# epoch: tiles are made of {tiles}, by `geoward release tile`.\n"
        "# tiles: min_area_m2, min_radius_m and citation say how fine the law lets a cell be.\n"
    )


def _declaration(path: Path, found: Suggestion, of_numbers: dict[str, bool]) -> str:
    quasi_ids = [one for one in found.columns if one.role == "quasi_identifier"]
    sensitive = [one.name for one in found.columns if one.role == "sensitive"]
    subject, links = who_of(found.columns)
    models: list[dict[str, object]] = [{"model": "k_anonymity", "k": 10}]
    models += [{"model": "l_diversity", "column": name, "l": 2} for name in sensitive]
    stated: dict[str, object] = {
        "name": _name(path), "description": f"Rows of {path.name}, made anonymous.", "purpose": "analytics",
        "reads": path.name,
    }  # fmt: skip
    if subject:
        stated["subject"] = subject
    if links:
        stated["links"] = links
    if not any(one.scale != "other_time" for one in quasi_ids):
        return f"# No column can be a quasi-identifier, so that there is nothing to declare.\n{_doubts(found)}"
    stated["quasi_ids"] = {one.name: _coded(one, of_numbers) for one in quasi_ids if one.scale != "other_time"}
    stated["models"] = models
    return (
        yaml.safe_dump(stated, sort_keys=False, allow_unicode=True)
        + "".join(
            f"# {one.name} is left out: as ISO 8601 (2026-11-27T08:30), it can be published by {_DATES}.\n"
            for one in quasi_ids
            if one.scale == "other_time"
        )
        + "".join(f"# {one.name} is left out: {one.why}.\n" for one in found.columns if one.role == "left_out")
        + _doubts(found)
    )


def _doubts(found: Suggestion) -> str:
    """Say what makes the roles of columns doubtful: names of columns are never told here, as they may be values."""
    numbers = sum(one.name.replace(".", "", 1).lstrip("-").isdigit() for one in found.columns)
    few = f"# There are {found.rows:,} rows: too few to tell by what columns are, or to publish in tens.\n"
    no_header = (
        f"# {numbers} of {len(found.columns)} columns have a number for a name: if the first line is no header, name"
        " the columns in one.\n"
    )
    return (few if found.rows < FEW else "") + (no_header if numbers else "")


def _coded(one: ColumnRole, of_numbers: dict[str, bool]) -> dict[str, object]:
    if one.scale == "time":
        return {"kind": "hierarchical", "hierarchy": yaml.safe_load(_DATES)}
    return {"kind": "numeric" if of_numbers[one.name] and one.distinct > 2 else "categorical"}


def _name(path: Path) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in path.name.split(".")[0].lower())
    return plain if plain[:1].isalpha() else f"release_{plain}"
