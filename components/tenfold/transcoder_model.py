"""Holds a job against AWS's own model of MediaConvert, as botocore has it.

It finds what botocore lets pass and MediaConvert refuses: a choice that there is not, a number out of its range, a text
of another form. This module goes to Lambda with the function that starts jobs, so it imports nothing of the package.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple, cast

from botocore.loaders import Loader
from botocore.model import ServiceModel


class Mistake(NamedTuple):
    """What is wrong in a document.

    Attributes:
        path: Where: `Settings.OutputGroups[0].Outputs[1].VideoDescription.Width`.
        given: What is given there.
        allowed: What may be.
    """

    path: str
    given: str
    allowed: str


_TYPES: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "structure": (Mapping, "a dict"),
    "map": (Mapping, "a dict"),
    "list": (list | tuple, "a list"),
    "string": (str, "a text"),
    "boolean": (bool, "True or False"),
    "integer": (int, "a whole number"),
    "long": (int, "a whole number"),
    "double": (int | float, "a number"),
}  # pyright: ignore[reportAssignmentType]  a union of types is as good for isinstance as a tuple


def job_mistakes(job: object) -> Iterable[Mistake]:
    """What is wrong with the parameters of `CreateJob`."""
    return _mistakes(_model().operation_model("CreateJob").input_shape, job, "")


def group_mistakes(path: str, group: object) -> Iterable[Mistake]:
    """What is wrong with an output group, whose place is told by a path."""
    return _mistakes(_settings().members["OutputGroups"].member, group, path)


def input_mistakes(path: str, source: object) -> Iterable[Mistake]:
    """What is wrong with the settings of an input."""
    return _mistakes(_settings().members["Inputs"].member, source, path)


@cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("mediaconvert", "service-2"))


def _settings() -> Any:
    return cast("Any", _model().operation_model("CreateJob").input_shape).members["Settings"]


def _mistakes(shape: Any, value: object, path: str) -> Iterable[Mistake]:
    types, called = _TYPES[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield Mistake(path, f"{value!r} is given", called)
    elif shape.type_name == "structure":
        yield from _structure(shape, cast("Mapping[str, object]", value), path)
    elif shape.type_name == "list":
        for index, item in enumerate(cast("list[object]", value)):
            yield from _mistakes(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, item in cast("Mapping[str, object]", value).items():
            yield from _mistakes(shape.value, item, f"{path}.{key}")
    else:
        yield from _scalar(shape, value, path)


def _structure(shape: Any, value: Mapping[str, object], path: str) -> Iterable[Mistake]:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if name not in value:
            yield Mistake(f"{prefix}{name}", "nothing is given", "it is required")
    for name, item in value.items():
        if name in shape.members:
            yield from _mistakes(shape.members[name], item, f"{prefix}{name}")
        else:
            yield Mistake(f"{prefix}{name}", "MediaConvert has no such setting", ", ".join(sorted(shape.members)))


def _scalar(shape: Any, value: object, path: str) -> Iterable[Mistake]:
    limits = shape.metadata
    choices = limits.get("enum")
    if choices and value not in choices:
        yield Mistake(path, f"{value!r} is given", ", ".join(choices))
    low, high = limits.get("min"), limits.get("max")
    size, unit = (len(value), " characters") if isinstance(value, str) else (cast("float", value), "")
    if (low is not None and size < low) or (high is not None and size > high):
        yield Mistake(path, f"{size}{unit} are given" if unit else f"{value} is given", f"{_range(low, high)}{unit}")
    pattern = limits.get("pattern")
    if pattern and isinstance(value, str) and not re.search(pattern, value):
        yield Mistake(path, f"{value!r} is given", f"a text of the form {pattern}")


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"{high} or less"
    return f"{low} or more" if high is None else f"{low} to {high}"
