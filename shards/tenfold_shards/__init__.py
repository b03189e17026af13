"""The shard map, its store, the router and the fence: what an application imports. No Pulumi."""

from tenfold_shards.codec import decode, encode
from tenfold_shards.difference import BucketMove, KeyMove, Plan, RangeMove, diff
from tenfold_shards.errors import Conflict, Fault, KeyRefused, MapError, ShardError, StaleMap
from tenfold_shards.hashing import BLAKE2B, BUCKETS, XXH3
from tenfold_shards.ids import Id, IdGenerator, decode_id
from tenfold_shards.keys import Key, canonical
from tenfold_shards.map import Override, Placement, Range, Shard, ShardMap

__all__ = [
    "BLAKE2B",
    "BUCKETS",
    "XXH3",
    "BucketMove",
    "Conflict",
    "Fault",
    "Id",
    "IdGenerator",
    "Key",
    "KeyMove",
    "KeyRefused",
    "MapError",
    "Override",
    "Placement",
    "Plan",
    "Range",
    "RangeMove",
    "Shard",
    "ShardError",
    "ShardMap",
    "StaleMap",
    "canonical",
    "decode",
    "decode_id",
    "diff",
    "encode",
]
