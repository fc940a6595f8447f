"""The reference page of declarations: every key of the three kinds, read off the models that validate them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from quality.releases.load_release import KINDS

EXAMPLES = Path(__file__).parent / "examples"
"""One whole declaration of each kind, of the shipped sample; tests build each."""

_HEAD = """# How a release is declared

Derived from `quality/releases` by `python -m jobs.cli.documents`; do not edit. What to declare, and why, is in
[anonymity.md](anonymity.md).

One YAML file declares one release. `geoward release suggest FILE` prints one to begin with. `kind` says which of three
it is (a table, if left out). File names in it (`reads`, hierarchies, a population, places, partitions) are of files
**beside the declaration**; `--input` names another file for `reads`. A key that is not listed here is refused. Keys
that are "required" have no default. A key whose type is a link is a mapping with the keys of that section; where there
are several, its first key says which one is meant.
"""

_TOLD = {
    "table": "`geoward release build table.yaml --input data/sample/eu/actors.csv --output accounts.csv`",
    "places": (
        "`geoward release tile places.yaml --historic data/sample/eu/pings.csv.gz --output tiles.json`, then "
        "`geoward release build places.yaml --input data/sample/eu/pings.csv.gz --tiling tiles.json --output trips.csv`"
    ),
    "noisy": (
        "`geoward budget make`, `geoward budget grant actors --unit user --rho 0.5` and the same with "
        "`--consumer city`, then `geoward release build noisy.yaml "
        "--input data/sample/eu/actors.csv --consumer city "
        "--output figures.csv`"
    ),
}


def declaration_page() -> str:
    """Return the page: for each kind its example and its keys, each part's section once."""
    parts, told = [_HEAD], set[str]()
    for kind, model in KINDS.items():
        example = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")
        parts.append(f"\n## `kind: {kind}`\n\n{_plain(model.__doc__)}\n\nA whole one, built by {_TOLD[kind]}:\n")
        parts.append(f"\n```yaml\n{example}```\n\n{_keys(model)}")
        for name, part in parts_of(model):
            if name not in told:
                told.add(name)
                parts.append(f"\n### {name}\n\n{_plain(part.__doc__)}\n\n{_keys(part)}")
    return "".join(parts)


def sentences(model: type[BaseModel], key: str) -> str:
    """Return what the docstrings of a model, or of what it is made from, say of a key."""
    said = [
        one
        for base in model.__mro__
        if base.__module__.startswith("quality.")
        for one in re.split(r"(?<=[.])\s+(?=[A-Z`(])", _joined(base.__doc__))
        if f"``{key}``" in one
    ]
    return _plain(" ".join(dict.fromkeys(said)))


def parts_of(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the models that a model's keys hold, and those of these, by name."""
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            yield part.__name__, part
            yield from parts_of(part)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _keys(model: type[BaseModel]) -> str:
    properties = model.model_json_schema()["properties"]
    rows = ["| key | type | default | what it is |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name == "version":
            continue
        schema = properties[name]
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        about = sentences(model, name) or ("says that it is this one" if "const" in schema else "")
        rows.append(
            "| " + " | ".join(one.replace("|", "\\|") for one in (f"`{name}`", _type(schema), default, about)) + " |"
        )
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if isinstance(value, BaseModel):
        return "each key's own"
    if value is None or value is PydanticUndefined:
        return "none"
    if isinstance(value, tuple | dict):
        return f"`{list(value) or ('{}' if isinstance(value, dict) else [])}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(schema: Mapping[str, Any]) -> str:
    """Return a JSON schema's type in words, with its limits; a part as a link to its section."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if choices := cast(list[Mapping[str, Any]], schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")):
        numeric = any(one.get("type") == "number" for one in choices)  # a decimal may be written as a text as well
        told = [_type(one) for one in choices if one.get("type") not in ("null", "string" if numeric else "null")]
        return " or ".join(dict.fromkeys(told))
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"list of {_type(items)}" + (", at least one" if schema.get("minItems") else "") if items else "list"
    if schema.get("type") == "object":
        return (
            f"mapping of names to {_type(schema['additionalProperties'])}"
            if "additionalProperties" in schema
            else "mapping"
        )
    return _scalar(schema)


def _scalar(schema: Mapping[str, Any]) -> str:
    words = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
    kind = {"date": "date", "date-time": "time (UTC)"}.get(str(schema.get("format")), words[schema["type"]])
    limits = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}
    stated = [f"{word} {schema[name]:g}" for name, word in limits.items() if name in schema]
    if "pattern" in schema:
        stated.append(f"as in `{schema['pattern']}`")
    return ", ".join([kind, *stated])


def _joined(text: str | None) -> str:
    return " ".join((text or "").split())


def _plain(text: str | None) -> str:
    return _joined(text).replace("``", "`")
