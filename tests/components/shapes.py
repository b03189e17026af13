"""Arguments made from others by what an args class says: known only later, as another language has them, wrong."""

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, ForwardRef, NotRequired, Required, Union, get_args, get_origin, is_typeddict

import pulumi


def may_be_later(annotation: Any) -> bool:
    """Whether an Output may stand for the value, as `pulumi.Input` says."""
    return any(isinstance(each, ForwardRef) or get_origin(each) is pulumi.Output for each in _members(annotation))


def plain(annotation: Any) -> Any:
    """The `T` of `NotRequired[pulumi.Input[T]]`."""
    return next(each for each in _members(annotation) if each is not type(None))


def known_later(annotation: Any, value: Any, later: Callable[[Any, Any], pulumi.Output[Any]]) -> Any:
    """The value with an Output wherever the annotation lets one stand, the outermost.

    `later` makes it of the annotation and the value there.
    """
    if may_be_later(annotation):
        return later(annotation, value)
    return _mapped(annotation, value, lambda inner, each: known_later(inner, each, later))


def of_another_language(annotation: Any, value: Any) -> Any:
    """The value as the engine hands it on: the schema's names, and every number a float."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, Enum):
        return value.value
    return _mapped(annotation, value, of_another_language, key=camel)


def upside_down(value: Any) -> Any:
    """The value with the keys of all its dicts in the opposite order."""
    if isinstance(value, dict):
        return {key: upside_down(value[key]) for key in reversed(value)}
    return [upside_down(each) for each in value] if isinstance(value, list) else value


def wrongly_typed(shape: Any) -> dict[str, Any]:
    """For every argument of a class a value of another type than it has."""
    return {key: 0.5 if plain(hint) is str else "wrong" for key, hint in inspect.get_annotations(shape).items()}


def camel(name: str) -> str:
    """The schema's name of an argument."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _members(annotation: Any) -> Sequence[Any]:
    if get_origin(annotation) in (NotRequired, Required):
        return _members(get_args(annotation)[0])
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else [annotation]


def _mapped(annotation: Any, value: Any, each: Callable[[Any, Any], Any], key: Callable[[str], str] = str) -> Any:
    """The value with `each` applied to what it holds; `key` names the members of a TypedDict."""
    kind = plain(annotation)
    parts = get_args(kind)
    if is_typeddict(kind) and isinstance(value, Mapping):
        hints = inspect.get_annotations(kind)
        return {key(name): each(hints[name], item) for name, item in value.items()}
    if get_origin(kind) in (dict, Mapping) and isinstance(value, Mapping):
        return {name: each(parts[1], item) for name, item in value.items()}
    if get_origin(kind) in (list, Sequence) and isinstance(value, list | tuple):
        return [each(parts[0], item) for item in value]
    return value
