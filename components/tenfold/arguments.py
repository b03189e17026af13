"""Checks a component's arguments against its args class, before any resource is registered.

A component is given a plain dict, by a Python program or by the engine for a program in another language. Its args
class says which keys there are and what they hold; `checked` holds the dict against it, adds what the component itself
has to say, and raises one error with every fault.
"""

import difflib
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Enum
from types import NoneType
from typing import Any, ForwardRef, NotRequired, Required, TypeVar, cast, get_args, get_origin, is_typeddict

import pulumi
from pulumi.output import Unknown

from tenfold.errors import ArgumentError, Fault

Shape = TypeVar("Shape")
Child = type[pulumi.CustomResource]
Children = Mapping[str, Child | Callable[[], Child]]
"""A component's kinds of children by the stable suffix of their names: ``{"vpc": aws.ec2.Vpc, ...}``.

A function gives the class where most programs make none of that service, whose module takes long to load.
"""

_LISTS = (list, Sequence)
_MAPS = (dict, Mapping)


def checked(
    component: str,
    name: str,
    shape: type[Shape],
    args: object,
    children: Children,
    *rules: Callable[[Shape], Iterable[Fault]],
) -> Shape:
    """The arguments, with choices as members of their enum and whole numbers as ints.

    Args:
        component: The component's class name, for the message.
        name: The component's name in the program, for the message.
        shape: The args class, a TypedDict.
        args: What the program gave.
        children: What ``overrides`` may name.
        rules: Each gives the faults that no type can express. One that asks for an argument of the wrong type ends
            there; the others, and what it found before, stand.

    Raises:
        ArgumentError: Something is wrong; it lists every fault.
    """
    faults: list[Fault] = []
    result = _typed_dict(shape, {} if args is None else args, "", faults)
    if isinstance(result, dict):
        arguments = cast("dict[str, Any]", result)
        faults.extend(override_faults("overrides", arguments.get("overrides"), children))
        sound = _Sound(arguments, faults)
        for rule in rules:
            faults.extend(_until_unsound(rule(cast("Shape", sound))))
    if faults:
        raise ArgumentError(component, name, faults)
    return cast("Shape", result)


def is_known(value: object) -> bool:
    """Whether a value can be looked at while the program runs; an Output cannot."""
    return not isinstance(value, pulumi.Output | Awaitable | Unknown)


def bounded(path: str, value: object, low: float, high: float, unit: str) -> Iterable[Fault]:
    """A fault where a known number is out of its range."""
    if isinstance(value, int | float) and not low <= value <= high:
        yield Fault(path, f"{value:.12g} is given", f"{low:.12g} to {high:.12g} {unit}")


def child_class(children: Children, kind: str) -> Child:
    """The class of a kind of children."""
    child = children[kind]
    return child if isinstance(child, type) else child()


def override_faults(path: str, overrides: object, children: Children) -> Iterable[Fault]:
    """What is wrong with the kinds and the properties that overrides name."""
    if not isinstance(overrides, Mapping):
        return
    for kind, properties in cast("Mapping[str, object]", overrides).items():
        if kind not in children:
            yield Fault(f"{path}.{kind}", "there is no such child", _closest(kind, children))
        elif isinstance(properties, Mapping):
            resource = child_class(children, kind)
            known = _properties(resource)
            for key in cast("Mapping[str, object]", properties):
                if key not in known:
                    given = f"{resource.__name__} has no such property"
                    yield Fault(f"{path}.{kind}.{key}", given, _closest(key, known))


class _UnsoundError(Exception):
    """A rule asks for an argument that has a fault already."""


