"""Read source mappings: those shipped beside this file, by name, or any other, by path."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from quality.contracts.errors import ConfigError
from quality.policies.explain_fields import explain_fields
from quality.policies.read_yaml import read_yaml
from quality.sources.mapping import Mapping

FOLDER = Path(__file__).parent


def load_mapping(name_or_path: str | Path) -> Mapping:
    """Load and validate a mapping; raise ``ConfigError`` naming the file and the field at fault.

    A plain name is a shipped mapping, unless a file of that very name ends in .yaml or .yml.
    """
    path = _locate(name_or_path)
    data = read_yaml(path, what="source mapping")
    if "version" in data:
        raise ConfigError(f"Source mapping {path} is not valid: version: it is computed from the file, remove it.")
    try:
        mapping = Mapping(**{**data, "version": hashlib.sha256(path.read_bytes()).hexdigest()[:12]})
    except ValidationError as error:
        raise ConfigError(f"Source mapping {path} is not valid: {explain_fields(error, Mapping)}") from None
    except TypeError:
        raise ConfigError(f"Source mapping {path} is not valid: all its keys must be text.") from None
    if path.parent == FOLDER and mapping.name != path.stem:
        raise ConfigError(f"Source mapping {path} is not valid: name: it must be the file's own name.")
    return mapping


def mapping_text(name_or_path: str | Path) -> str:
    """Return the text of a mapping's file, to be kept beside what lands under it; raise ``ConfigError`` if absent."""
    path = _locate(name_or_path)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"There is no source mapping at {path}.", mend="Check the path.") from None


def shipped_mappings() -> dict[str, Mapping]:
    """Return all mappings that come with Geoward, by name."""
    return {path.stem: load_mapping(path) for path in sorted(FOLDER.glob("*.yaml"))}


def _locate(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix in (".yaml", ".yml") or len(path.parts) != 1:
        return path
    shipped = FOLDER / f"{name_or_path}.yaml"
    if not shipped.exists():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise ConfigError(f"There is no source mapping {str(name_or_path)!r}.", mend=f"Known: {known}; or give a path.")
    return shipped
