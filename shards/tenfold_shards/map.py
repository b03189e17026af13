"""The shard map: which shard owns which key. A version of it is immutable.

The article splits users by last name over databases and leaves "more logic in your application to dynamically change
the target database" to the reader. The map is the first half of that logic. A key is looked up in three layers, and the
first that knows it wins: overrides (single keys, such as one big tenant), ranges (ordered text, such as A-M and N-Z),
buckets (2**14 hash buckets, each with one owner).
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from struct import error as StructError  # noqa: N812 - it is a class
from typing import TYPE_CHECKING, Any, Literal

from tenfold_shards.errors import Fault, MapError
from tenfold_shards.hashing import BUCKET_SHIFT, BUCKETS, XXH3, hash_function
from tenfold_shards.keys import LARGEST, SMALLEST, Key, canonical, shown, small_int
from tenfold_shards.shares import shares

if TYPE_CHECKING:
    import numpy as np

    from tenfold_shards.batch import Batch

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MOST_SHARDS = BUCKETS
HEAVIEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Shard:
    """A database.

    Attributes:
        name: 1 to 63 lower-case letters, digits and hyphens; connections are found by it.
        weight: its share of the buckets relative to the others; 0 for a shard that takes none.
    """

    name: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Override:
    """One key that lives on a shard of its own choice, wherever its bucket is."""

    key: Key
    shard: str


@dataclass(frozen=True, slots=True)
class Range:
    """Text keys from `lower` up to but without `upper`, in the order of their UTF-8 bytes (`COLLATE "C"`).

    Attributes:
        lower: the first text; "" for the very first.
        upper: the first text that is no longer in; None for no end.
        shard: the owner.
    """

    lower: str
    upper: str | None
    shard: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a key lives and what decided it.

    Attributes:
        shard: the owner's name.
        bucket: the key's hash bucket, whichever layer decided.
        by: the layer that decided.
    """

    shard: str
    bucket: int
    by: Literal["override", "range", "bucket"]


