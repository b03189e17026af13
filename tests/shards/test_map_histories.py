"""Any history of operations, with rivals for every version, beside a naive model; a failure prints the history."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tenfold_shards import BUCKETS, Conflict, MapError, ShardMap, decode, encode, operations
from tenfold_shards.difference import Plan
from tenfold_shards.store import rollback
from tenfold_shards.store_folder import FolderStore

Command: TypeAlias = tuple[str, tuple[Any, ...]]

NAMES = "abcdefg"
TEXTS = ["", "A", "M", "Mü", "N", "\x7f", "\uffff", "\U0001f600"]
KEYS = [*range(4), *TEXTS, b"A", (1, "A")]


class RefusedError(Exception):
    """The model's own refusal."""


def refuse_if(faulty: bool) -> None:
    if faulty:
        raise RefusedError


@dataclass
class Model:
    """A dictionary of bucket to shard, one of key to shard, and the list of all ranges ever set, the latest last.

    Each operation is written as its definition says it, one bucket or key after the other. Operations that level the
    shards leave `owners` empty: of their outcome only the number of buckets, and of moves, is defined.
    """

    weights: dict[str, int]
    owners: dict[int, str]
    single: dict[Any, str]
    painted: list[tuple[str, str | None, str | None]]

    def after(self, command: Command) -> "Model":
        name, arguments = command
        model = Model(dict(self.weights), dict(self.owners), dict(self.single), list(self.painted))
        getattr(model, name)(*arguments)
        refuse_if(not any(model.weights.values()))
        return model

    def owner(self, key: Any) -> str | None:
        """What overrides and ranges say; None where the bucket decides."""
        if key in self.single:
            return self.single[key]
        return self.range_owner(key) if isinstance(key, str) else None

    def range_owner(self, text: str) -> str | None:
        form, owner = text.encode(), None
        for lower, upper, shard in self.painted:
            if lower.encode() <= form and (upper is None or form < upper.encode()):
                owner = shard
        return owner

    def by_hand(self, name: str) -> bool:
        """Whether keys or ranges are on a shard; a stretch of text with one owner begins where some range ends."""
        bounds = {lower for lower, _, _ in self.painted} | {upper or "" for _, upper, _ in self.painted}
        return name in self.single.values() or name in map(self.range_owner, bounds)

    def add(self, name: str, weight: int) -> None:
        refuse_if(name in self.weights)
        self.weights[name] = weight
        self.owners = {}

    def remove(self, name: str) -> None:
        refuse_if(name not in self.weights or self.by_hand(name))
        del self.weights[name]
        self.owners = {}

    def drain(self, name: str) -> None:
        refuse_if(name not in self.weights or self.by_hand(name))
        self.weights[name] = 0
        self.owners = {}

    def rebalance(self, weights: dict[str, int]) -> None:
        refuse_if(not weights.keys() <= self.weights.keys())
        self.weights |= weights
        self.owners = {}

    def split(self, source: str, name: str) -> None:
        held = sorted(bucket for bucket in self.owners if self.owners[bucket] == source)
        refuse_if(source not in self.weights or name in self.weights or len(held) < 2)
        self.weights[name] = self.weights[source]
        for bucket in held[(len(held) + 1) // 2 :]:
            self.owners[bucket] = name

    def merge(self, source: str, into: str) -> None:
        refuse_if(not {source, into} <= self.weights.keys() or source == into)
        del self.weights[source]
        self.owners = {bucket: into if owner == source else owner for bucket, owner in self.owners.items()}
        self.single = {key: into if owner == source else owner for key, owner in self.single.items()}
        self.painted = [(low, up, into if owner == source else owner) for low, up, owner in self.painted]

    def move(self, buckets: Iterable[int], to: str) -> None:
        refuse_if(to not in self.weights)
        self.owners |= dict.fromkeys(buckets, to)

    def isolate(self, key: Any, on: str) -> None:
        refuse_if(on not in self.weights)
        self.single[key] = on

    def release(self, key: Any) -> None:
        refuse_if(key not in self.single)
        del self.single[key]

    def assign_range(self, lower: str, upper: str | None, to: str) -> None:
        refuse_if(to not in self.weights)
        refuse_if(upper is not None and upper.encode() <= lower.encode())
        self.painted.append((lower, upper, to))

    def clear_range(self, lower: str, upper: str | None) -> None:
        refuse_if(upper is not None and upper.encode() <= lower.encode())
        self.painted.append((lower, upper, None))


def least_moves(owners: Iterable[str], weights: Mapping[str, int]) -> tuple[int, list[dict[str, int]]]:
    """Of all ways to share by largest remainders: the fewest buckets that any has to move; and all the ways."""
    held, whole = Counter(owners), sum(weights.values())
    quotas = {name: Fraction(BUCKETS * weight, whole) for name, weight in weights.items()}
    parts = {name: int(quota) for name, quota in quotas.items()}
    ways: list[dict[str, int]] = []
    for up in combinations(weights, BUCKETS - sum(parts.values())):
        rest = [quotas[name] % 1 for name in weights if name not in up]
        if min((quotas[name] % 1 for name in up), default=1) >= max(rest, default=0):
            ways.append({name: part + (name in up) for name, part in parts.items()})
    return min(sum(max(0, held[name] - way.get(name, 0)) for name in held) for way in ways), ways


def check_plan(plan: Plan, before: Model, after: Model) -> None:
    moved = dict(before.owners)
    for move in plan.buckets:
        for bucket in move.buckets:
            assert moved[bucket] == move.source != move.target
            moved[bucket] = move.target
    if not after.owners:
        least, ways = least_moves(before.owners.values(), after.weights)
        assert plan.moved == least
        assert plan.after.counts() in ways
        after.owners = moved
    assert moved == after.owners
    for key in KEYS:
        assert plan.before.shard_for(key) == plan.after.shard_for(key) or is_moved(plan, key)


def is_moved(plan: Plan, key: Any) -> bool:
    bucket = plan.before.bucket_for(key)
    return (
        any(move.key == key for move in plan.keys)
        or any(bucket in move.buckets for move in plan.buckets)
        or (
            isinstance(key, str)
            and any(move.lower <= key and (move.upper is None or key < move.upper) for move in plan.ranges)
        )
    )


names, weights = st.sampled_from(NAMES), st.integers(0, 5)
lowers, uppers = st.sampled_from(TEXTS), st.none() | st.sampled_from(TEXTS)
OPERATIONS = [
    *("add", "remove", "drain", "rebalance", "split", "merge"),
    *("move", "isolate", "release", "assign_range", "clear_range"),
]


def commands(model: Model) -> st.SearchStrategy[Command]:
    """An operation that mostly makes sense now, sometimes none that can be done."""
    present = st.sampled_from(sorted(model.weights)) | st.sampled_from(sorted(model.weights)) | names
    fresh = st.sampled_from(sorted(set(NAMES) - model.weights.keys()) or NAMES) | names
    keys = st.sampled_from(KEYS)
    arguments: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
        "add": st.tuples(fresh, weights),
        "remove": st.tuples(present),
        "drain": st.tuples(present),
        "rebalance": st.tuples(st.dictionaries(present, weights, max_size=2)),
        "split": st.tuples(present, fresh),
        "merge": st.tuples(present, present),
        "move": st.tuples(st.sets(st.integers(0, BUCKETS - 1), max_size=9), present),
        "isolate": st.tuples(keys, present),
        "release": st.tuples(st.sampled_from(list(model.single) or KEYS) | keys),
        "assign_range": st.tuples(lowers, uppers, present),
        "clear_range": st.tuples(lowers, uppers),
    }
    return st.sampled_from(OPERATIONS).flatmap(lambda name: st.tuples(st.just(name), arguments[name]))


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="histories-")
        self.store = FolderStore(self.folder)
        self.map = ShardMap.create(["a", "b"])
        self.store.publish(self.map)
        self.model = Model(self.map.weights(), dict(enumerate(self.map.owners)), {}, [])
        self.models = {1: self.model}
        note("version 1: a b")

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def plan(self, command: Command) -> Plan | None:
        """What the operation plans for the map in force; None if it is refused, as it then is by the model."""
        name, arguments = command
        try:
            expected = self.model.after(command)
        except RefusedError:
            with pytest.raises(MapError):
                getattr(operations, name)(self.map, *arguments)
            return None
        plan: Plan = getattr(operations, name)(self.map, *arguments)
        check_plan(plan, self.model, expected)
        self.expected = expected
        return plan

    def publish(self, command: Command) -> Plan | None:
        plan = self.plan(command)
        note(f"version {self.map.version + 1}: {command}" if plan else f"refused: {command}")
        if plan:
            self.store.publish(plan.after)
            self.map, self.model = self.store.load(), self.expected
            self.models[self.map.version] = self.model
            assert self.map == plan.after
        return plan

    def overtaken(self, stale: ShardMap) -> None:
        """A map that was made from an older one is refused and leaves no trace."""
        with pytest.raises(Conflict) as conflict:
            self.store.publish(stale)
        assert (conflict.value.version, conflict.value.current) == (stale.version, self.map.version)

    @rule(data=st.data())
    def one(self, data: st.DataObject) -> None:
        self.publish(data.draw(commands(self.model)))

    @rule(data=st.data())
    def rivals(self, data: st.DataObject) -> None:
        """Two plan from the same map. The second finds itself overtaken and plans again from what is in force now."""
        first, second = data.draw(commands(self.model)), data.draw(commands(self.model))
        stale = self.plan(second)
        if self.publish(first) and stale:
            note(f"overtaken: {second}")
            self.overtaken(stale.after)
            self.publish(second)

    @rule(data=st.data())
    def back(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.models)))
        stale = replace(self.map, version=self.map.version + 1)
        self.map, self.model = rollback(self.store, version), self.models[version]
        note(f"version {self.map.version}: as version {version}")
        self.models[self.map.version] = self.model
        self.overtaken(stale)

    @invariant()
    def the_map_is_the_model(self) -> None:
        assert dict(enumerate(self.map.owners)) == self.model.owners
        assert self.map.weights() == self.model.weights
        assert self.store.versions() == list(range(1, self.map.version + 1))
        assert self.store.load() == self.map == decode(encode(self.map))
        for key in KEYS:
            assert self.map.shard_for(key) == (self.model.owner(key) or self.model.owners[self.map.bucket_for(key)])


