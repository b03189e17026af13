"""What a component builds, seen by building it: which children there are, of which types, and when."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, is_typeddict

import pulumi
import pulumi_aws as aws

from tenfold.errors import ArgumentError
from tests.components.building import LOOK_UPS, build
from tests.components.shapes import plain
from tests.components.test_contract import EXAMPLES, args_class, kind_of, kinds

Arguments = Mapping[str, Any]
Kinds = dict[str, str]
"""The types of children by their kinds."""


_ORDER = ["always", "by", "with"]
"""How a sentence on when a child exists starts."""


@dataclass(frozen=True)
class Child:
    """A kind of child.

    Attributes:
        kind: The suffix of its name, by which `overrides` knows it; the type, where it is a component.
        type: Its type.
        when: When it exists, in words.
    """

    kind: str
    type: str
    when: str


@dataclass(frozen=True)
class Observed:
    """What a component builds.

    Attributes:
        children: The kinds of children: those that are always there first, those of grants last.
        default: How many resources there are where nothing is given that is not required, the components apart.
    """

    children: tuple[Child, ...]
    default: int


@dataclass(frozen=True)
class _Change:
    """What one argument, beside the required ones, changes; and what it would without each part of a dict."""

    argument: str
    value: Any
    kinds: Kinds
    without: Mapping[str, Kinds]


@dataclass(frozen=True)
class _Whole:
    """What arguments bring about."""

    args: Arguments
    kinds: Kinds


def observe(component: type[pulumi.ComponentResource]) -> Observed:
    """Build a component in every way that the contract's examples do, and one argument at a time."""
    example = EXAMPLES[component.__name__]
    known = kinds(component)
    least, default = _built(component, example.least, known)
    ways: list[Arguments] = [*example.uses().values(), *({**example.least, **size} for size in example.sizes)]
    changes = list(_changes(component, example.least, ways, known))
    wholes = [_Whole(args, _built(component, args, known)[0]) for args in ways]
    types = {**least, **{kind: token for whole in wholes for kind, token in whole.kinds.items()}}
    children = [
        Child(kind, token, _when(kind, least, changes) or _together(component, kind, example.least, wholes, known))
        for kind, token in types.items()
    ]
    # They are registered in no order that stays.
    ordered = sorted(children, key=lambda child: (_ORDER.index(child.when.split()[0]), child.kind))
    return Observed((*ordered, *_granted(component, example.full)), default)


def _changes(
    component: type[pulumi.ComponentResource], least: Arguments, ways: list[Arguments], known: set[str]
) -> Iterator[_Change]:
    usual, _ = _built(component, least, known)
    hints = inspect.get_annotations(args_class(component))
    tried: list[tuple[str, str]] = []
    for argument, value in (each for args in ways for each in args.items()):
        if argument in least or (argument, repr(value)) in tried:
            continue
        tried.append((argument, repr(value)))
        whole = _tried(component, {**least, argument: value}, known)
        if whole is not None:
            # The keys of other dicts are the user's own.
            parts: Arguments = value if is_typeddict(plain(hints[argument])) and whole != usual else {}
            rests = _without_each(component, least, argument, parts, known)
            yield _Change(argument, value, whole, rests)


def _without_each(
    component: type[pulumi.ComponentResource], args: Arguments, argument: str, parts: Arguments, known: set[str]
) -> dict[str, Kinds]:
    """What there is without each part of a dict."""
    rests = {
        part: _tried(component, {**args, argument: {key: parts[key] for key in parts if key != part}}, known)
        for part in parts
    }
    return {part: rest for part, rest in rests.items() if rest is not None}


def _tried(component: type[pulumi.ComponentResource], args: Arguments, known: set[str]) -> Kinds | None:
    """What arguments bring about, or None where they are refused: one may need another beside it."""
    try:
        return _built(component, args, known)[0]
    except ArgumentError:
        return None


