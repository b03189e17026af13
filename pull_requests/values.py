"""Properties as a reviewer may see them: one line, without secrets, with what is not known yet named as that.

The engine puts stand-ins where a secret, a value that exists only after the update, or a file is. Source: the constants
of `pulumi/runtime/rpc.py` in Pulumi's SDK, which are part of its wire format.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pull_requests.preview import Change, State

SECRET: Final = "(secret)"  # noqa: S105 - what stands for one
UNKNOWN: Final = "(known after the update)"
NOTHING: Final = "(nothing)"

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of one
_FILES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_MASKED = "[secret]"
# Programs give secrets in plain text, too; a property of such a name is one whatever the engine thinks.
_SENSITIVE = re.compile(
    r"(password|passphrase|secretstring|secretbinary|secretkey|privatekey|apikey|authtoken|accesstoken|clientsecret)"
    r"(wo)?$",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"""\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|\.?([^.\[\]]+)""")
_LONGEST: Final = 80
_ABSENT: Final = object()


class _Word(str):
    """What is said instead of a value."""

    __slots__ = ()


def before_and_after(change: Change, path: str) -> tuple[str, str]:
    """A property's value on both sides, each one line of at most 80 characters around what differs.

    Args:
        change: The change.
        path: The property, as the engine names it: `environment.variables.STAGE`, `tags["a.b"]`, `rules[0]`.
    """
    segments = _segments(path)
    if _is_secret(change, segments):
        return SECRET, SECRET
    old = _find(change.old, segments, outputs_first=not change.paths.get(path, True))
    new = _find(change.new, segments, outputs_first=False)
    return _excerpts(_text(old), _text(new))


def _segments(path: str) -> list[str]:
    found = [
        re.sub(r"\\(.)", r"\1", quoted) if quoted else index or name for quoted, index, name in _SEGMENT.findall(path)
    ]
    return found or [path]


def _is_secret(change: Change, segments: list[str]) -> bool:
    """Whether any side holds a secret at the property's place or around it.

    AWS's outputs mark as secret what the program may have given in plain text.
    """
    if any(_SENSITIVE.search(segment) for segment in segments):
        return True
    sides = [side for state in (change.old, change.new) if state for side in (state.inputs, state.outputs)]
    return any(_crosses_secret(side, segments) for side in sides)


def _crosses_secret(value: Any, segments: list[str]) -> bool:
    for segment in segments:
        if _is_mark(value):
            return True
        value = _step(value, segment)
    return _is_mark(value)


def _is_mark(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return value == _MASKED
    return value.get(_SIGNATURE) == _SECRET or (value.get(_SIGNATURE) == _OUTPUT and value.get("secret") is True)


def _find(state: State | None, segments: list[str], *, outputs_first: bool) -> Any:
    if state is None:
        return _ABSENT
    sides = [state.outputs, state.inputs] if outputs_first else [state.inputs, state.outputs]
    for side in sides:
        value: Any = side
        for segment in segments:
            value = _step(value, segment)
        if value is not _ABSENT:
            return value
    return _ABSENT


def _step(value: Any, segment: str) -> Any:
    value = _opened(value)
    if isinstance(value, Mapping):
        return value.get(segment, _ABSENT)
    if isinstance(value, list) and segment.isdigit() and int(segment) < len(value):
        return value[int(segment)]
    return value if value == _UNKNOWN else _ABSENT


def _opened(value: Any) -> Any:
    """The value within an output that the engine knows already."""
    if isinstance(value, Mapping) and value.get(_SIGNATURE) == _OUTPUT:
        return value.get("value", _UNKNOWN)
    return value


def _shown(value: Any, name: str = "") -> Any:
    """The value with all that is not to be seen, or is not there to be seen, replaced by words."""
    value = _opened(value)
    if _is_mark(value) or (value is not _ABSENT and _SENSITIVE.search(name)):
        return _Word(SECRET)
    if isinstance(value, str):
        return _Word(UNKNOWN) if value == _UNKNOWN else value.replace(_UNKNOWN, UNKNOWN)
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) in _FILES:
            return _Word(f"(files, hash {str(value.get('hash', ''))[:8] or 'unknown'})")
        return {key: _shown(item, str(key)) for key, item in value.items() if key not in ("__defaults", _SIGNATURE)}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    if value is _ABSENT:
        return NOTHING
    shown = _shown(value)
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return " ".join(text.split()) or ('""' if not text else "(white space)")


def _excerpts(old: str, new: str) -> tuple[str, str]:
    """Both texts, cut to where they differ."""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    same = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    start = max(0, same - _LONGEST // 4)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    if len(text) <= _LONGEST:
        return text
    part = text[start : start + _LONGEST]
    return ("…" if start else "") + part + ("…" if start + _LONGEST < len(text) else "")
