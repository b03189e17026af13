"""Look-ups a second: the shard map beside what else is in use, in pairs in one process, and what a map takes to hold.

    python -m benchmarks.shard_lookup [--rounds 9]

The peers: uhashring at its defaults; a ring as it is written by hand (sorted MD5 hashes, 160 points a shard, bisect);
redis-py's cluster client (its own `get_node_from_key`, on slots as a cluster would report them); pymemcache's
rendezvous hash, which asks every shard, so it is measured over fewer keys. In each round a look-up has the better of
two runs, so that none pays for what another left in the caches; a ratio is the median of the rounds' ratios.
"""

import argparse
import statistics
import sys
import time
import tracemalloc
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import md5
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from pymemcache.client.rendezvous import RendezvousHash
from redis._parsers import Encoder
from redis.cluster import RedisCluster
from uhashring import HashRing

from tenfold_shards import ShardMap, canonical, decode, encode
from tenfold_shards.map import Override

KEYS = [f"user-{number}" for number in range(20_000)]
POINTS = 160
GOALS = {(16, 0): 7, (16, 1000): 7, (1024, 1000): 10}

LookUp = Callable[[str], object]


def naive_ring(names: Sequence[str]) -> LookUp:
    """A ring as it is written by hand."""

    def hashed(text: str) -> int:
        return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[:8], "big")

    owners = {hashed(f"{name}-{point}"): name for name in names for point in range(POINTS)}
    ring = sorted(owners)

    def shard_for(key: str) -> str:
        return owners[ring[bisect(ring, hashed(key)) % len(ring)]]

    return shard_for


def redis_cluster(names: Sequence[str]) -> LookUp:
    """redis-py's look-up of a key's node, in a client that has its slots from here instead of from a server."""
    cluster = cast(Any, RedisCluster.__new__(RedisCluster))
    cluster.encoder = Encoder("utf-8", "strict", decode_responses=False)
    cluster.nodes_manager = SimpleNamespace(slots_cache={slot: [names[slot % len(names)]] for slot in range(16_384)})
    return cluster.get_node_from_key


def overridden(shard_map: ShardMap, count: int) -> ShardMap:
    """The map with overrides, half of them among the keys looked up, half ints."""
    keys = [*range(count // 2), *KEYS[: count // 2]]
    singles = [Override(key, shard_map.names[0]) for key in sorted(keys, key=canonical)]
    return replace(shard_map, overrides=tuple(singles))


def seconds(call: Callable[[], object]) -> float:
    """One run."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def nanoseconds(look_up: LookUp, keys: Sequence[str]) -> float:
    """For one look-up."""
    return min(seconds(lambda: [look_up(key) for key in keys]) for _ in range(2)) / len(keys) * 1e9


def held(text: str) -> int:
    """The bytes that a map takes once it is read."""
    tracemalloc.start()
    shard_map = decode(text)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del shard_map
    return taken


def row(names: Sequence[str], overrides: int, peers: Sequence[tuple[LookUp, Sequence[str]]], rounds: int) -> str:
    """Measure one map and its peers."""
    shard_map = overridden(ShardMap.create(names), overrides)
    numbers = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 1_000_000, np.int64)
    text = encode(shard_map)
    own, texts, ints, loads = list[float](), list[float](), list[float](), list[float]()
    ratios: list[list[float]] = [[] for _ in peers]
    for _ in range(rounds):
        own.append(nanoseconds(shard_map.shard_for, KEYS))
        for (look_up, keys), found in zip(peers, ratios, strict=True):
            found.append(nanoseconds(look_up, keys) / own[-1])
        texts.append(len(KEYS) / seconds(lambda: shard_map.shards_for(KEYS)) / 1e6)
        ints.append(len(numbers) / seconds(lambda: shard_map.indexes_for(numbers)) / 1e6)
        loads.append(seconds(lambda: decode(text)) * 1e3)
    median = statistics.median
    columns = "".join(f"{median(found):11.1f}x" for found in ratios)
    goal = GOALS.get((len(names), overrides))
    verdict = "" if goal is None else f"  {'meets' if median(ratios[0]) >= goal else 'misses'} {goal}x"
    return (
        f"{len(names):6} {overrides:9} {median(own):7.0f}{columns} {median(texts):8.1f} {median(ints):8.0f}"
        f" {held(text) / 1024:8.0f} {median(loads):8.1f}{verdict}\n"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    sys.stdout.write(
        "shards overrides  map ns   uhashring  naive ring       redis  rendezvous  str M/s  int M/s  map KiB  load ms\n"
    )
    for count in (16, 256, 1024):
        names = [f"s{number:04}" for number in range(count)]
        uhashring, rendezvous = cast(Any, HashRing(nodes=names)), cast(Any, RendezvousHash(names))
        peers: list[tuple[LookUp, Sequence[str]]] = [
            (uhashring.get_node, KEYS),
            (naive_ring(names), KEYS),
            (redis_cluster(names), KEYS),
            (rendezvous.get_node, KEYS[: 2_000 // count + 1]),
        ]
        for overrides in (0, 1000):
            sys.stdout.write(row(names, overrides, peers, rounds))


if __name__ == "__main__":
    main()
