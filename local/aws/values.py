"""Property values as the engine sends them, as plain Python.

The protocol carries properties as a protobuf ``Struct``: numbers are floats, an unknown value is one of a few
sentinel strings, an archive is a dict with a signature. Here they stay what they are, but whole numbers are ints.
Source: Pulumi's provider protocol, "Wire format of property values".
"""

import json
from typing import Any

from google.protobuf import json_format, struct_pb2

Properties = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that a preview cannot know yet."""

_UNKNOWNS = {
    UNKNOWN,
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # bool
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # number
    "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
}
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_ASSETS = {"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"}


def decode(struct: struct_pb2.Struct) -> Properties:
    """The properties of a request, whole numbers as ints and nulls left out."""
    return {key: _whole(value) for key, value in json_format.MessageToDict(struct).items() if value is not None}


def encode(properties: Properties) -> struct_pb2.Struct:
    """Properties for an answer. Values that JSON does not have (dates, bytes) become strings."""
    struct = struct_pb2.Struct()
    json_format.ParseDict(json.loads(json.dumps(properties, default=str)), struct)
    return struct


def is_unknown(value: object) -> bool:
    """Whether this very value is an unknown."""
    return isinstance(value, str) and value in _UNKNOWNS


def has_unknown(value: object) -> bool:
    """Whether this value is, or holds anywhere, an unknown."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return is_unknown(value)


def is_asset(value: object) -> bool:
    """Whether this value is an asset or an archive: ``path``, ``text``, ``assets`` and its ``hash``."""
    return isinstance(value, dict) and value.get(_SIGNATURE) in _ASSETS


def same(left: object, right: object) -> bool:
    """Whether two values mean the same: JSON documents by their content, numbers and booleans also as text."""
    if is_asset(left) and is_asset(right):
        return left["hash"] == right["hash"]  # type: ignore[index]
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if left == right or _text(left) == _text(right):
        return True
    document = _document(left)
    return document is not None and document == _document(right)


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value)


def _document(value: object) -> object:
    """A JSON object or array, given as such or as text; None for anything else."""
    if isinstance(value, dict | list):
        return value
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return None


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value
