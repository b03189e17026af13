"""The pinned hashes. A map names the one that it was made with, and never any other decides a location.

A name stands for its values for ever; tests/shards/golden holds them. Python's own `hash()` differs in each process
and is used nowhere. A bucket is the hash's highest fourteen bits.
"""

from collections.abc import Callable
from hashlib import blake2b

from tenfold_shards.errors import Fault, MapError

try:
    from xxhash import xxh3_64_intdigest as _xxh3_64
except ImportError:  # no wheel for this platform: maps with blake2b64/v1 work everywhere
    _xxh3_64 = None

BUCKETS = 2**14
BUCKET_SHIFT = 64 - 14

XXH3 = "xxh3_64/v1"
"""XXH3, 64 bits, seed 0, over the canonical byte form."""

BLAKE2B = "blake2b64/v1"
"""BLAKE2b (RFC 7693), digest of eight bytes, no key, read with the most significant byte first."""

NAMES = (XXH3, BLAKE2B)


def _blake2b64(form: bytes) -> int:
    return int.from_bytes(blake2b(form, digest_size=8).digest(), "big")


def hash_function(name: str) -> Callable[[bytes], int]:
    """The function behind a pinned name: canonical bytes to an unsigned 64-bit integer.

    Raises:
        MapError: for an unknown name, or one that this machine cannot compute.
    """
    if name == BLAKE2B:
        return _blake2b64
    if name != XXH3:
        raise MapError([Fault("$.hash", f"{name!r} is no known hash; known are {', '.join(NAMES)}")])
    if _xxh3_64 is None:
        raise MapError([Fault("$.hash", f"{XXH3} needs the package xxhash, not installed; pip install xxhash")])
    return _xxh3_64
