"""Read a policy file into a frozen object that refuses nonsense when it is built."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quality.contracts.errors import ConfigError
from quality.policies.explain_fields import explain_fields
from quality.policies.law import Law
from quality.policies.load_law import find_law, load_law
from quality.policies.policy import Policy
from quality.policies.read_yaml import read_yaml

DEFAULT_POLICY = Path(__file__).with_name("default.yaml")


def load_policy(path: Path = DEFAULT_POLICY) -> Policy:
    """Load and validate a policy with its laws; raise ``ConfigError`` naming the file and the field at fault.

    A law is a file of ``laws/`` beside the policy, or one that is shipped; the version covers the bytes of all.
    """
    data = read_yaml(path, what="policy")
    digest, folder = hashlib.sha256(path.read_bytes()), path.parent / "laws"
    laws: dict[str, Law] = {}  # several territories may adopt one
    for territory in _territories(data):
        names = [str(name) for name in territory["laws"]] if isinstance(territory.get("laws"), list) else []
        for name in names:
            digest.update(find_law(name, folder).read_bytes())
            laws[name] = laws.get(name) or load_law(name, folder)
        territory["laws"] = [laws[name] for name in names]
    try:
        return Policy.model_validate({**data, "version": digest.hexdigest()})
    except ValidationError as error:
        raise ConfigError(f"Policy {path} is not valid: {explain_fields(error, Policy)}") from None


def _territories(data: dict[str, Any]) -> list[dict[str, Any]]:
    stated = data.get("jurisdictions")
    return [each for each in stated.values() if isinstance(each, dict)] if isinstance(stated, dict) else []
