"""Read YAML declarations with errors that name the file and the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from quality.contracts.errors import ConfigError


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times as fast in C
    """A loader that refuses a key given twice: the second would silently win."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise yaml.MarkedYAMLError(problem=f"key given twice: {repeated[0]}", problem_mark=node.start_mark)
    return dict(loader.construct_pairs(node, deep=True))


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, *, what: str) -> dict[str, Any]:
    """Return the file's mapping; raise ``ConfigError`` if it is absent, malformed or not a mapping."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # a SafeLoader
    except FileNotFoundError:
        raise ConfigError(f"There is no {what} at {path}.") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:  # a day 99, a list for a key, 2,000 braces
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise ConfigError(
            f"{what.capitalize()} {path}{where} is not valid YAML.", mend=str(getattr(error, "problem", ""))
        ) from None
    if not isinstance(data, dict):
        raise ConfigError(f"{what.capitalize()} {path} is empty or not a mapping of names to values.")
    return data
