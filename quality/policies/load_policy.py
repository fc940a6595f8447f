"""Read a policy file into a frozen object that refuses nonsense when it is built."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from quality.contracts.errors import ConfigError
from quality.policies.explain_fields import explain_fields
from quality.policies.policy import Policy
from quality.policies.read_yaml import read_yaml

DEFAULT_POLICY = Path(__file__).with_name("default.yaml")


def load_policy(path: Path = DEFAULT_POLICY) -> Policy:
    """Load and validate a policy; raise ``ConfigError`` naming the file and the field at fault."""
    data = read_yaml(path, what="policy")
    try:
        return Policy.model_validate({**data, "version": hashlib.sha256(path.read_bytes()).hexdigest()})
    except ValidationError as error:
        raise ConfigError(f"Policy {path} is not valid: {explain_fields(error, Policy)}") from None
