"""Secret property values: taken off before a call is made, put back on what is answered.

The engine marks a secret by wrapping its value. Calls to AWS need the bare value; state must not hold it bare.
"""

from collections.abc import Callable, Iterable
from typing import Any

from local.aws.values import Properties

Path = tuple[str, ...]
"""Where a secret stands. One inside a list makes the list the secret: an answer may have its items in another order."""

HIDDEN = "[secret]"
"""What stands for a secret where it is written to a file."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark


def reveal(properties: Properties) -> tuple[Properties, set[Path]]:
    """The properties with bare values, and where the secrets stand."""
    paths: set[Path] = set()
    return _revealed(properties, (), paths), paths


def conceal(properties: Properties, paths: Iterable[Path]) -> Properties:
    """The properties with what stands at the paths marked as secret.

    Where the answer has another shape than the request, the nearest thing around the place is the secret.
    """
    return _changed(properties, paths, lambda value: {_SIGNATURE: _SECRET, "value": _revealed(value, (), set())})


def hide(properties: Properties, paths: Iterable[Path]) -> Properties:
    """The properties without what stands at the paths."""
    return _changed(properties, paths, lambda _: HIDDEN)


def silenced(text: str, properties: Properties, paths: Iterable[Path]) -> str:
    """A message without the values that stand at the paths, which AWS may quote; 3 characters are no secret."""
    values: set[str] = set()
    _changed(properties, paths, lambda value: values.update(_texts(value)))
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, HIDDEN) if len(value) > 3 else text
    return text


def _texts(value: Any) -> Iterable[str]:
    """Each value within, as text and as Python quotes it."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value), repr(value)[1:-1] if isinstance(value, str) else repr(value)]


def _changed(properties: Properties, paths: Iterable[Path], change: Callable[[Any], Any]) -> Properties:
    result = properties
    for path in sorted(paths, key=len, reverse=True):
        # The provider's own tags are merged with the resource's into a property of another name.
        for name in (path[0], "tagsAll") if path[0] == "tags" else path[:1]:
            if name in result:
                result = {**result, name: _replaced(result[name], path[1:], change)}
    return result


def _replaced(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if path and isinstance(value, dict) and path[0] in value:
        return {**value, path[0]: _replaced(value[path[0]], path[1:], change)}
    return change(value)


def _revealed(value: Any, path: Path, paths: set[Path]) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            paths.add(path)
            return _revealed(value.get("value"), path, set())
        return {key: _revealed(item, (*path, key), paths) for key, item in value.items()}
    if isinstance(value, list):
        inside: set[Path] = set()
        revealed = [_revealed(item, path, inside) for item in value]
        paths |= {path} if inside else set()
        return revealed
    return value
