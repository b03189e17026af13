"""Any history of operations and publish races, beside a dictionary of bucket to shard; a failure prints the history."""

import tempfile
from typing import Any

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tenfold_shards import Conflict, MapError, ShardMap, decode, encode, operations
from tenfold_shards.store_folder import FolderStore


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.map, self.fresh, self.history = ShardMap.create(["a", "b"]), 0, ["create a b"]
        self.model, self.single = dict(enumerate(self.map.owners)), dict[int, str]()
        self.store = FolderStore(tempfile.mkdtemp())
        self.store.publish(self.map)

    def publish(self, text: str, plan: Any) -> None:
        self.history.append(text)
        self.store.publish(plan.after)
        try:
            self.store.publish(plan.after)
        except Conflict:
            self.map = self.store.load()
            assert self.map == plan.after
        else:
            raise AssertionError("a version was published twice")
        for move in plan.buckets:
            for bucket in move.buckets:
                assert self.model[bucket] == move.source
                self.model[bucket] = move.target

    @rule()
    def add(self) -> None:
        self.fresh += 1
        self.publish(f"add n{self.fresh}", operations.add(self.map, f"n{self.fresh}"))

    @rule(data=st.data(), drain=st.booleans())
    def leave(self, data: st.DataObject, drain: bool) -> None:
        name = data.draw(st.sampled_from(self.map.names))
        try:
            plan = (operations.drain if drain else operations.remove)(self.map, name)
        except MapError:
            others = {shard.name: shard.weight for shard in self.map.shards if shard.name != name}
            assert name in self.single.values() or not any(others.values())
        else:
            self.publish(f"leave {name}", plan)
            assert name not in self.model.values()

    @rule(data=st.data(), buckets=st.sets(st.integers(0, 16383), max_size=9))
    def move(self, data: st.DataObject, buckets: set[int]) -> None:
        name = data.draw(st.sampled_from(self.map.names))
        self.publish(f"move {buckets} {name}", operations.move(self.map, buckets, name))
        assert all(self.model[bucket] == name for bucket in buckets)

    @rule(data=st.data(), key=st.integers(0, 5))
    def isolate(self, data: st.DataObject, key: int) -> None:
        self.single[key] = data.draw(st.sampled_from(self.map.names))
        self.publish(f"isolate {key} {self.single[key]}", operations.isolate(self.map, key, self.single[key]))

    @invariant()
    def the_map_is_the_model(self) -> None:
        note("\n".join(self.history))
        assert dict(enumerate(self.map.owners)) == self.model
        assert self.map.version == len(self.history) == self.store.head()
        assert decode(encode(self.map)) == self.map
        for key in range(6):
            assert self.map.shard_for(key) == self.single.get(key, self.model[self.map.bucket_for(key)])


Histories.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestHistories = Histories.TestCase
