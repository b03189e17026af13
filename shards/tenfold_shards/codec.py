"""A map as text and back: JSON in one canonical form, one line for each shard, override and range.

The form is what `encode` writes and nothing else: two texts of one map are equal, so a store can compare them byte
by byte and a person can read `diff`. `decode` refuses everything else and says where and why.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from tenfold_shards.errors import Fault, KeyRefused, MapError, quoted
from tenfold_shards.hashing import BUCKETS
from tenfold_shards.keys import Key, from_json, to_json
from tenfold_shards.map import Override, Range, Shard, ShardMap

SCHEMA = "tenfold-shards/map/1"
_FORM = "is not in the canonical form"
_FIELDS = ("schema", "version", "hash", "shards", "overrides", "ranges")
_RUNS = re.compile(r"(?:(?:0|[1-9][0-9]{0,4})(?:-[1-9][0-9]{0,4})?(?: (?!$)|$))*", re.ASCII)


def encode(shard_map: ShardMap) -> str:
    """The canonical text of a map, with a newline at its end."""
    runs = runs_by_shard(shard_map.owners)
    shards = [
        f"{_json(shard.name)}: {_json({'weight': shard.weight, 'buckets': runs.get(shard.name, '')})}"
        for shard in shard_map.shards
    ]
    overrides = [_json({"key": to_json(single.key), "shard": single.shard}) for single in shard_map.overrides]
    ranges = [_json({"lower": part.lower, "upper": part.upper, "shard": part.shard}) for part in shard_map.ranges]
    lines = [
        f'  "schema": {_json(SCHEMA)}',
        f'  "version": {shard_map.version}',
        f'  "hash": {_json(shard_map.hash)}',
        f'  "shards": {_block("{", shards, "}")}',
        f'  "overrides": {_block("[", overrides, "]")}',
        f'  "ranges": {_block("[", ranges, "]")}',
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _block(opening: str, lines: list[str], closing: str) -> str:
    if not lines:
        return opening + closing
    return opening + "\n    " + ",\n    ".join(lines) + f"\n  {closing}"


def runs(buckets: Iterable[int]) -> str:
    """Bucket numbers in rising order as text: `0-4095 8192 9000-9001`."""
    spans: list[list[int]] = []
    for bucket in buckets:
        if spans and spans[-1][1] == bucket - 1:
            spans[-1][1] = bucket
        else:
            spans.append([bucket, bucket])
    return " ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)


def runs_by_shard(owners: Iterable[str]) -> dict[str, str]:
    """Each owner's buckets as text."""
    held: dict[str, list[int]] = {}
    for bucket, name in enumerate(owners):
        held.setdefault(name, []).append(bucket)
    return {name: runs(buckets) for name, buckets in held.items()}


def decode(text: str) -> ShardMap:
    """The map that `encode` wrote as this text.

    Raises:
        MapError: with the path of each fault: what is no JSON, unknown, missing, doubled, of a wrong type, a gap or an
            overlap of buckets or ranges, an unknown shard or hash, or only not written in the canonical form.
    """
    document = _parsed(text)
    reader = _Reader()
    candidate = reader.document(document)
    if reader.faults or candidate is None:
        raise MapError(reader.faults)
    canonical = encode(candidate)
    if canonical != text:
        raise MapError([_first_difference(text, canonical)])
    return candidate


