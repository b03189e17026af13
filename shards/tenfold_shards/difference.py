"""What changes between two versions of a map: who has to move which data, and what is only written differently."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tenfold_shards.errors import Fault, MapError
from tenfold_shards.keys import Key, canonical
from tenfold_shards.map import Range, ShardMap


@dataclass(frozen=True, slots=True)
class BucketMove:
    """Buckets whose owner changes; keys with an override, and text in a range, do not go with them."""

    source: str
    target: str
    buckets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyMove:
    """A key with an override, before or after, whose owner changes."""

    key: Key
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class RangeMove:
    """Text from `lower` up to but without `upper` (None: no end) whose owner changes.

    Attributes:
        source: the owner before; None where each key's bucket decided.
        target: the owner after; None where each key's bucket decides.
    """

    lower: str
    upper: str | None
    source: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A map, the map that is wanted, and all that has to move from one to the other.

    Attributes:
        before: the map as it is.
        after: the map as it is wanted.
        added: shards that are new.
        removed: shards that are gone.
        weights: shards in both whose weight changes, with the weight before and after.
        buckets: moves of buckets, by source and target.
        keys: moves of single keys.
        ranges: moves of text ranges.
    """

    before: ShardMap
    after: ShardMap
    added: tuple[str, ...] = field(init=False)
    removed: tuple[str, ...] = field(init=False)
    weights: tuple[tuple[str, int, int], ...] = field(init=False)
    buckets: tuple[BucketMove, ...] = field(init=False)
    keys: tuple[KeyMove, ...] = field(init=False)
    ranges: tuple[RangeMove, ...] = field(init=False)

    def __post_init__(self) -> None:
        before, after = self.before, self.after
        if before.hash != after.hash:
            raise MapError(
                [Fault("$.hash", f"{before.hash} and {after.hash} place every key differently; copy it instead")]
            )
        old, new = before.weights(), after.weights()
        put = object.__setattr__
        put(self, "added", tuple(name for name in new if name not in old))
        put(self, "removed", tuple(name for name in old if name not in new))
        both = (name for name in new if name in old)
        put(self, "weights", tuple((name, old[name], new[name]) for name in both if old[name] != new[name]))
        put(self, "buckets", tuple(_bucket_moves(before, after)))
        put(self, "keys", tuple(_key_moves(before, after)))
        put(self, "ranges", tuple(_range_moves(before.ranges, after.ranges)))

    @property
    def moved(self) -> int:
        """How many buckets change their owner."""
        return sum(len(move.buckets) for move in self.buckets)


def diff(before: ShardMap, after: ShardMap) -> Plan:
    """What changes from one version to another, in either direction.

    Raises:
        MapError: if the two use different hashes.
    """
    return Plan(before, after)


def _bucket_moves(before: ShardMap, after: ShardMap) -> Iterator[BucketMove]:
    moved: dict[tuple[str, str], list[int]] = {}
    for bucket, (source, target) in enumerate(zip(before.owners, after.owners, strict=True)):
        if source != target:
            moved.setdefault((source, target), []).append(bucket)
    for (source, target), buckets in sorted(moved.items()):
        yield BucketMove(source, target, tuple(buckets))


def _key_moves(before: ShardMap, after: ShardMap) -> Iterator[KeyMove]:
    keys = {canonical(single.key): single.key for single in (*before.overrides, *after.overrides)}
    for _, key in sorted(keys.items()):
        source, target = before.shard_for(key), after.shard_for(key)
        if source != target:
            yield KeyMove(key, source, target)


def _range_moves(before: tuple[Range, ...], after: tuple[Range, ...]) -> Iterator[RangeMove]:
    pending: RangeMove | None = None
    for lower, upper in _pieces((*before, *after)):
        source, target = _owner(before, lower), _owner(after, lower)
        if source == target:
            continue
        if pending and (pending.upper, pending.source, pending.target) == (lower, source, target):
            pending = RangeMove(pending.lower, upper, source, target)
            continue
        if pending:
            yield pending
        pending = RangeMove(lower, upper, source, target)
    if pending:
        yield pending


def _pieces(ranges: Iterable[Range]) -> Iterator[tuple[str, str | None]]:
    ranges = tuple(ranges)
    bounds = sorted({part.lower for part in ranges} | {part.upper for part in ranges if part.upper is not None})
    if bounds:
        yield from zip(bounds, [*bounds[1:], None], strict=True)


def _owner(ranges: tuple[Range, ...], text: str) -> str | None:
    return next((r.shard for r in ranges if r.lower <= text and (r.upper is None or text < r.upper)), None)
