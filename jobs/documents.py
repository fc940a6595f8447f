"""Documents that are derived: the data dictionary from contracts, the JSON schemas from what is printed or posted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from jobs.alerts.message import AlertMessage
from jobs.listings import LISTINGS, Listing
from quality.contracts import CONTRACTS, Column, Contract
from quality.releases.contract_of import FOLDER as CONTRACTS_OF_RELEASES
from quality.releases.contract_of import declared_contracts

_HEAD = """# Data dictionary

Derived from `quality/contracts` by `python -m jobs.cli.documents`; do not edit. How a column is filled from a
file is in its source mapping (`geoward source show NAME`).
"""


def documents() -> dict[str, str]:
    """Return the text of every derived document by its path below ``docs``."""
    found = {"data-dictionary.md": data_dictionary()}
    models: dict[str, type[Listing]] = {**LISTINGS, "alert": AlertMessage}
    for name, model in models.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        found[f"schemas/{name}.json"] = json.dumps(schema, indent=2) + "\n"
    return found


def data_dictionary() -> str:
    """Return every table and column as Markdown."""
    return _HEAD + "".join("\n" + "\n".join(_section(contract)) + "\n" for contract in CONTRACTS.values())


def outdated(folder: Path) -> list[str]:
    """Return the documents below ``folder`` that are absent, differ, or are no longer derived."""
    made = documents()
    changed = [name for name, text in made.items() if _read(folder / name) != text]
    left = [f"schemas/{path.name}" for path in sorted((folder / "schemas").glob("*.json"))]
    return sorted({*changed, *(name for name in left if name not in made)})


def write_documents(folder: Path) -> list[str]:
    """Write what is outdated, remove what is no longer derived, and return the names."""
    names, made = outdated(folder), documents()
    for name in names:
        if name not in made:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made[name], encoding="utf-8")
    return names


def outdated_contracts() -> dict[Path, str]:
    """Return the text of each contract of a declared release that is absent or differs; empty for one to remove."""
    made = declared_contracts()
    left = dict.fromkeys(set(CONTRACTS_OF_RELEASES.glob("*.json")) - set(made), "")
    return {path: text for path, text in {**made, **left}.items() if not text or _read(path) != text}


def write_contracts() -> list[str]:
    """Write the contracts of declared releases that are outdated, remove what no release declares; return names."""
    changed = outdated_contracts()
    for path, text in changed.items():
        if text:
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink()
    return [f"quality/contracts/released/{path.name}" for path in changed]


def _section(of: Contract) -> Iterator[str]:
    released = "released: analysts may query it" if of.released else "not released: jobs only"
    yield f"## {of.name}\n"
    yield f"{of.description} One row is {of.grain}; {released}. Owner: {of.owner}.\n"
    yield "| column | type | unit | description | sensitivity | category | source |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_row(column) for column in of)
    if of.caveats:
        yield "\n" + "\n".join(f"- {caveat}" for caveat in of.caveats)


def _row(column: Column) -> str:
    cells = (
        column.name + ("" if column.required else " (may be null)"), column.type, column.unit, column.description,
        column.sensitivity.value, column.category, ", ".join(column.source),
    )  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