class _Sound(dict[str, Any]):
    """Arguments, of which those that have a fault already cannot be read: what follows from them is no fault."""

    def __init__(self, arguments: Mapping[str, Any], faults: Iterable[Fault]) -> None:
        super().__init__(arguments)
        self._unsound = {fault.path.partition(".")[0].partition("[")[0] for fault in faults}

    def __getitem__(self, key: str) -> Any:
        self._read(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._read(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._read(key)
        return super().get(key, default)

    def _read(self, key: object) -> None:
        if key in self._unsound:
            raise _UnsoundError(key)


def _until_unsound(faults: Iterable[Fault]) -> Iterable[Fault]:
    try:
        yield from faults
    except _UnsoundError:
        return


def _typed_dict(shape: Any, value: object, path: str, faults: list[Fault]) -> object:
    if not isinstance(value, Mapping):
        faults.append(Fault(path or "args", f"{value!r} is given", f"a dict with the keys of {shape.__name__}"))
        return value
    # Annotations of the classes that it inherits from are among those of a TypedDict.
    hints = inspect.get_annotations(shape)
    given = cast("Mapping[str, object]", value)
    prefix = f"{path}." if path else ""
    for key in given:
        if key not in hints:
            faults.append(Fault(f"{prefix}{key}", "there is no such argument", _closest(key, hints)))
    for key in sorted(shape.__required_keys__):
        if given.get(key) is None:
            faults.append(Fault(f"{prefix}{key}", "nothing is given", f"{_described(hints[key])}; it is required"))
    known = {key: item for key, item in given.items() if key in hints and item is not None}
    return {key: _checked_value(hints[key], item, f"{prefix}{key}", faults) for key, item in known.items()}


def _checked_value(annotation: Any, value: object, path: str, faults: list[Fault]) -> object:
    plain, takes_outputs = _plain(annotation)
    if value is None or plain is Any:
        return value
    if not is_known(value):
        if not takes_outputs:
            allowed = f"{_described(plain)} that is known before anything exists: it decides which resources there are"
            faults.append(Fault(path, "an Output is given", allowed))
        return value
    origin, parts = get_origin(plain), get_args(plain)
    if is_typeddict(plain):
        return _typed_dict(plain, value, path, faults)
    if origin in _LISTS and isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return [_checked_value(parts[0], item, f"{path}[{index}]", faults) for index, item in enumerate(items)]
    if origin in _MAPS and isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return {key: _checked_value(parts[1], item, f"{path}.{key}", faults) for key, item in pairs.items()}
    fitting = _fitting(plain, value)
    if fitting is None:
        faults.append(Fault(path, f"{value!r} is given", _described(plain)))
    return value if fitting is None else fitting


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The ``T`` of ``NotRequired[T]``, ``T | None`` and ``pulumi.Input[T]``, and whether an Output may stand for it."""
    if get_origin(annotation) in (NotRequired, Required):
        return _plain(get_args(annotation)[0])
    if annotation is Any or get_origin(annotation) in (None, *_MAPS, *_LISTS):
        return annotation, False
    members = [member for member in get_args(annotation) if member is not NoneType]
    return members[0], any(_is_output(member) for member in members)


def _is_output(member: Any) -> bool:
    # Pulumi's own alias names Output by a forward reference.
    return isinstance(member, ForwardRef) or get_origin(member) is pulumi.Output


def _fitting(plain: Any, value: object) -> object | None:
    """The value as one of a scalar type, or None where it is none."""
    if not isinstance(plain, type):
        return None
    if issubclass(plain, Enum):
        return next((member for member in plain if value in (member, member.value)), None)
    if isinstance(value, bool):
        return value if plain is bool else None
    if plain is int:
        # Numbers from other languages arrive as floats.
        return int(value) if isinstance(value, int | float) and value == value // 1 else None
    if plain is float:
        return float(value) if isinstance(value, int | float) else None
    return value if isinstance(value, plain) else None


def _properties(resource: type[pulumi.CustomResource]) -> set[str]:
    """The input properties of a resource class of a generated SDK."""
    constructor = getattr(resource, "_internal_init")  # noqa: B009 - the typed overloads hide it
    names = set(inspect.signature(constructor).parameters) - {"resource_name", "opts"}
    return {name for name in names if not name.startswith("_")}


def _described(annotation: Any) -> str:
    plain, _ = _plain(annotation)
    origin, parts = get_origin(plain), get_args(plain)
    if origin in _LISTS:
        return f"a list, each item {_described(parts[0])}"
    if origin in _MAPS:
        return f"a dict, each value {_described(parts[1])}"
    if is_typeddict(plain):
        return f"a dict with the keys of {plain.__name__}"
    if isinstance(plain, type) and issubclass(plain, Enum):
        return ", ".join(repr(member.value) for member in plain)
    words = {str: "a text", int: "a whole number", float: "a number", bool: "True or False", Any: "any value"}
    return words.get(plain, getattr(plain, "__name__", "any value"))


def _closest(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    return ", ".join(names) + (f"; did you mean {close[0]}?" if close else "")
