"""Ids under a clock that misbehaves, and values that no release may change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from tenfold_shards import IdGenerator, MapError, Override, Range, Shard, ShardMap, decode, decode_id, encode

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


@pytest.mark.parametrize("python", ["python3.12", "python3.13", "python3.14"])
def test_golden_buckets_and_the_golden_map_hold_on_other_versions_of_python(python: str) -> None:
    found = shutil.which(python)
    if found is None or subprocess.run([found, "-c", ""], check=False).returncode:
        pytest.skip(f"{python} is not on this machine")
    program = (
        "import json,sys;from pathlib import Path;from tenfold_shards import ShardMap,decode,encode;"
        "from tenfold_shards.keys import from_json;golden=Path(sys.argv[1]);text=(golden/'map.json').read_text();"
        "assert encode(decode(text))==text;look_up=ShardMap.create(['a'],'blake2b64/v1').bucket_for;"
        "print(json.dumps([look_up(from_json(row[0])) for row in json.loads((golden/'buckets.json').read_text())]))"
    )
    # Without packages: xxhash is built for one version of Python, BLAKE2b comes with each.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "shards")}
    ran = subprocess.run([found, "-c", program, _GOLDEN.parent], env=environment, capture_output=True, check=True)
    assert json.loads(ran.stdout) == [row[2] for row in json.loads(_GOLDEN.read_text())]


def test_golden_buckets_follow_from_the_documented_bytes() -> None:
    rows = {str(row[0]): row[1:] for row in json.loads(_GOLDEN.read_text())}
    for text, form in {
        "int:1": b"\1" + bytes(7),
        "str:Smith": b"tenfold/sSmith",
        "bytes:00ff": b"tenfold/b\0\xff",
    }.items():
        blake = int.from_bytes(hashlib.blake2b(form, digest_size=8).digest(), "big")
        assert rows[text] == [xxhash.xxh3_64_intdigest(form) >> 50, blake >> 50]


def test_the_golden_map_is_read_as_what_its_text_says_and_written_as_it_was() -> None:
    text = (_GOLDEN.parent / "map.json").read_text()
    golden = ShardMap(
        version=42,
        hash="blake2b64/v1",
        shards=(Shard("eu-1", 3), Shard("eu-2", 1), Shard("spare", 0)),
        owners=("eu-1",) * 8192 + ("eu-2",) + ("eu-1",) * 4095 + ("eu-2",) * 4096,
        overrides=(Override(7, "spare"), Override(b"\x00\xff", "eu-1"), Override(("tenant", 1), "eu-2")),
        ranges=(Range("", "Müller", "eu-1"), Range("N", None, "eu-2")),
    )
    assert decode(text) == golden
    assert encode(golden) == text


def test_no_id_is_made_after_the_last_or_for_what_is_no_bucket() -> None:
    last = (2**40 - 1) << 23
    with pytest.raises(MapError, match=f"no id comes after {last}"):
        IdGenerator(after=last)
    for bucket in (True, 1.5, -1, 16384, "7"):
        with pytest.raises(MapError, match="is no bucket"):
            IdGenerator(clock=lambda: _START).next(bucket)  # pyright: ignore[reportArgumentType]
