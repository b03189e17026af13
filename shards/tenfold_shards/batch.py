"""Look-ups of many keys at once: arrays of integers without a Python loop, any other sequence key by key.

XXH3 of eight bytes is some twenty operations on 64-bit words, so numpy computes it for a whole array. The tests hold it
against the xxhash library.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from tenfold_shards.errors import KeyRefused
from tenfold_shards.hashing import BUCKET_SHIFT, XXH3
from tenfold_shards.keys import LARGEST, Key, canonical
from tenfold_shards.map import ShardMap

_Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

_CHUNK = 2**15  # three working arrays of 256 KiB stay in a core's cache
_MARK = 2**16 - 1  # in the table of owners: an override lies in this bucket
_PRIME = np.uint64(0x9FB21C651E98DF25)
# Words 1 and 2 of XXH3's default secret, combined, its halves exchanged as the key's are.
_FLIP = np.uint64(0xC5ECD5A2C73AB174)


def indexes_for(shard_map: ShardMap, keys: "Iterable[Key] | _Array") -> "np.ndarray[Any, np.dtype[np.uint16]]":
    """See `ShardMap.indexes_for`."""
    if not isinstance(keys, np.ndarray):
        position = {name: index for index, name in enumerate(shard_map.names)}
        return np.fromiter((position[shard_map.shard_for(key)] for key in keys), np.uint16)
    if keys.dtype.kind not in "iu" or keys.ndim != 1:
        raise KeyRefused(f"an array of keys has one dimension and an integer type, not {keys.ndim} and {keys.dtype}")
    if shard_map.hash != XXH3 or (keys.dtype == np.uint64 and keys.size and int(keys.max()) > LARGEST):
        return indexes_for(shard_map, keys.tolist())
    return _indexes(shard_map, np.ascontiguousarray(keys, np.int64))


def _indexes(shard_map: ShardMap, keys: _Array) -> _Array:
    owners, forms, singles = _tables(shard_map)
    found = np.empty(len(keys), np.uint16)
    buckets, spare = np.empty(_CHUNK, np.uint64), np.empty(_CHUNK, np.uint64)
    mixed = np.empty(_CHUNK, np.uint64)
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        size = len(part)
        bucket = _buckets(part.view(np.uint64), mixed[:size], buckets[:size], spare[:size])
        out = found[start : start + size]
        np.take(owners, bucket.view(np.int64), out=out, mode="clip")
        if len(forms):
            _overridden(shard_map, part, bucket, out, forms, singles)
    return found


def _buckets(keys: _Array, mixed: _Array, hashed: _Array, spare: _Array) -> _Array:
    """XXH3_len_4to8_64b for eight bytes, its highest bits; XXH3's last shift does not reach them and is left out."""
    np.bitwise_xor(keys, _FLIP, out=mixed)
    # h ^ rotl(h, 49) ^ rotl(h, 24), where h is `mixed` with its halves exchanged: rotations by 32, 17 and 56.
    np.left_shift(mixed, np.uint64(32), out=hashed)
    for shift, distance in (
        (np.right_shift, 32),
        (np.left_shift, 17),
        (np.right_shift, 47),
        (np.left_shift, 56),
        (np.right_shift, 8),
    ):
        shift(mixed, np.uint64(distance), out=spare)
        np.bitwise_xor(hashed, spare, out=hashed)
    np.multiply(hashed, _PRIME, out=hashed)
    np.right_shift(hashed, np.uint64(35), out=spare)
    np.add(spare, np.uint64(8), out=spare)
    np.bitwise_xor(hashed, spare, out=hashed)
    np.multiply(hashed, _PRIME, out=hashed)
    return np.right_shift(hashed, np.uint64(BUCKET_SHIFT), out=hashed)


def _overridden(
    shard_map: ShardMap, keys: _Array, buckets: _Array, out: _Array, forms: _Array, singles: _Array
) -> None:
    (at,) = np.nonzero(out == _MARK)
    if not len(at):
        return
    plain: _Array = shard_map._arrays["plain"]  # pyright: ignore[reportPrivateUsage]
    marked = keys[at]
    nearest = np.minimum(np.searchsorted(forms, marked), len(forms) - 1)
    out[at] = np.where(forms[nearest] == marked, singles[nearest], plain[buckets[at].view(np.int64)])


def _tables(shard_map: ShardMap) -> tuple[_Array, _Array, _Array]:
    """Owners by bucket with marks, and the int overrides with their owners, in order; kept with the map once made."""
    arrays = shard_map._arrays  # pyright: ignore[reportPrivateUsage]
    if "tables" not in arrays:
        position = {name: index for index, name in enumerate(shard_map.names)}
        plain = np.array([position[name] for name in shard_map.owners], np.uint16)
        single = sorted(
            (override.key, position[override.shard])
            for override in shard_map.overrides
            if isinstance(override.key, int) and len(canonical(override.key)) == 8
        )
        forms = np.array([key for key, _ in single], np.int64)
        marked = plain.copy()
        marked[[shard_map.bucket_for(key) for key, _ in single]] = _MARK
        arrays["plain"] = plain
        arrays["tables"] = (marked, forms, np.array([index for _, index in single], np.uint16))
    return arrays["tables"]
