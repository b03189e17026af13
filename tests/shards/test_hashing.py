"""The pinned hashes on a machine that lacks one of them."""

import subprocess
import sys

_WITHOUT_XXHASH = """
import sys
sys.modules["xxhash"] = None
from tenfold_shards import MapError, ShardMap
print(ShardMap.create(["a"], hash="blake2b64/v1").bucket_for("Smith"))
try:
    ShardMap.create(["a"])
except MapError as error:
    print(error)
"""


def test_without_xxhash_the_other_hash_routes_and_its_own_is_refused_in_words() -> None:
    ran = subprocess.run([sys.executable, "-c", _WITHOUT_XXHASH], capture_output=True, text=True, check=True)
    # 761 is the golden bucket of the key by BLAKE2b.
    assert ran.stdout.splitlines() == [
        "761",
        "$.hash: xxh3_64/v1 needs the package xxhash, not installed; pip install xxhash",
    ]
