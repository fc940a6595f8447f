"""Read release declarations: those shipped beside this file, by name, or any other, by path."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from quality.contracts.errors import ConfigError, UsageError
from quality.policies.explain_fields import explain_fields
from quality.policies.read_yaml import read_yaml
from quality.releases.declaration import TableRelease
from quality.releases.noisy import NoisyRelease
from quality.releases.places import PlacesRelease

FOLDER = Path(__file__).parent

Release = TableRelease | PlacesRelease | NoisyRelease
KINDS: dict[str, type[TableRelease] | type[PlacesRelease] | type[NoisyRelease]] = {
    "table": TableRelease, "places": PlacesRelease, "noisy": NoisyRelease,
}  # fmt: skip


def load_release(name_or_path: str | Path) -> Release:
    """Load and validate a declaration; raise ``ConfigError`` naming the file and the field at fault.

    A plain name is a shipped declaration, unless it ends in .yaml or .yml. ``version`` is the SHA-256 of the file.
    """
    path = locate_release(name_or_path)
    data = read_yaml(path, what="release")
    if "version" in data:
        raise ConfigError(f"Release {path} is not valid: version: it is computed from the file, remove it.")
    model = KINDS.get(str(data.get("kind", "table")))
    if model is None:
        raise ConfigError(f"Release {path} is of an unknown kind.", mend=f"Known: {', '.join(KINDS)}.")
    try:
        return model.model_validate({**data, "version": hashlib.sha256(path.read_bytes()).hexdigest()})
    except ValidationError as error:
        raise ConfigError(f"Release {path} is not valid: {explain_fields(error, model)}") from None


def load_table_release(name_or_path: str | Path) -> TableRelease:
    """Load a declaration of a table; raise what ``load_release`` does, and ``UsageError`` for one of another kind."""
    found = load_release(name_or_path)
    if not isinstance(found, TableRelease):
        raise UsageError(
            f"Release {found.name} is of kind {found.kind!r}; this command is for tables.",
            mend="Places and noisy figures are attacked, measured and told of by `build`; see `explain`.",
        )
    return found


def locate_release(name_or_path: str | Path) -> Path:
    """Return the declaration's file; raise ``ConfigError`` for a name that is not shipped."""
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix in (".yaml", ".yml") or len(path.parts) != 1:
        return path
    shipped = FOLDER / f"{name_or_path}.yaml"
    if not shipped.exists():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml"))) or "none"
        raise ConfigError(f"There is no release {str(name_or_path)!r}.", mend=f"Shipped: {known}; or give a file.")
    return shipped
