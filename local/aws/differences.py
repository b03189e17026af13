"""Where two values of a property differ, for the engine's display of a change."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from local.aws.values import Properties, same

Kind = Literal["ADD", "DELETE", "UPDATE"]


class Difference(NamedTuple):
    """One place, in the engine's notation (``ingress[0].cidrBlocks``), and what happens there."""

    path: str
    kind: Kind


def differences(name: str, olds: Properties, news: Properties) -> list[Difference]:
    """Where the property ``name`` differs between old and new inputs."""
    if name not in olds:
        return [Difference(_key(name), "ADD")]
    if name not in news:
        return [Difference(_key(name), "DELETE")]
    return list(_within(_key(name), olds[name], news[name])) or [Difference(_key(name), "UPDATE")]


def _within(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _between(f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]', key, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        before, after = dict(enumerate(old)), dict(enumerate(new))
        for index in range(max(len(old), len(new))):
            yield from _between(f"{path}[{index}]", index, before, after)
    elif not same(old, new):
        yield Difference(path, "UPDATE")


def _between(path: str, key: Any, old: dict[Any, Any], new: dict[Any, Any]) -> Iterator[Difference]:
    if key not in old:
        yield Difference(path, "ADD")
    elif key not in new:
        yield Difference(path, "DELETE")
    else:
        yield from _within(path, old[key], new[key])


def _key(name: str) -> str:
    return name if name.isidentifier() else f'["{name}"]'