class _Object(dict[str, Any]):
    """An object of JSON, and the names that stand in it more than once."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        names = [name for name, _ in members]
        self.doubled = [name for name in self if len(self) < len(names) and names.count(name) > 1]


def _parsed(text: str) -> object:
    try:
        text.encode()
        return json.loads(text, object_pairs_hook=_Object)
    except UnicodeEncodeError:
        raise MapError([Fault("$", "the text has a lone surrogate, which UTF-8 cannot carry")]) from None
    except json.JSONDecodeError as error:
        fault = Fault(f"line {error.lineno} column {error.colno}", f"is no JSON: {error.msg}")
        raise MapError([fault]) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without end
        raise MapError([Fault("$", f"is no JSON: {error}")]) from None


def _first_difference(text: str, canonical: str) -> Fault:
    found, expected = text.split("\n"), canonical.split("\n")
    for number, (have, want) in enumerate(zip(found, expected, strict=False), 1):
        if have != want:
            return Fault(f"line {number}", f"{_FORM}: it reads {have[:200]!r} and must read {want[:200]!r}")
    return Fault(f"line {min(len(found), len(expected))}", f"{_FORM}: it ends too early or goes on too long")


class _Reader:
    """Reads a document's parts, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def document(self, document: object) -> ShardMap | None:
        fields = self.members("$", document, _FIELDS)
        if fields is None:
            return None
        if fields["schema"] != SCHEMA:
            given = quoted(fields["schema"])
            self.fault("$.schema", f"{given} is not the schema that this release reads, {SCHEMA!r}")
            return None
        version = self.typed("$.version", fields["version"], int, "a whole number")
        hash_name = self.typed("$.hash", fields["hash"], str, "a hash's name")
        shards, owners = self.shards(fields["shards"])
        overrides = tuple(self.each("$.overrides", fields["overrides"], self.override))
        ranges = tuple(self.each("$.ranges", fields["ranges"], self.interval))
        if self.faults or version is None or hash_name is None:
            return None
        try:
            return ShardMap(version, hash_name, shards, owners, overrides, ranges)
        except MapError as error:
            self.faults.extend(error.faults)
            return None

    def members_of(self, path: str, value: object) -> _Object | None:
        found: _Object | None = self.typed(path, value, _Object, "an object")
        for name in found.doubled if found is not None else ():
            self.fault(f"{path}.{name}", "stands twice in one object")
        return found

    def members(self, path: str, value: object, names: tuple[str, ...]) -> dict[str, object] | None:
        members = self.members_of(path, value)
        if members is None:
            return None
        for name in members:
            if name not in names:
                self.fault(f"{path}.{name}", f"is an unknown field; known are {', '.join(names)}")
        for name in names:
            if name not in members:
                self.fault(f"{path}.{name}", "is missing")
        return members if members.keys() >= set(names) else None

    def typed(self, path: str, value: object, kind: type[Any], wanted: str) -> Any:
        if type(value) is kind:
            return value
        self.fault(path, f"{quoted(value)} is not {wanted}")
        return None

    def each(self, path: str, value: object, read: Callable[[str, object], Any]) -> Iterator[Any]:
        for index, entry in enumerate(self.typed(path, value, list, "a list") or []):
            yield read(f"{path}[{index}]", entry)

    def shards(self, value: object) -> tuple[tuple[Shard, ...], tuple[str, ...]]:
        owners: list[str | None] = [None] * BUCKETS
        shards: list[Shard] = []
        for name, entry in (self.members_of("$.shards", value) or {}).items():
            fields = self.members(f"$.shards.{name}", entry, ("weight", "buckets"))
            if fields is not None:
                weight = self.typed(f"$.shards.{name}.weight", fields["weight"], int, "a whole number")
                shards.append(Shard(name, weight))
                self.buckets(f"$.shards.{name}.buckets", fields["buckets"], name, owners)
        gaps = [bucket for bucket, owner in enumerate(owners) if owner is None]
        if gaps and not self.faults:
            self.fault("$.shards", f"nobody owns the buckets {runs(gaps)[:200]}; each of the {BUCKETS:,} has one owner")
        return tuple(shards), tuple(owner or "" for owner in owners)

    def buckets(self, path: str, value: object, name: str, owners: list[str | None]) -> None:
        text = self.typed(path, value, str, "text such as '0-4095 8192'")
        if text is None:
            return
        if not _RUNS.fullmatch(text):
            self.fault(path, f"{text[:60]!r} is no list of buckets; write runs such as '0-4095 8192'")
            return
        for run in cast(str, text).split():
            first, _, last = run.partition("-")
            span = range(int(first), int(last or first) + 1)
            if not span or span[-1] >= BUCKETS:
                self.fault(path, f"{run!r} is no run of buckets; they go up from 0 to {BUCKETS - 1}")
                return
            taken = next((bucket for bucket in span if owners[bucket] is not None), None)
            if taken is not None:
                self.fault(path, f"bucket {taken} in {run!r} is owned by {owners[taken]!r} already")
                return
            for bucket in span:
                owners[bucket] = name

    def key(self, path: str, value: object) -> Key | None:
        try:
            return from_json(value)
        except KeyRefused as error:
            self.fault(path, str(error))
            return None

    def override(self, path: str, value: object) -> Override | None:
        fields = self.members(path, value, ("key", "shard"))
        if fields is None:
            return None
        key = self.key(f"{path}.key", fields["key"])
        shard = self.typed(f"{path}.shard", fields["shard"], str, "a shard's name")
        return None if key is None or shard is None else Override(key, shard)

    def interval(self, path: str, value: object) -> Range | None:
        fields = self.members(path, value, ("lower", "upper", "shard"))
        if fields is None:
            return None
        lower = self.typed(f"{path}.lower", fields["lower"], str, "text")
        upper = fields["upper"]
        if upper is not None:
            upper = self.typed(f"{path}.upper", upper, str, "text or null")
        for end, bound in (("lower", lower), ("upper", upper)):
            if isinstance(bound, str):
                self.key(f"{path}.{end}", f"str:{bound}")
        shard = self.typed(f"{path}.shard", fields["shard"], str, "a shard's name")
        return None if lower is None or shard is None else Range(lower, upper, shard)
