"""Read a law's file: one that is shipped, or one's own beside one's own policy."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from quality.contracts.errors import ConfigError
from quality.policies.explain_fields import explain_fields
from quality.policies.law import Law
from quality.policies.read_yaml import read_yaml

LAWS = Path(__file__).with_name("laws")
"""Where the shipped laws are."""


def find_law(name: str, folder: Path = LAWS) -> Path:
    """Return the file of a law: in ``folder``, beside one's own policy, or as it is shipped.

    Raises ``ConfigError`` where there is none.
    """
    for file in (folder / f"{name}.yaml", LAWS / f"{name}.yaml"):
        if file.is_file():
            return file
    known = ", ".join(sorted({path.stem for of in (folder, LAWS) for path in of.glob("*.yaml")}))
    raise ConfigError(f"There is no law {name!r}.", mend=f"Known: {known}. One more is one more file in laws/.")


def load_law(name: str, folder: Path = LAWS) -> Law:
    """Return the law of that name; raise ``ConfigError`` naming the file and the field at fault."""
    file = find_law(name, folder)
    try:
        law = Law.model_validate(read_yaml(file, what="law"))
    except ValidationError as error:
        raise ConfigError(f"Law {file.name} is not valid: {explain_fields(error, Law)}") from None
    if law.law != name:
        raise ConfigError(f"Law {file.name} calls itself {law.law!r}.", mend="Name the file after the law.")
    return law
