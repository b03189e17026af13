"""Remediation: what the engine may mend by itself, where a stack sets a rule's level to `remediate`.

A violation says which value would mend it. A rule that is safe to set in that way (`Rule.safe_to_set`) hands the engine
the resource's inputs with those values in place, before anything is created or changed; all else in them is as it was,
secrets and unknown values too.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pulumi_policy import Secret

from .view import Change, Finding, Resource


def changes(resource: Resource, findings: Iterable[Finding]) -> list[Change]:
    """What mends the violations among findings about a resource.

    A property whose changes the program ignores is left alone: the provider would leave it as it is, too, while the
    engine's state would say that it is mended.
    """
    found = [finding.change for finding in findings if finding.decided and finding.change is not None]
    return [change for change in found if not any(_covers(path, change) for path in resource.ignores)]


def mended(properties: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any] | None:
    """Properties with changes made, or None where there are none. What is given is not changed.

    Args:
        properties: A resource's inputs, as the SDK hands them to a remediation.
        changes: What to set. Objects on the way that are not there are made.
    """
    made: object = properties
    for change in changes:
        made = _with(made, _steps(change.path), change.value)
    return None if made is properties else cast("dict[str, Any]", made)


def _covers(ignored: str, change: Change) -> bool:
    """Whether a path of `ignoreChanges`, in which `*` is any step, leads to a property or to what it is in."""
    outer, inner = _steps(ignored), _steps(change.path)
    return len(outer) <= len(inner) and all(step in ("*", below) for step, below in zip(outer, inner, strict=False))


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdecimal() else step for step in re.findall(r'[^.\[\]"]+', path)]


def _with(given: object, steps: list[str | int], value: object) -> object:
    """A copy of a value with another one at the end of a path; what is not on the path is shared."""
    if isinstance(given, Secret):
        return Secret(_with(given.value, steps, value))
    if not steps:
        return value
    step, *rest = steps
    content = _content(given)
    if isinstance(content, list) and isinstance(step, int):
        return [_with(each, rest, value) if index == step else each for index, each in enumerate(content)]
    if isinstance(content, dict):
        return {**content, step: _with(content.get(step), rest, value)}
    return given


def _content(given: object) -> object:
    """A list or an object without the SDK's proxies, which hide what is secret; nothing is an empty object."""
    if given is None:
        return {}
    if isinstance(given, dict | list) or not hasattr(given, "__getitem__") or isinstance(given, str):
        return given
    return cast("Mapping[str, object]", given)["__target"]
