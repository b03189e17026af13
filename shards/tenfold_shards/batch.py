"""Look-ups of many keys at once: arrays of integers without a Python loop, any other sequence key by key.

XXH3 of eight bytes is some twenty operations on 64-bit words, so numpy computes it for a whole array. The tests hold it
against the xxhash library.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from tenfold_shards.errors import KeyRefused
from tenfold_shards.hashing import BUCKET_SHIFT
from tenfold_shards.keys import LARGEST

_Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

_CHUNK = 2**15  # three working arrays of 256 KiB stay in a core's cache
_MARK = 2**16 - 1  # in the table of owners: an override lies in this bucket
_PRIME = np.uint64(0x9FB21C651E98DF25)
# Words 1 and 2 of XXH3's default secret, combined, its halves exchanged as the key's are.
_FLIP = np.uint64(0xC5ECD5A2C73AB174)


class Batch:
    """One map's look-up of arrays of integers.

    Args:
        names: the shards' names, in order; a result is a position among them.
        owners: the name of each bucket's shard.
        singles: the names of the shards of the int keys of 64 bits that have an override.
        bucket_for: the bucket of such a key.
    """

    def __init__(
        self, names: Sequence[str], owners: Sequence[str], singles: Mapping[int, str], bucket_for: Callable[[int], int]
    ) -> None:
        position = {name: index for index, name in enumerate(names)}
        keys = sorted(singles)
        self._plain = np.array([position[name] for name in owners], np.uint16)
        self._marked = self._plain.copy()
        self._marked[[bucket_for(key) for key in keys]] = _MARK
        self._keys = np.array(keys, np.int64)
        self._singles = np.array([position[singles[key]] for key in keys], np.uint16)

    def indexes(self, keys: _Array) -> "np.ndarray[Any, np.dtype[np.uint16]]":
        """The shard's position for each key of an array that `is_of_small_ints`."""
        keys = np.ascontiguousarray(keys, np.int64)
        found = np.empty(len(keys), np.uint16)
        buckets, spare = np.empty(_CHUNK, np.uint64), np.empty(_CHUNK, np.uint64)
        mixed = np.empty(_CHUNK, np.uint64)
        for start in range(0, len(keys), _CHUNK):
            part = keys[start : start + _CHUNK]
            size = len(part)
            bucket = _buckets(part.view(np.uint64), mixed[:size], buckets[:size], spare[:size])
            out = found[start : start + size]
            np.take(self._marked, bucket.view(np.int64), out=out, mode="clip")
            if len(self._keys):
                self._correct(part, bucket, out)
        return found

    def _correct(self, keys: _Array, buckets: _Array, out: _Array) -> None:
        """Look at the keys whose bucket holds an override one by one."""
        (at,) = np.nonzero(out == _MARK)
        if len(at):
            marked = keys[at]
            nearest = np.minimum(np.searchsorted(self._keys, marked), len(self._keys) - 1)
            plain = self._plain[buckets[at].view(np.int64)]
            out[at] = np.where(self._keys[nearest] == marked, self._singles[nearest], plain)


def is_of_small_ints(keys: _Array) -> bool:
    """Whether every key of the array is an int of 64 bits, two's complement.

    Raises:
        KeyRefused: if it is no array of one dimension with an integer type.
    """
    if keys.dtype.kind not in "iu" or keys.ndim != 1:
        raise KeyRefused(f"an array of keys has one dimension and an integer type, not {keys.ndim} and {keys.dtype}")
    return keys.dtype != np.uint64 or not keys.size or int(keys.max()) <= LARGEST


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