@dataclass(frozen=True, slots=True)
class ShardMap:
    """One version of the map. Construction checks everything and refuses with all faults.

    Attributes:
        version: 1 for the first; each published version is one more than that before it.
        hash: the pinned hash's name, see hashing.py.
        shards: the shards in the order of their names.
        owners: the shard's name for each of the 2**14 buckets.
        overrides: single keys, in the order of their canonical bytes.
        ranges: text ranges, in order, without overlap; neighbours that touch have different owners.
        shard_for: `shard_for(key)` is the name of the shard that owns `key`; `KeyRefused` if its type has no canonical
            form. A function made for this map instead of a method: an attribute of `self` costs as much as a step of
            the look-up.
    """

    version: int
    hash: str
    shards: tuple[Shard, ...]
    owners: tuple[str, ...]
    overrides: tuple[Override, ...] = ()
    ranges: tuple[Range, ...] = ()
    shard_for: Callable[[Key], str] = field(init=False, repr=False, compare=False)
    _function: Callable[[bytes], int] = field(init=False, repr=False, compare=False)
    _single: dict[bytes, str] = field(init=False, repr=False, compare=False)
    _lowers: list[str] = field(init=False, repr=False, compare=False)
    _batch: list["Batch"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise MapError(faults)
        function = hash_function(self.hash)
        single = {canonical(override.key): override.shard for override in self.overrides}
        put = object.__setattr__
        put(self, "_function", function)
        put(self, "_single", single)
        put(self, "_lowers", [part.lower for part in self.ranges])
        put(self, "_batch", [])
        hashed = _hashed(function, self.owners, self.overrides)
        put(self, "shard_for", _ranged(self.placement, hashed) if self.ranges else hashed)

    def __reduce__(self) -> tuple[Any, ...]:
        # What is made from the fields is made again where the map is read: functions cannot be pickled.
        return (ShardMap, (self.version, self.hash, self.shards, self.owners, self.overrides, self.ranges))

    @classmethod
    def create(cls, shards: Iterable[str] | Mapping[str, int], hash: str = XXH3) -> "ShardMap":  # noqa: A002
        """Version 1: the buckets in order, one block for each shard, by names (weight 1 each) or names and weights."""
        weights = dict(shards) if isinstance(shards, Mapping) else dict.fromkeys(shards, 1)
        members = tuple(Shard(name, weight) for name, weight in sorted(weights.items()))
        faults = list(_shard_faults(members))
        if faults:
            raise MapError(faults)
        counts = shares(BUCKETS, weights, {})
        owners = tuple(shard.name for shard in members for _ in range(counts[shard.name]))
        return cls(1, hash, members, owners)

    @property
    def names(self) -> tuple[str, ...]:
        """The shards' names, in order."""
        return tuple(shard.name for shard in self.shards)

    def bucket_for(self, key: Key) -> int:
        """The hash bucket of `key`, 0 to 16,383, whichever layer decides about its shard."""
        return self._function(canonical(key)) >> BUCKET_SHIFT

    def placement(self, key: Key) -> Placement:
        """The shard that owns `key`, its bucket, and the layer that decided."""
        form = canonical(key)
        bucket = self._function(form) >> BUCKET_SHIFT
        single = self._single.get(form)
        if single is not None:
            return Placement(single, bucket, "override")
        if self._lowers and isinstance(key, str):
            at = bisect_right(self._lowers, key) - 1
            if at >= 0:
                part = self.ranges[at]
                if part.upper is None or key < part.upper:
                    return Placement(part.shard, bucket, "range")
        return Placement(self.owners[bucket], bucket, "bucket")

    def shards_for(self, keys: "Iterable[Key] | np.ndarray[Any, Any]") -> list[str]:
        """The shard's name for each key, in order. An integer array of numpy is looked up without a Python loop."""
        if hasattr(keys, "dtype"):
            names = self.names
            return [names[index] for index in self.indexes_for(keys).tolist()]
        return list(map(self.shard_for, keys))

    def indexes_for(self, keys: "Iterable[Key] | np.ndarray[Any, Any]") -> "np.ndarray[Any, np.dtype[np.uint16]]":
        """The shard's position in `names` for each key, as an array; needs numpy, fastest on an int64 array."""
        import numpy as np  # noqa: PLC0415 - numpy is optional and slow to import

        from tenfold_shards.batch import Batch, is_of_small_ints  # noqa: PLC0415 - it needs numpy

        if not isinstance(keys, np.ndarray) or not is_of_small_ints(keys) or self.hash != XXH3:
            position = {name: index for index, name in enumerate(self.names)}
            each = keys.tolist() if isinstance(keys, np.ndarray) else keys
            return np.fromiter((position[self.shard_for(key)] for key in each), np.uint16)
        if not self._batch:  # of two threads that make one both are right
            singles = {
                single.key: single.shard
                for single in self.overrides
                if isinstance(single.key, int) and SMALLEST <= single.key <= LARGEST
            }
            self._batch.append(Batch(self.names, self.owners, singles, self.bucket_for))
        return self._batch[0].indexes(keys)

    def counts(self) -> dict[str, int]:
        """How many buckets each shard owns, in the order of the names, with zeros."""
        held = Counter(self.owners)
        return {shard.name: held[shard.name] for shard in self.shards}

    def weights(self) -> dict[str, int]:
        """Each shard's weight, in the order of the names."""
        return {shard.name: shard.weight for shard in self.shards}


def _hashed(
    function: Callable[[bytes], int], owners: tuple[str, ...], overrides: Iterable[Override]
) -> Callable[[Key], str]:
    """The look-up in overrides and buckets."""
    pack, single = small_int, {override.key: override.shard for override in overrides}
    table: tuple[str | None, ...] = owners
    if single:
        # Buckets with an override hold None: every other look-up pays nothing for the overrides.
        marked = {function(canonical(key)) >> BUCKET_SHIFT for key in single}
        table = tuple(None if bucket in marked else name for bucket, name in enumerate(owners))

    def shard_for(key: Key) -> str:
        # The two usual kinds are encoded here, each to its own return: a call of canonical() would cost a third of the
        # look-up. 50 is BUCKET_SHIFT, and "tenfold/s" keys.TEXT: as constants they cost no look-up of a global.
        try:
            if type(key) is str:
                bucket = function(("tenfold/s" + key).encode()) >> 50
                return table[bucket] or single.get(key) or owners[bucket]
            if type(key) is int:
                bucket = function(pack(key)) >> 50
                return table[bucket] or single.get(key) or owners[bucket]
        except (UnicodeEncodeError, StructError):  # text that is no UTF-8 is refused, and a large int has another form
            pass
        bucket = function(canonical(key)) >> 50
        return table[bucket] or single.get(key) or owners[bucket]

    return shard_for


def _ranged(placement: Callable[[Key], Placement], hashed: Callable[[Key], str]) -> Callable[[Key], str]:
    """The look-up in all three layers; ranges hold text only."""

    def shard_for(key: Key) -> str:
        return placement(key).shard if isinstance(key, str) else hashed(key)

    return shard_for


def _faults(candidate: ShardMap) -> Iterable[Fault]:
    if type(candidate.version) is not int or candidate.version < 1:
        yield Fault("$.version", f"{candidate.version!r} is no version; it is a whole number from 1")
    try:
        hash_function(candidate.hash)
    except MapError as error:
        yield from error.faults
    yield from _shard_faults(candidate.shards)
    names = {shard.name for shard in candidate.shards}
    yield from _owner_faults(candidate.owners, names)
    yield from _override_faults(candidate.overrides, names)
    yield from _range_faults(candidate.ranges, names)


def _shard_faults(shards: tuple[Shard, ...]) -> Iterable[Fault]:
    if not 1 <= len(shards) <= MOST_SHARDS:
        yield Fault("$.shards", f"a map has 1 to {MOST_SHARDS:,} shards; this one has {len(shards):,}")
    before = ""
    for shard in shards:
        path = f"$.shards.{shard.name}"
        if not _NAME.fullmatch(shard.name):
            yield Fault(path, "a name is 1 to 63 lower-case letters, digits and hyphens, no hyphen at an end")
        if shard.name <= before:
            yield Fault(path, f"comes after {before!r}; shards stand in the order of their names, each once")
        if type(shard.weight) is not int or not 0 <= shard.weight <= HEAVIEST:
            yield Fault(f"{path}.weight", f"{shard.weight!r} is no weight; it is a whole number from 0 to {HEAVIEST:,}")
        before = shard.name
    if shards and not any(shard.weight for shard in shards):
        yield Fault("$.shards", "every weight is 0; at least one shard has to take buckets")


def _owner_faults(owners: tuple[str, ...], names: set[str]) -> Iterable[Fault]:
    if len(owners) != BUCKETS:
        yield Fault("$.owners", f"a map has {BUCKETS:,} buckets; this one has {len(owners):,}")
    for name in sorted(set(owners) - names):
        yield Fault(f"$.owners[{owners.index(name)}]", f"{name!r} is not one of the map's shards")


def _override_faults(overrides: tuple[Override, ...], names: set[str]) -> Iterable[Fault]:
    before = b""
    for index, override in enumerate(overrides):
        path = f"$.overrides[{index}]"
        form = canonical(override.key)
        if index and form <= before:
            yield Fault(f"{path}.key", f"{shown(override.key)} stands twice or not in the order of canonical bytes")
        if override.shard not in names:
            yield Fault(f"{path}.shard", f"{override.shard!r} is not one of the map's shards")
        before = form


def _range_faults(ranges: tuple[Range, ...], names: set[str]) -> Iterable[Fault]:
    before: Range | None = None
    for index, part in enumerate(ranges):
        path = f"$.ranges[{index}]"
        for bound in (part.lower, part.upper or ""):
            canonical(bound)  # text that UTF-8 cannot carry has no place in the order
        if part.upper is not None and part.upper <= part.lower:
            yield Fault(path, f"is empty: its upper end {part.upper!r} is not after its lower end {part.lower!r}")
        if part.shard not in names:
            yield Fault(f"{path}.shard", f"{part.shard!r} is not one of the map's shards")
        if before is not None:
            yield from _neighbour_faults(path, before, part)
        before = part


def _neighbour_faults(path: str, before: Range, part: Range) -> Iterable[Fault]:
    if before.upper is None or part.lower < before.upper:
        end = "has no end" if before.upper is None else f"ends before {before.upper!r}"
        yield Fault(path, f"starts at {part.lower!r} and overlaps the range before it, which {end}")
    elif part.lower == before.upper and part.shard == before.shard:
        yield Fault(path, f"continues the range before it on the same shard {part.shard!r}; write them as one")
