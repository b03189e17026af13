"""Look-ups a second: the shard map beside uhashring at its defaults and redis-py's slot function, ratios in one run."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from redis.crc import key_slot
from uhashring import HashRing

from tenfold_shards import ShardMap, canonical
from tenfold_shards.map import Override

_KEYS = [f"user-{number}" for number in range(20_000)]


def seconds(call: Callable[[], object], times: int = 5) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def looped(function: Callable[[str], object]) -> float:
    """Nanoseconds for one call."""
    return seconds(lambda: [function(key) for key in _KEYS]) / len(_KEYS) * 1e9


def main() -> None:
    """Print the table."""
    numbers = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 1_000_000, np.int64)
    sys.stdout.write("shards overrides  map ns  uhashring ns  ratio  redis slot ns  str M/s  int M/s\n")
    for count in (16, 256, 1024):
        names = [f"s{number:04}" for number in range(count)]
        ring = HashRing(nodes=names)
        ring_ns, slots = looped(ring.get_node), {slot: names[slot % count] for slot in range(16_384)}
        redis_ns = looped(lambda key, slots=slots: slots[key_slot(key.encode())])
        for overrides in (0, 1000):
            shard_map = ShardMap.create(names)
            if overrides:
                singles = [Override(number, names[0]) for number in range(overrides // 2)]
                singles += [Override(f"user-{number}", names[0]) for number in range(overrides // 2)]
                shard_map = _with(shard_map, singles)
            own_ns = looped(shard_map.shard_for)
            texts = len(_KEYS) / seconds(lambda m=shard_map: m.shards_for(_KEYS)) / 1e6
            ints = len(numbers) / seconds(lambda m=shard_map: m.indexes_for(numbers), 10) / 1e6
            sys.stdout.write(
                f"{count:6} {overrides:9} {own_ns:7.0f} {ring_ns:13.0f} {ring_ns / own_ns:6.1f} {redis_ns:14.0f} "
                f"{texts:8.1f} {ints:8.0f}\n"
            )


def _with(shard_map: ShardMap, singles: list[Override]) -> ShardMap:
    return replace(shard_map, overrides=tuple(sorted(singles, key=lambda single: canonical(single.key))))


if __name__ == "__main__":
    main()