def _built(component: type[pulumi.ComponentResource], args: Arguments, known: set[str]) -> tuple[Kinds, int]:
    built = build(partial(_made, component, args), calls=LOOK_UPS)
    its_own = [child for child in built.resources if child.parent == built["it"].urn]
    # Components within it are named by the user.
    found = {child.type if is_component(child.type) else kind_of(child.name, known): child.type for child in its_own}
    return found, sum(not is_component(resource.type) for resource in built.resources)


def is_component(token: str) -> bool:
    """Whether a type is a component of the package."""
    return token.startswith("tenfold:index:")


def _made(component: Any, args: Arguments) -> pulumi.ComponentResource:
    return component("it", dict(args))


def _when(kind: str, least: Kinds, changes: list[_Change]) -> str:
    if kind not in least:
        bringing = [change for change in changes if kind in change.kinds]
        return f"with {_named(kind, bringing, changes)}" if bringing else ""
    ending = [change for change in changes if kind not in change.kinds]
    return f"by default, not with {_named(kind, ending, changes)}" if ending else "always"


def _named(kind: str, effective: list[_Change], changes: list[_Change]) -> str:
    """The arguments that have an effect, as a reader writes them."""
    names: dict[str, None] = {}
    for change in effective:
        idle = [each for each in changes if each.argument == change.argument and each not in effective]
        alike = [each for each in effective if each.argument == change.argument]
        names |= dict.fromkeys(_apart(kind, change, alike, idle))
    *all_but_last, last = names
    return f"{', '.join(all_but_last)} or {last}" if all_but_last else last


def _apart(kind: str, change: _Change, alike: list[_Change], idle: list[_Change]) -> list[str]:
    """What tells a value that has an effect from those of the same argument that have none."""
    name, value = change.argument, change.value
    if isinstance(value, Mapping):
        there = kind in change.kinds
        parts = [part for part, rest in change.without.items() if (kind in rest) is not there]
        shared = set[str].intersection(*(set(each.value) for each in alike))
        alone = sorted(shared.difference(*(each.value for each in idle))) if idle else []
        return [f"`{name}.{part}`" for part in parts or alone] or [f"`{name}`"]
    if isinstance(value, list):
        return [f"some `{name}`" if idle else f"`{name}`"]
    written = str(value).lower() if isinstance(value, bool) else value
    return [f"`{name}: {written}`" if idle or value is False else f"`{name}`"]


def _together(
    component: type[pulumi.ComponentResource],
    kind: str,
    least: Arguments,
    wholes: list[_Whole],
    known: set[str],
) -> str:
    """The arguments that bring it about together."""
    args = next(whole.args for whole in wholes if kind in whole.kinds)
    hints = inspect.get_annotations(args_class(component))
    names: list[str] = []
    for argument in sorted(args.keys() - least.keys()):
        rest = _tried(component, {key: args[key] for key in args if key != argument}, known)
        # What others cannot do without is needed too.
        if rest is None or kind not in rest:
            parts: Arguments = args[argument] if is_typeddict(plain(hints[argument])) and rest is not None else {}
            rests = _without_each(component, args, argument, parts, known)
            needed = [part for part, left in rests.items() if kind not in left]
            names += [f"`{argument}.{part}`" for part in needed] or [f"`{argument}`"]
    # Where no other argument is there it takes another value of a required one.
    changed = [f"some `{argument}`" for argument in least if args.get(argument) != least[argument]]
    return "with " + " and ".join(names or changed)


def _granted(component: type[pulumi.ComponentResource], args: Arguments) -> Iterator[Child]:
    """The children that the grants make, each of one."""
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    known = kinds(component)
    for method in (name for name in vars(component) if name.startswith("grant_")):

        def granted(method: str = method) -> None:
            getattr(_made(component, args), method)(aws.iam.Role("role", assume_role_policy=trust))

        for child in build(granted, calls=LOOK_UPS).resources:
            if child.name.endswith("-role") and kind_of(child.name, known).endswith("-grant"):
                yield Child(kind_of(child.name, known), child.type, f"by `{method}`, one for each role")
