"""The map against naive models: a dictionary of buckets, the xxhash library, and arithmetic from the definition."""

import pickle
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold_shards import BUCKETS, MapError, ShardMap, canonical, decode, diff, encode, operations

keys: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text() | st.binary() | st.uuids(),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple),
    max_leaves=4,
)


@given(keys, keys)
def test_two_keys_share_a_byte_form_only_if_type_and_value_are_equal(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == (repr(one) == repr(other))


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (1, "0100000000000000"),
        (-1, "ff" * 8),
        ("a", b"tenfold/sa".hex()),
        (b"\x00", b"tenfold/b\x00".hex()),
        (2**63, b"tenfold/i9223372036854775808".hex()),
        (UUID(int=1), b"tenfold/u".hex() + "00" * 15 + "01"),
        ((1,), b"tenfold/t".hex() + "0800000000000000" + "0100000000000000"),
    ],
)
def test_byte_forms_are_those_of_the_documentation(key: Any, form: str) -> None:
    assert canonical(key).hex() == form


@pytest.mark.parametrize("key", [True, 1.0, None, [1], (True,), (), "\ud800"])
def test_other_keys_are_refused(key: Any) -> None:
    with pytest.raises(TypeError):
        ShardMap.create(["a"]).shard_for(key)


@given(keys, st.lists(keys, max_size=3), st.booleans())
def test_every_kind_of_key_is_found_where_its_placement_says_also_by_a_map_sent_to_another_process(
    key: Any, isolated: list[Any], ranged: bool
) -> None:
    shard_map = ShardMap.create([f"s{i}" for i in range(9)])
    for single in isolated:
        shard_map = operations.isolate(shard_map, single, "s8").after
    if ranged:
        shard_map = operations.assign_range(shard_map, "A", "N", "s7").after
    received = pickle.loads(pickle.dumps(shard_map))
    assert received == shard_map
    for each in (key, *isolated):
        hashed = shard_map.owners[xxhash.xxh3_64_intdigest(canonical(each)) >> 50]
        in_range = ranged and isinstance(each, str) and "A" <= each < "N"
        expected = "s8" if each in isolated else "s7" if in_range else hashed
        assert shard_map.shard_for(each) == received.shard_for(each) == shard_map.placement(each).shard == expected


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50), st.lists(st.integers(-50, 50), max_size=5))
def test_arrays_and_single_look_ups_agree_with_the_xxhash_library(numbers: list[int], isolated: list[int]) -> None:
    shard_map = ShardMap.create([f"s{i}" for i in range(9)])
    for number in isolated:
        shard_map = operations.isolate(shard_map, number, "s8").after
    numbers += isolated
    expected = [
        "s8"
        if number in isolated
        else shard_map.owners[xxhash.xxh3_64_intdigest(number.to_bytes(8, "little", signed=True)) >> 50]
        for number in numbers
    ]
    assert shard_map.shards_for(np.array(numbers, np.int64)) == expected
    assert shard_map.shards_for(numbers) == expected


def test_every_step_from_1_to_1024_shards_moves_the_least_and_stays_even() -> None:
    shard_map = ShardMap.create(["s0000"])
    for count in range(1, 1024):
        before = shard_map.owners
        shard_map = operations.add(shard_map, f"s{count:04}").after
        moved = [new for old, new in zip(before, shard_map.owners, strict=True) if old != new]
        assert len(moved) == BUCKETS // (count + 1)
        assert set(moved) == {f"s{count:04}"}
        assert max(shard_map.counts().values()) - min(shard_map.counts().values()) <= 1
    assert decode(encode(shard_map)) == shard_map


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20).filter(any))
def test_weights_give_the_largest_remainder_shares(weights: list[int]) -> None:
    held = ShardMap.create({f"s{i}": weight for i, weight in enumerate(weights)}).counts()
    quotas = {f"s{i}": Fraction(BUCKETS * weight, sum(weights)) for i, weight in enumerate(weights)}
    assert all(abs(held[name] - quota) < 1 for name, quota in quotas.items())
    rounded_up = [quota % 1 for name, quota in quotas.items() if held[name] > quota]
    rounded_down = [quota % 1 for name, quota in quotas.items() if held[name] < quota]
    assert min(rounded_up, default=1) >= max(rounded_down, default=0)


@settings(max_examples=50)
@given(st.integers(2, 30), st.data())
def test_merge_after_split_is_the_identity(count: int, data: st.DataObject) -> None:
    start = ShardMap.create([f"s{i}" for i in range(count)])
    source = data.draw(st.sampled_from(start.names))
    split = operations.split(start, source, "new")
    assert split.moved == start.counts()[source] // 2
    merged = operations.merge(split.after, "new", source).after
    assert (merged.shards, merged.owners) == (start.shards, start.owners)
    assert diff(start, merged).buckets == ()


@given(
    st.lists(st.tuples(st.text(max_size=3), st.none() | st.text(max_size=3), st.sampled_from("ab"))),
    st.text(max_size=4),
)
def test_the_latest_range_over_a_text_in_utf8_order_decides(parts: list[Any], text: str) -> None:
    shard_map, expected = ShardMap.create(["a", "b"]), None
    for lower, upper, shard in parts:
        if upper is None or lower.encode() < upper.encode():
            shard_map = operations.assign_range(shard_map, lower, upper, shard).after
            if lower.encode() <= text.encode() and (upper is None or text.encode() < upper.encode()):
                expected = shard
    assert shard_map.shard_for(text) == (expected or shard_map.owners[shard_map.bucket_for(text)])
    assert decode(encode(shard_map)) == shard_map


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"0-8191"', '"0-8190"', "$.shards"),
        ('"0-8191"', '"0-8192"', "$.shards.b.buckets"),
        ("xxh3_64/v1", "md5", "$.hash"),
        ('"version": 1', '"version": 1,\n  "more": 1', "$.more"),
        ('"version": 1', '"version": 1, "version": 1', "$.version"),
        ('"version": 1', '"version":  1', "line 3"),
        ('"overrides": []', '"overrides": [{"key": "int:1", "shard": "z"}]', "$.overrides[0].shard"),
        ('"0-8191"', '"0-4000 4001-8191"', "line 6"),
    ],
)
def test_a_faulty_text_is_refused_with_the_path(old: str, new: str, path: str) -> None:
    text = encode(ShardMap.create(["a", "b"]))
    assert old in text
    with pytest.raises(MapError) as refused:
        decode(text.replace(old, new, 1))
    assert path in [fault.path for fault in refused.value.faults]
