"""Ids under a clock that misbehaves, and values that no release may change."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from tenfold_shards import IdGenerator, decode_id

_GOLDEN = Path(__file__).parent / "golden" / "buckets.json"
_START = 1_735_689_600.0  # 2025-01-01, checked with `date -u -d @1735689600`


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 3)), max_size=300))
def test_ids_of_a_bucket_rise_whatever_the_clock_does(steps: list[tuple[float, int]]) -> None:
    now, last = _START, dict.fromkeys(range(4), -1)
    ids = IdGenerator(worker=3, workers=256, clock=lambda: now)  # two ids a millisecond: the sequence overflows
    for offset, bucket in steps:
        now = _START + offset
        made = ids.next(bucket)
        assert made > last[bucket]
        assert decode_id(made).bucket == bucket
        last[bucket] = made


def test_threads_and_workers_never_share_an_id() -> None:
    workers = [IdGenerator(worker, 2, clock=lambda: _START + 1) for worker in range(2)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: workers[number % 2].next(7), range(8_000)))
    assert len(set(made)) == 8_000


def test_an_id_has_41_13_and_10_bits() -> None:
    made = IdGenerator(clock=lambda: _START + 0.001).next(0b10000000000001)
    assert made == (1 << 23) | (0b1000000000000 << 10) | (1 << 9)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_golden_buckets_hold_in_every_process(seed: str) -> None:
    program = (
        "import json,sys;from tenfold_shards import ShardMap;from tenfold_shards.keys import from_json;"
        "print(json.dumps([[row[0],*(ShardMap.create(['a'],h).bucket_for(from_json(row[0]))"
        " for h in ('xxh3_64/v1','blake2b64/v1'))] for row in json.load(open(sys.argv[1]))]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run([sys.executable, "-c", program, _GOLDEN], env=environment, capture_output=True, check=True)
    assert json.loads(ran.stdout) == json.loads(_GOLDEN.read_text())


def test_golden_buckets_follow_from_the_documented_bytes() -> None:
    rows = {str(row[0]): row[1:] for row in json.loads(_GOLDEN.read_text())}
    for text, form in {
        "int:1": b"\1" + bytes(7),
        "str:Smith": b"tenfold/sSmith",
        "bytes:00ff": b"tenfold/b\0\xff",
    }.items():
        blake = int.from_bytes(hashlib.blake2b(form, digest_size=8).digest(), "big")
        assert rows[text] == [xxhash.xxh3_64_intdigest(form) >> 50, blake >> 50]
