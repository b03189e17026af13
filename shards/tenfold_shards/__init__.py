"""The shard map, its store, the router and the fence: what an application imports. No Pulumi.

What needs an optional package stands in a module of its own: `connections`, `scatter` and `fence` need psycopg,
`store_dynamodb` boto3, `batch` numpy, `cli` typer. `operations` plans a map's next version, `lease` keeps movers apart.
"""

from tenfold_shards.codec import decode, encode
from tenfold_shards.difference import BucketMove, KeyMove, Plan, RangeMove, diff
from tenfold_shards.errors import Conflict, Fault, KeyRefused, MapError, ShardError, StaleMap
from tenfold_shards.hashing import BLAKE2B, BUCKETS, XXH3
from tenfold_shards.ids import Id, IdGenerator, decode_id
from tenfold_shards.keys import Key, canonical
from tenfold_shards.map import Override, Placement, Range, Shard, ShardMap
from tenfold_shards.router import Location, Router
from tenfold_shards.store import MapStore, Publication, StoreError, rollback
from tenfold_shards.store_folder import FolderStore

__all__ = [
    "BLAKE2B",
    "BUCKETS",
    "XXH3",
    "BucketMove",
    "Conflict",
    "Fault",
    "FolderStore",
    "Id",
    "IdGenerator",
    "Key",
    "KeyMove",
    "KeyRefused",
    "Location",
    "MapError",
    "MapStore",
    "Override",
    "Placement",
    "Plan",
    "Publication",
    "Range",
    "RangeMove",
    "Router",
    "Shard",
    "ShardError",
    "ShardMap",
    "StaleMap",
    "StoreError",
    "canonical",
    "decode",
    "decode_id",
    "diff",
    "encode",
    "rollback",
]
