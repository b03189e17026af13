"""Property values as the engine sends them, as plain Python.

The protocol carries properties as a protobuf ``Struct``: numbers are floats, an unknown value is one of a few
sentinel strings, an archive is a dict with a signature. Here they stay what they are, but whole numbers are ints.
Source: Pulumi's provider protocol, "Wire format of property values".
"""

import io
import json
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, cast

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
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_ASSETS = {"c44067f5952c0a294b673a41bacd8c17", _ARCHIVE}


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


def same(left: object, right: object, *, ordered: bool = True) -> bool:
    """Whether two values mean the same: JSON documents by their content, numbers and booleans also as text.

    Where the list is not ``ordered``, its order means nothing, as in the real provider's sets.
    """
    if is_asset(left) and is_asset(right):
        before, after = cast(Properties, left), cast(Properties, right)
        return before["hash"] == after["hash"] if "hash" in before and "hash" in after else before == after
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key], ordered=ordered) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return _same_lists(left, right, ordered)
    if left == right or (_is_plain(left) and _is_plain(right) and _text(left) == _text(right)):
        return True
    document, other = _document(left), _document(right)
    if document is None or other is None or (document is left and other is right):
        return False
    return same(document, other, ordered=ordered)


def text_of(value: object) -> str:
    """A value as AWS's attributes hold it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def content(asset: Properties) -> bytes:
    """The bytes of an asset; an archive as a zip file, the same for the same content."""
    if "text" in asset:
        return asset["text"].encode()
    if "path" in asset:
        path = Path(asset["path"])
        return _zipped(_files(asset)) if path.is_dir() else path.read_bytes()
    if "assets" in asset:
        return _zipped(_files(asset))
    raise ValueError(f"an asset at {asset.get('uri')} cannot be read here; give a file, a folder or a text")


def _files(asset: Properties) -> dict[str, bytes]:
    if "assets" in asset:
        nested = ((name, item) for name, item in asset["assets"].items())
        return {
            str(PurePosixPath(name) / inner) if inner else name: data
            for name, item in nested
            for inner, data in (_files(item) if item.get(_SIGNATURE) == _ARCHIVE else {"": content(item)}).items()
        }
    path = Path(asset["path"])
    if path.is_dir():
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16  # readable and executable by the function, whoever unpacks it
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _same_lists(left: list[Any], right: list[Any], ordered: bool) -> bool:
    if len(left) != len(right):
        return False
    if ordered:
        return all(map(same, left, right))
    rest = list(right)
    for item in left:
        match = next((index for index, other in enumerate(rest) if same(item, other, ordered=False)), None)
        if match is None:
            return False
        rest.pop(match)
    return True


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | str)


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
