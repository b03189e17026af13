"""A key's canonical byte form, from which its bucket follows, and its form in text.

| kind                         | bytes                                                           | text           |
|------------------------------|-----------------------------------------------------------------|----------------|
| int from -2**63 to 2**63 - 1 | its eight bytes, two's complement, least significant byte first | `int:42`       |
| any other int                | `tenfold/i`, then its decimal digits in ASCII                   | `int:92233...` |
| str                          | `tenfold/s`, then its UTF-8                                     | `str:Smith`    |
| bytes                        | `tenfold/b`, then itself                                        | `bytes:00ff`   |
| UUID                         | `tenfold/u`, then its sixteen bytes in network order            | `uuid:67e5...` |
| tuple of keys                | `tenfold/t`, then per element its form's length in eight bytes  | a JSON list of |
|                              | (least significant first) and its form                          | its elements   |

No two keys share a form: only a small int has eight bytes, and the prefixes of the rest have one length and differ. So
`7`, `"7"`, `b"7"` and `(7,)` are four keys. Text is not normalised: a letter with a combining accent is another key
than the accented letter. bool, float, None and the rest are refused, as equal numbers of several types (`True == 1 ==
1.0`) would otherwise be written to one shard and looked for on another.
"""

import json
import re
import struct
from typing import TypeAlias, cast
from uuid import UUID

from tenfold_shards.errors import KeyRefused, quoted

Key: TypeAlias = str | int | bytes | UUID | tuple["Key", ...]

TEXT = b"tenfold/s"
_BYTES = b"tenfold/b"
_UUID = b"tenfold/u"
_TUPLE = b"tenfold/t"
_LARGE = b"tenfold/i"

SMALLEST, LARGEST = -(2**63), 2**63 - 1
small_int = struct.Struct("<q").pack
_length = struct.Struct("<Q").pack
_LONGEST_INT = 4_000  # digits: Python refuses to print or read more than 4,300
_DEEPEST = 32
_ALLOWED = "a key is a str, int, bytes, UUID or a tuple of these"


def canonical(key: Key) -> bytes:
    """The one byte form of a key, as the module's table says.

    Raises:
        KeyRefused: for any other type, text with a lone surrogate, a tuple without elements or nested too deeply.
    """
    return _canonical(key, 0)


def _canonical(key: object, depth: int) -> bytes:
    if isinstance(key, str):
        return TEXT + _utf8(key)
    if isinstance(key, int) and not isinstance(key, bool):
        return small_int(key) if SMALLEST <= key <= LARGEST else _LARGE + _digits(key)
    if isinstance(key, bytes):
        return _BYTES + key
    if isinstance(key, UUID):
        return _UUID + key.bytes
    if isinstance(key, tuple):
        return _TUPLE + b"".join(_length(len(form)) + form for form in _elements(cast(tuple[object, ...], key), depth))
    raise KeyRefused(f"{quoted(key)} is a {type(key).__name__}; {_ALLOWED}{_advice(key)}")


def _elements(key: tuple[object, ...], depth: int) -> list[bytes]:
    if not key:
        raise KeyRefused("() has no elements; a tuple key has at least one")
    if depth == _DEEPEST:
        raise KeyRefused(f"a tuple key is nested at most {_DEEPEST} deep")
    return [_canonical(element, depth + 1) for element in key]


def _utf8(key: str) -> bytes:
    try:
        return key.encode()
    except UnicodeEncodeError as error:
        raise KeyRefused(
            f"{quoted(key)} has a lone surrogate at character {error.start}, which UTF-8 cannot carry; "
            "use bytes for what is not text"
        ) from None


def _digits(key: int) -> bytes:
    try:
        return b"%d" % key
    except ValueError:
        raise KeyRefused(f"an int key has at most {_LONGEST_INT} digits; not {key.bit_length()} bits") from None


def _advice(key: object) -> str:
    if isinstance(key, bool):
        return "; write int(key) if the number is meant"
    if isinstance(key, float):
        return "; write an int, or a str where the decimals matter"
    if isinstance(key, bytearray | memoryview):
        return "; write bytes(key)"
    if isinstance(key, list):
        return "; write tuple(key)"
    return ""


def to_json(key: Key) -> str | list[object]:
    """A key as a map's text has it: `str:Smith`, `int:42`, `bytes:00ff`, `uuid:...`, or a list for a tuple."""
    if isinstance(key, str):
        return f"str:{key}"
    if isinstance(key, int):
        return f"int:{key:d}"
    if isinstance(key, bytes):
        return f"bytes:{key.hex()}"
    if isinstance(key, UUID):
        return f"uuid:{key}"
    return [to_json(element) for element in key]


def shown(key: Key) -> str:
    """A key on one line, for people and the command line; `parsed` reads it back."""
    written = to_json(key)
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)


def from_json(value: object) -> Key:
    """The key that `to_json` wrote.

    Raises:
        KeyRefused: if it is not in that form exactly.
    """
    key = _read(value, 0)
    canonical(key)  # refuses a lone surrogate
    return key


def _read(value: object, depth: int) -> Key:
    if isinstance(value, list) and value:
        if depth == _DEEPEST:
            raise KeyRefused(f"a tuple key is nested at most {_DEEPEST} deep")
        return tuple(_read(element, depth + 1) for element in cast(list[object], value))
    if not isinstance(value, str):
        raise KeyRefused(
            f"{quoted(value)} is no key; write str:, int:, bytes: or uuid: and the value, or a list of these"
        )
    kind, colon, rest = value.partition(":")
    if not colon or kind not in ("str", "int", "bytes", "uuid"):
        raise KeyRefused(
            f"{quoted(value)} does not say its kind; write str:{value[:60]}, or int:, bytes: (hexadecimal), uuid:"
        )
    return rest if kind == "str" else _READERS[kind](value, rest)


def _read_int(value: str, rest: str) -> int:
    if not re.fullmatch(r"0|-?[1-9][0-9]*", rest, re.ASCII) or len(rest) > _LONGEST_INT:
        raise KeyRefused(f"{quoted(value)} is no int; write its decimal digits, without a leading zero")
    return int(rest)


def _read_bytes(value: str, rest: str) -> bytes:
    if not re.fullmatch(r"([0-9a-f]{2})*", rest, re.ASCII):
        raise KeyRefused(f"{quoted(value)} is no bytes; write two lower-case hexadecimal digits for each byte")
    return bytes.fromhex(rest)


def _read_uuid(value: str, rest: str) -> UUID:
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", rest, re.ASCII):
        raise KeyRefused(f"{quoted(value)} is no UUID; write 8-4-4-4-12 lower-case hexadecimal digits")
    return UUID(rest)


_READERS = {"int": _read_int, "bytes": _read_bytes, "uuid": _read_uuid}


def parsed(text: str) -> Key:
    """A key as a person writes it: a kind and a value, or a JSON list of these.

    Raises:
        KeyRefused: if the text is neither.
    """
    if not text.startswith("["):
        return from_json(text)
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyRefused(f"{quoted(text)} begins as a tuple but is no JSON list: {error}") from None
    return from_json(value)
