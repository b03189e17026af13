"""What a component's source says of it: its docstrings, its arguments, its outputs, its methods."""

import ast
import inspect
import sys
import textwrap
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, ForwardRef, NotRequired, Required, Union, get_args, get_origin, is_typeddict

import pulumi


@dataclass(frozen=True)
class Field:
    """An argument, an output or a member of a choice.

    Attributes:
        name: Its name.
        written: Its type, as a reader writes it: `Input[int]`.
        required: Whether an argument must be given.
        description: Its docstring.
        refers_to: The args class or choice that its type names, if there is one.
    """

    name: str
    written: str
    required: bool
    description: str
    refers_to: type | None = None


@dataclass(frozen=True)
class Shape:
    """A class of arguments, or a choice.

    Attributes:
        name: The class's name.
        description: Its docstring.
        fields: Its arguments, the required ones first, or its members in their order.
    """

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Method:
    """A method or a property for programs in Python."""

    call: str
    description: str


@dataclass(frozen=True)
class Component:
    """A component by its source.

    Attributes:
        name: The class's name.
        subject: The first line of its module's docstring.
        module: The rest of it, by paragraphs.
        summary: The first paragraph of the class's docstring: what it is.
        more: Its further paragraphs: what holds by default.
        inputs: Its arguments.
        nested: The classes and choices that its arguments name, in the order of their first mention.
        outputs: Its outputs.
        grants: The methods that let a role do something.
        properties: What else there is for programs in Python.
    """

    name: str
    subject: str
    module: tuple[str, ...]
    summary: str
    more: tuple[str, ...]
    inputs: Shape
    nested: tuple[Shape, ...]
    outputs: tuple[Field, ...]
    grants: tuple[Method, ...]
    properties: tuple[Method, ...]


def read(component: type[pulumi.ComponentResource]) -> Component:
    """Read a component's source."""
    args = args_class(component)
    outputs = inspect.get_annotations(component)
    subject, *module = _paragraphs(sys.modules[component.__module__])
    summary, *more = _paragraphs(component)
    return Component(
        name=component.__name__,
        subject=subject,
        module=tuple(module),
        summary=summary,
        more=tuple(more),
        inputs=_shape(args),
        nested=tuple(_shape(each) for each in _nested(args, {})),
        outputs=tuple(_field(component, name, hint, set()) for name, hint in outputs.items()),
        grants=tuple(_methods(component, grants=True)),
        properties=tuple(_methods(component, grants=False)),
    )


def args_class(component: type[pulumi.ComponentResource]) -> type:
    """The TypedDict of a component's arguments."""
    return inspect.signature(component.__init__).parameters["args"].annotation


def _shape(of: type) -> Shape:
    if issubclass(of, Enum):
        docs = _docs(of)
        members = [Field(str(each.value), "", False, docs[each.name]) for each in of]
        return Shape(of.__name__, _paragraphs(of)[0], tuple(members))
    required: set[str] = set(getattr(of, "__required_keys__"))  # noqa: B009 - of a TypedDict
    fields = [_field(of, name, hint, required) for name, hint in inspect.get_annotations(of).items()]
    return Shape(of.__name__, _paragraphs(of)[0], tuple(sorted(fields, key=lambda field: not field.required)))


def _field(of: type, name: str, hint: Any, required: set[str]) -> Field:
    return Field(name, _written(hint), name in required, _docs(of)[name], next(_named_in(hint), None))


def _nested(of: type, found: dict[type, None]) -> list[type]:
    """The classes that an args class names, each before those that it names itself."""
    for hint in inspect.get_annotations(of).values():
        for each in _named_in(hint):
            if each not in found:
                found[each] = None
                _nested(each, found)
    return list(found)


def _named_in(hint: Any) -> Iterator[type]:
    if is_typeddict(hint) or (isinstance(hint, type) and issubclass(hint, Enum)):
        yield hint
    for part in get_args(hint):
        yield from _named_in(part)


def _written(hint: Any) -> str:
    """A type as a reader writes it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (NotRequired, Required):
        return _written(parts[0])
    if origin in (Union, types.UnionType):
        plain = next(part for part in parts if part is not types.NoneType)
        later = any(isinstance(part, ForwardRef) or get_origin(part) is pulumi.Output for part in parts)
        return f"Input[{_written(plain)}]" if later else _written(plain)
    if origin is pulumi.Output:
        return _written(parts[0])
    if origin in (list, Sequence):
        return f"list[{_written(parts[0])}]"
    if origin in (dict, Mapping):
        return f"dict[{_written(parts[0])}, {_written(parts[1])}]"
    if isinstance(hint, type) and issubclass(hint, pulumi.Archive | pulumi.Asset):
        return f"pulumi.{hint.__name__}"
    return getattr(hint, "__name__", str(hint))


def _methods(component: type, *, grants: bool) -> Iterator[Method]:
    for name, member in vars(component).items():
        if name.startswith("_") or name.startswith("grant_") is not grants:
            continue
        if isinstance(member, property):
            yield Method(name, " ".join(_paragraphs(member)[0].split()))
        elif inspect.isfunction(member):
            parameters = list(inspect.signature(member).parameters)[1:]
            yield Method(f"{name}({', '.join(parameters)})", " ".join(_paragraphs(member)[0].split()))


def _paragraphs(of: Any) -> list[str]:
    return _plain(inspect.getdoc(of) or "").split("\n\n")


def _plain(text: str) -> str:
    return text.replace("``", "`")


@cache
def _docs(of: type) -> Mapping[str, str]:
    """The docstrings of a class's attributes: texts that follow them."""
    body = ast.parse(textwrap.dedent(inspect.getsource(of))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for base in body.bases:
        inherited = getattr(sys.modules[of.__module__], base.id, None) if isinstance(base, ast.Name) else None
        if is_typeddict(inherited):
            found |= _docs(inherited)
    for statement, follower in zip(body.body, body.body[1:], strict=False):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name) and isinstance(follower, ast.Expr) and isinstance(follower.value, ast.Constant):
            found[target.id] = _plain(" ".join(inspect.cleandoc(str(follower.value.value)).split()))
    return found
