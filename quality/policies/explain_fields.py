"""What is wrong with a declaration, by its own keys: which are missing, which are none and what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

Step = int | str
_MOST = 6

_NAME = "^[a-z][a-z0-9_]"
"""How the pattern of a name begins."""


@dataclass(slots=True)
class _Place:
    """Where an error is: ``path`` in the declaration's own keys; ``choices`` are (depth, path, alternative) tried.

    ``parents`` are the models that the last key is of, and ``nodes`` what may stand there.
    """

    nodes: list[Any]
    path: tuple[str, ...] = ()
    choices: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    parents: list[type[BaseModel]] = field(default_factory=list)


def explain_fields(error: ValidationError, model: type[BaseModel]) -> str:
    """Return every problem as ``key: what is wrong``, without values; of alternatives those of the likeliest."""
    found = [(_walk(model, each["loc"]), each) for each in error.errors(include_input=False, include_url=False)]
    for union in sorted({choice[0] for place, _ in found for choice in place.choices}, key=len, reverse=True):
        found = _likeliest(found, union)
    found = [one for one in found if not _follows(one, found)]
    told = (": ".join(part for part in (".".join(place.path), _said(place, each)) if part) for place, each in found)
    return "; ".join(dict.fromkeys(told))


def _follows(one: tuple[_Place, Any], found: list[tuple[_Place, Any]]) -> bool:
    """Tell whether a list is said to be empty because what is in it is wrong: that is one mistake, not two."""
    path = one[0].path
    return one[1]["type"] == "too_short" and any(path == place.path[: len(path)] != place.path for place, _ in found)


def _walk(model: type[BaseModel], steps: Sequence[Step]) -> _Place:
    place = _Place([model])
    for step in steps:
        _enter(place, step)
    return place


def _enter(place: _Place, step: Step) -> None:
    """Go one step on: into an alternative, which is no key of the declaration, or into a key."""
    models = _models(place.nodes)
    if (
        isinstance(step, str)
        and len(place.nodes) > 1
        and (chosen := _alternative(place.nodes, models, step)) is not None
    ):
        if not step.startswith("tagged-union["):
            place.choices.append((place.path, step))
        place.nodes = chosen
        return
    known = [one for one in models if step in one.model_fields]
    place.path, place.parents = (*place.path, str(step)), models
    inner: list[Any] = [node for one in known for node in _flat(one.model_fields[str(step)].annotation)]
    if not known:
        held = [get_args(node) for node in place.nodes if get_origin(node) in (tuple, list, dict, Mapping, Sequence)]
        inner = [each for args in held for each in _flat(args[-1] if args[-1] is not Ellipsis else args[0])]
    place.nodes = inner


def _alternative(nodes: list[Any], models: list[type[BaseModel]], step: str) -> list[Any] | None:
    """Return what an alternative's name leaves of ``nodes``: of a tag, of a model's name, or of a plain type."""
    tagged = [one for one in models if step in _tags(one)]
    named = [one for one in models if step == one.__name__ or step.endswith(f" {one.__name__}]")]
    plain = [node for node in nodes if not _models([node])]
    if step.startswith("tagged-union["):
        return [one for one in models if one.__name__ in step]
    if step.startswith(("tuple[", "list[", "dict[")) or any(step == getattr(one, "__name__", "") for one in plain):
        return plain
    return tagged or named or None


def _likeliest(found: list[tuple[_Place, Any]], union: tuple[str, ...]) -> list[tuple[_Place, Any]]:
    """Drop the errors of all alternatives at a place but the one that the declaration fits best."""
    scores: dict[str, int] = {}
    for place, each in found:
        for path, name in place.choices:
            if path == union:
                scores[name] = scores.get(name, 0) + _weight(place, each, union)
    best = min(scores, key=lambda name: scores[name]) if scores else ""
    return [one for one in found if all(path != union or name == best for path, name in one[0].choices)]


def _weight(place: _Place, each: Any, union: tuple[str, ...]) -> int:
    """Return how much an error says that another alternative was meant: of another type, or named otherwise."""
    if place.path == union and each["type"].endswith("_type"):
        return 100
    which = place.path[-1:] and any(place.path[-1] in _naming(one) for one in place.parents)
    return 50 if which and each["type"] in ("missing", "literal_error") else 1


def _said(place: _Place, each: Any) -> str:
    kind, context = str(each["type"]), each.get("ctx", {})
    keys = sorted({name for one in place.parents for name in one.model_fields if name != "version"})
    if kind == "extra_forbidden":
        near = get_close_matches(place.path[-1], keys, n=_MOST, cutoff=0.6) or keys
        return f"there is no such key; {'did you mean' if len(near) < len(keys) else 'known are'} {', '.join(near)}"
    if kind.startswith("union_tag"):
        naming = str(context["discriminator"]).strip("'")
        tags = list(dict.fromkeys(tag for one in _models(place.nodes) for tag in _tags(one)))
        return f"{naming} says which it is, one of {', '.join(tags)}"
    if kind == "missing":
        return "it is missing"
    if kind.endswith("_type") and (models := _models(place.nodes)):
        known = dict.fromkeys(name for one in models for name in one.model_fields if name != "version")
        return f"must be a mapping of keys, of {', '.join(known)}"
    said = {"tuple_type": "must be a list", "too_short": "at least one is needed", "string_too_short": "is empty"}
    if kind == "string_pattern_mismatch" and str(context["pattern"]).startswith(_NAME):
        return "must be a name of small letters, digits and _, and begin with a letter"
    return said.get(kind, _plain(str(each["msg"])))


def _plain(message: str) -> str:
    for internal, told in {"Value error, ": "", "Input should": "must", "String should": "must"}.items():
        message = message.replace(internal, told)
    return message


def _flat(annotation: Any) -> Iterator[Any]:
    """Yield the alternatives of an annotation."""
    if get_origin(annotation) is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _flat(one)
    elif annotation is not type(None):
        yield annotation


def _models(nodes: list[Any]) -> list[type[BaseModel]]:
    return [node for node in nodes if isinstance(node, type) and issubclass(node, BaseModel)]


def _naming(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Return the keys of a model that say which of several it is, with the words that they may be."""
    fields = model.model_fields.items()
    words = {name: get_args(one.annotation) for name, one in fields if get_origin(one.annotation) is Literal}
    first = next(iter(model.model_fields), "")
    return {name: said for name, said in words.items() if name == first or len(said) == 1}


def _tags(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(word for said in _naming(model).values() for word in said)
