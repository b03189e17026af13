"""Operations on a map: each returns a plan, whose `after` is the next version, and changes nothing by itself.

Buckets move only from shards that hold too many to shards that hold too few, so no plan moves more than its outcome
asks for: one shard more beside `n` of equal weight takes `floor(16384 / (n + 1))` buckets, and no others move.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tenfold_shards.difference import Plan
from tenfold_shards.errors import Fault, MapError
from tenfold_shards.hashing import BUCKETS
from tenfold_shards.keys import Key, canonical, shown
from tenfold_shards.map import Override, Range, Shard, ShardMap
from tenfold_shards.shares import shares


def add(shard_map: ShardMap, name: str, weight: int = 1) -> Plan:
    """One shard more, and every shard at its share. With weight 0 it takes no buckets, only isolated keys."""
    if name in shard_map.names:
        raise _refused(f"$.shards.{name}", "is on the map already; choose another name")
    return _levelled(shard_map, {**shard_map.weights(), name: weight})


def remove(shard_map: ShardMap, name: str) -> Plan:
    """One shard less; its buckets go to the others, each to its share."""
    weights = _without(shard_map, name, "remove")
    return _levelled(shard_map, weights)


def drain(shard_map: ShardMap, name: str) -> Plan:
    """Weight 0 for a shard that stays on the map: its buckets go to the others, each to its share."""
    weights = _without(shard_map, name, "drain")
    return _levelled(shard_map, {**weights, name: 0})


def rebalance(shard_map: ShardMap, weights: Mapping[str, int] | None = None) -> Plan:
    """Every shard at its share, after the weights given here are set; those not named keep theirs."""
    for name in weights or {}:
        _known(shard_map, name)
    return _levelled(shard_map, {**shard_map.weights(), **(weights or {})})


def split(shard_map: ShardMap, source: str, name: str) -> Plan:
    """The upper half of one shard's buckets to a new shard of the same weight; no other shard is concerned."""
    _known(shard_map, source)
    if name in shard_map.names:
        raise _refused(f"$.shards.{name}", "is on the map already; choose another name")
    held = [bucket for bucket, owner in enumerate(shard_map.owners) if owner == source]
    if len(held) < 2:
        raise _refused(
            f"$.shards.{source}", f"has {len(held)} buckets; a split takes two or more, isolate keys instead"
        )
    weights = {**shard_map.weights(), name: shard_map.weights()[source]}
    owners = _reassigned(shard_map, held[-(len(held) // 2) :], name)
    return _plan(shard_map, shards=_shards(weights), owners=owners)


def merge(shard_map: ShardMap, source: str, into: str) -> Plan:
    """All that one shard owns, single keys and ranges too, to another; the first leaves the map."""
    _known(shard_map, source)
    _known(shard_map, into)
    if source == into:
        raise _refused(f"$.shards.{source}", "cannot be merged into itself")

    def renamed(name: str) -> str:
        return into if name == source else name

    return _plan(
        shard_map,
        shards=tuple(shard for shard in shard_map.shards if shard.name != source),
        owners=tuple(map(renamed, shard_map.owners)),
        overrides=tuple(replace(single, shard=renamed(single.shard)) for single in shard_map.overrides),
        ranges=_joined(replace(part, shard=renamed(part.shard)) for part in shard_map.ranges),
    )


def move(shard_map: ShardMap, buckets: Iterable[int], to: str) -> Plan:
    """Buckets by number to one shard."""
    _known(shard_map, to)
    chosen = list(buckets)
    for bucket in chosen:
        if type(bucket) is not int or not 0 <= bucket < BUCKETS:
            raise _refused("$.owners", f"{bucket!r} is no bucket; they go from 0 to {BUCKETS - 1}")
    return _plan(shard_map, owners=_reassigned(shard_map, chosen, to))


def isolate(shard_map: ShardMap, key: Key, on: str) -> Plan:
    """One key to a shard of its own choice, whatever becomes of its bucket."""
    _known(shard_map, on)
    return _plan(shard_map, overrides=_overrides(shard_map, key, on))


def release(shard_map: ShardMap, key: Key) -> Plan:
    """One key back to the shard of its range or bucket."""
    if canonical(key) not in {canonical(single.key) for single in shard_map.overrides}:
        raise _refused("$.overrides", f"{shown(key)} has no override that could be released")
    return _plan(shard_map, overrides=_overrides(shard_map, key, None))


def assign_range(shard_map: ShardMap, lower: str, upper: str | None, to: str) -> Plan:
    """Text keys from `lower` up to but without `upper` (None: no end) to one shard, whoever had parts of it before."""
    _known(shard_map, to)
    return _plan(shard_map, ranges=_joined([*_carved(shard_map.ranges, lower, upper), Range(lower, upper, to)]))


def clear_range(shard_map: ShardMap, lower: str, upper: str | None) -> Plan:
    """Text keys from `lower` up to but without `upper` (None: no end) back to the shards of their buckets."""
    return _plan(shard_map, ranges=_carved(shard_map.ranges, lower, upper))


def _plan(
    shard_map: ShardMap,
    shards: tuple[Shard, ...] | None = None,
    owners: tuple[str, ...] | None = None,
    overrides: tuple[Override, ...] | None = None,
    ranges: tuple[Range, ...] | None = None,
) -> Plan:
    after = ShardMap(
        shard_map.version + 1,
        shard_map.hash,
        shard_map.shards if shards is None else shards,
        shard_map.owners if owners is None else owners,
        shard_map.overrides if overrides is None else overrides,
        shard_map.ranges if ranges is None else ranges,
    )
    return Plan(shard_map, after)


def _levelled(shard_map: ShardMap, weights: dict[str, int]) -> Plan:
    shards = _shards(weights)
    ShardMap.create(weights, shard_map.hash)  # refuses names and weights before they are reckoned with
    held: dict[str, list[int]] = {name: [] for name in weights}
    homeless: list[int] = []
    for bucket, name in enumerate(shard_map.owners):
        held.get(name, homeless).append(bucket)
    wanted = shares(BUCKETS, weights, {name: len(buckets) for name, buckets in held.items()})
    for name, buckets in held.items():
        homeless.extend(buckets[wanted[name] :])
    homeless.sort()
    owners, start = list(shard_map.owners), 0
    for name in sorted(weights):
        end = start + max(0, wanted[name] - len(held[name]))
        for bucket in homeless[start:end]:
            owners[bucket] = name
        start = end
    return _plan(shard_map, shards=shards, owners=tuple(owners))


def _shards(weights: Mapping[str, int]) -> tuple[Shard, ...]:
    return tuple(Shard(name, weight) for name, weight in sorted(weights.items()))


def _reassigned(shard_map: ShardMap, buckets: Iterable[int], to: str) -> tuple[str, ...]:
    owners = list(shard_map.owners)
    for bucket in buckets:
        owners[bucket] = to
    return tuple(owners)


def _overrides(shard_map: ShardMap, key: Key, on: str | None) -> tuple[Override, ...]:
    form = canonical(key)
    singles = {canonical(single.key): single for single in shard_map.overrides if canonical(single.key) != form}
    if on is not None:
        singles[form] = Override(key, on)
    return tuple(single for _, single in sorted(singles.items(), key=_first))


def _first(pair: tuple[bytes, Override]) -> bytes:
    return pair[0]


def _carved(ranges: Iterable[Range], lower: str, upper: str | None) -> tuple[Range, ...]:
    """The ranges without all text from `lower` up to `upper`."""
    if upper is not None and upper <= lower:
        raise _refused("$.ranges", f"{lower!r} up to {upper!r} is empty; the upper end comes after the lower one")
    kept: list[Range] = []
    for part in ranges:
        if part.lower < lower:
            end = lower if part.upper is None or lower < part.upper else part.upper
            kept.append(replace(part, upper=end))
        if upper is not None and (part.upper is None or upper < part.upper):
            kept.append(replace(part, lower=max(part.lower, upper)))
    return tuple(kept)


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges in order, neighbours of one owner as one."""
    lower: Callable[[Range], str] = lambda part: part.lower  # noqa: E731
    joined: list[Range] = []
    for part in sorted(ranges, key=lower):
        if joined and (joined[-1].upper, joined[-1].shard) == (part.lower, part.shard):
            joined[-1] = replace(joined[-1], upper=part.upper)
        else:
            joined.append(part)
    return tuple(joined)


def _without(shard_map: ShardMap, name: str, verb: str) -> dict[str, int]:
    """The others' weights; refused while keys or ranges are placed here by hand, as only people know where to."""
    _known(shard_map, name)
    stays = [shown(single.key) for single in shard_map.overrides if single.shard == name]
    stays += [f"the range from {part.lower!r}" for part in shard_map.ranges if part.shard == name]
    if stays:
        more = f" and {len(stays) - 3} more" if len(stays) > 3 else ""
        listed = ", ".join(stays[:3])
        raise _refused(f"$.shards.{name}", f"still has {listed}{more}; place these elsewhere before you {verb} it")
    weights = shard_map.weights()
    del weights[name]
    if not any(weights.values()):
        raise _refused(f"$.shards.{name}", "is the only shard that takes buckets; add another first")
    return weights


def _known(shard_map: ShardMap, name: str) -> None:
    if name not in shard_map.names:
        listed = ", ".join(shard_map.names[:8]) + (", ..." if len(shard_map.names) > 8 else "")
        raise _refused(f"$.shards.{name}", f"is not on the map, which has {listed}")


def _refused(path: str, message: str) -> MapError:
    return MapError([Fault(path, message)])
