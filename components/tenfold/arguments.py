"""Checks a component's arguments against its args class, before any resource is registered.

A component is given a plain dict, by a Python program or by the engine for a program in another language. Its args
class says which keys there are and what they hold; `checked` holds the dict against it, adds what the component itself
has to say, and raises one error with every fault.
"""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from inspect import isawaitable
from types import NoneType
from typing import Any, ForwardRef, NotRequired, Required, TypeVar, cast, get_args, get_origin, is_typeddict

import pulumi

from tenfold.errors import ArgumentError, Fault

Shape = TypeVar("Shape")
Children = Mapping[str, type[pulumi.CustomResource]]
"""A component's kinds of children by the stable suffix of their names: ``{"vpc": aws.ec2.Vpc, ...}``."""


def checked(
    component: str,
    name: str,
    shape: type[Shape],
    args: object,
    children: Children,
    rules: Callable[[Shape], Iterable[Fault]] | None = None,
) -> Shape:
    """The arguments, with choices as members of their enum and whole numbers as ints.

    Args:
        component: The component's class name, for the message.
        name: The component's name in the program, for the message.
        shape: The args class, a TypedDict.
        args: What the program gave.
        children: What ``overrides`` may name.
        rules: Faults that no type can express; asked only where every type is right.

    Raises:
        ArgumentError: Something is wrong; it lists every fault.
    """
    faults: list[Fault] = []
    result = _typed_dict(shape, {} if args is None else args, "", faults)
    if isinstance(result, dict):
        overrides = cast("dict[str, Any]", result).get("overrides") or {}
        faults.extend(_override_faults(overrides if isinstance(overrides, dict) else {}, children))
    if not faults and rules:
        faults.extend(rules(cast("Shape", result)))
    if faults:
        raise ArgumentError(component, name, faults)
    return cast("Shape", result)


def is_known(value: object) -> bool:
    """Whether a value can be looked at while the program runs; an Output cannot."""
    return not isinstance(value, pulumi.Output) and not isawaitable(value)


def bounded(path: str, value: object, low: float, high: float, unit: str) -> Iterable[Fault]:
    """A fault where a known number is out of its range."""
    if isinstance(value, int | float) and not low <= value <= high:
        yield Fault(path, f"{value:g} is given", f"{low:g} to {high:g} {unit}")


def _checked_value(annotation: Any, value: object, path: str, faults: list[Fault]) -> object:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return _checked_value(parts[0], value, path, faults)
    if value is None or annotation is Any:
        return value
    if not is_known(value):
        if not _takes_outputs(annotation):
            allowed = "a plain value, since it decides which resources there are"
            faults.append(Fault(path, "an Output is given", allowed))
        return value
    if origin is not None and origin not in (list, dict):  # a union: Input[T], or T | None
        return _checked_value(_plain_member(parts), value, path, faults)
    if is_typeddict(annotation):
        return _typed_dict(annotation, value, path, faults)
    if origin is list and isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return [_checked_value(parts[0], item, f"{path}[{index}]", faults) for index, item in enumerate(items)]
    if origin is dict and isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return {key: _checked_value(parts[1], item, f"{path}.{key}", faults) for key, item in pairs.items()}
    return _scalar(annotation, value, path, faults)


def _typed_dict(shape: Any, value: object, path: str, faults: list[Fault]) -> object:
    if not isinstance(value, Mapping):
        faults.append(Fault(path or "args", f"{value!r} is given", f"a dict with the keys of {shape.__name__}"))
        return value
    hints = _hints(shape)
    given = cast("Mapping[str, object]", value)
    prefix = f"{path}." if path else ""
    for key in given.keys() - hints.keys():
        faults.append(Fault(f"{prefix}{key}", "there is no such argument", _closest(key, hints)))
    for key in sorted(shape.__required_keys__):
        if given.get(key) is None:
            faults.append(Fault(f"{prefix}{key}", "nothing is given", f"{_described(hints[key])}; it is required"))
    known = {key: item for key, item in given.items() if key in hints and item is not None}
    return {key: _checked_value(hints[key], item, f"{prefix}{key}", faults) for key, item in known.items()}


def _scalar(annotation: Any, value: object, path: str, faults: list[Fault]) -> object:
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            if isinstance(value, annotation) or value in [member.value for member in annotation]:
                return annotation(value)
        elif annotation is int and not isinstance(value, bool):
            # Numbers from other languages arrive as floats.
            if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
                return int(value)
        elif annotation is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        elif isinstance(value, annotation) and (annotation is bool or not isinstance(value, bool)):
            return value
    faults.append(Fault(path, f"{value!r} is given", _described(annotation)))
    return value


def _override_faults(overrides: Mapping[str, Any], children: Children) -> Iterable[Fault]:
    for kind, properties in overrides.items():
        if kind not in children:
            yield Fault(f"overrides.{kind}", "there is no such child", _closest(kind, children))
            continue
        known = _properties(children[kind])
        for key in properties.keys() - known:
            given = f"{children[kind].__name__} has no such property"
            yield Fault(f"overrides.{kind}.{key}", given, _closest(key, known))


def _properties(resource: type[pulumi.CustomResource]) -> set[str]:
    """The input properties of a resource class of a generated SDK."""
    constructor = getattr(resource, "_internal_init")  # noqa: B009 - the typed overloads hide it
    names = set(inspect.signature(constructor).parameters) - {"self", "resource_name", "opts"}
    return {name for name in names if not name.startswith("_")}


def _hints(shape: Any) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for base in reversed(getattr(shape, "__orig_bases__", ())):
        hints |= _hints(base) if is_typeddict(base) else {}
    return hints | shape.__annotations__


def _takes_outputs(annotation: Any) -> bool:
    return any(isinstance(part, ForwardRef) or get_origin(part) is pulumi.Output for part in get_args(annotation))


def _plain_member(parts: tuple[Any, ...]) -> Any:
    """The ``T`` of ``Input[T]`` or ``T | None``."""
    for part in parts:
        if isinstance(part, ForwardRef) or part is NoneType:
            continue
        if get_origin(part) in (list, dict) or isinstance(part, type) or part is Any:
            return part
        nested = [inner for inner in get_args(part) if not isinstance(inner, ForwardRef)]
        if len(nested) > 1:
            return part
    return Any


def _described(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return _described(parts[0])
    if origin is list:
        return f"a list, each item {_described(parts[0])}"
    if origin is dict:
        return f"a dict, each value {_described(parts[1])}"
    if origin is not None:
        return _described(_plain_member(parts))
    if is_typeddict(annotation):
        return f"a dict with the keys of {annotation.__name__}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(repr(member.value) for member in annotation)
    words = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}
    return words.get(annotation, getattr(annotation, "__name__", "any value"))


def _closest(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    return f"{', '.join(names)}" + (f"; did you mean {close[0]}?" if close else "")