Histories.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestHistories = Histories.TestCase


def test_a_failure_prints_the_history_and_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Faulty(Histories):
        @invariant()
        def nobody_gets_to_version_3(self) -> None:
            assert self.map.version < 3

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(AssertionError) as failed:
        run_state_machine_as_test(
            Faulty, settings=settings(max_examples=20, deadline=None, database=None, phases=[Phase.generate])
        )
    printed = "\n".join(failed.value.__notes__)
    assert all(f"version {number}: " in printed for number in (1, 2, 3))
    assert list(tmp_path.iterdir()) == []


shares = st.lists(weights, min_size=7, max_size=7).filter(any).map(lambda held: dict(zip(NAMES, held, strict=True)))


@settings(max_examples=100, deadline=None)
@given(shares, shares, st.dictionaries(st.integers(0, BUCKETS - 1), names, max_size=30))
def test_no_way_to_the_new_weights_moves_fewer_buckets(
    old: dict[str, int], new: dict[str, int], strays: dict[int, str]
) -> None:
    start = ShardMap.create(old)
    start = replace(start, owners=tuple(strays.get(bucket, owner) for bucket, owner in enumerate(start.owners)))
    plan = operations.rebalance(start, new)
    least, ways = least_moves(start.owners, new)
    assert plan.moved == least
    assert plan.after.counts() in ways
