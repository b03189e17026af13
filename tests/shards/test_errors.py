"""Errors cross a process border as they are: a pool of workers hands them to whoever waits."""

import pickle

import pytest

from tenfold_shards import Conflict, Fault, KeyRefused, MapError, ShardError, StaleMap, StoreError
from tenfold_shards.connections import UnknownShard
from tenfold_shards.fence import FenceError, FreezeTimeout
from tenfold_shards.lease import LeaseHeld, LeaseLost


def every(kind: type[ShardError]) -> set[type[ShardError]]:
    return {kind}.union(*(every(below) for below in kind.__subclasses__()))


ERRORS = [
    ShardError("x"),
    KeyRefused("x"),
    MapError([Fault("$.version", "is none")]),
    StaleMap(1, 2),
    StaleMap(1),
    Conflict(2, 3),
    StoreError("x"),
    LeaseHeld("move", "host:1", 30.0, 0.5),
    LeaseLost("x"),
    FenceError("x"),
    FreezeTimeout(3, 5.0),
    UnknownShard("x"),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_is_the_same_after_it_was_sent(error: ShardError) -> None:
    sent = pickle.loads(pickle.dumps(error))
    assert type(sent) is type(error)
    assert (str(sent), vars(sent)) == (str(error), vars(error))


def test_none_is_left_out_here() -> None:
    assert {type(error) for error in ERRORS} == every(ShardError)
