"""A lease has one holder at a time, and tokens only grow."""

import threading
import time
from pathlib import Path

import pytest

from tenfold_shards import ShardError, lease
from tenfold_shards.lease import LeaseHeld, LeaseLost
from tenfold_shards.store import MapStore, StoreError
from tenfold_shards.store_dynamodb import DynamoStore, create_table
from tenfold_shards.store_folder import FolderStore


@pytest.fixture(params=["folder", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MapStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "maps")
    client = request.getfixturevalue("dynamodb")
    table = f"leases-{tmp_path.name}-{id(request)}"
    create_table(table, client)
    return DynamoStore(table, client=client)


def test_a_second_one_is_refused_and_told_who_has_it(store: MapStore) -> None:
    lease.acquire(store, "orders-1", holder="the first")
    with pytest.raises(LeaseHeld, match="held by the first") as held:
        lease.acquire(store, "orders-1")
    assert held.value.holder == "the first"


def test_leases_of_other_names_are_free(store: MapStore) -> None:
    first = lease.acquire(store, "orders-1")
    second = lease.acquire(store, "orders-2")
    assert second.token > first.token
    first.renew()
    second.renew()


def test_a_released_lease_is_free_at_once_and_the_token_grows(store: MapStore) -> None:
    tokens: list[int] = []
    for _ in range(3):
        with lease.acquire(store, "orders-1", seconds=60) as held:
            tokens.append(held.token)
    assert tokens == sorted(set(tokens))


def test_a_dead_holder_is_followed_after_its_time_and_not_before(store: MapStore) -> None:
    dead = lease.acquire(store, "orders-1", seconds=0.6)
    began = time.monotonic()
    with pytest.raises(LeaseHeld):
        lease.acquire(store, "orders-1", wait_seconds=0.2)
    follower = lease.acquire(store, "orders-1", wait_seconds=5)
    assert time.monotonic() - began >= 0.6
    assert follower.token > dead.token


def test_a_renewed_lease_is_kept_for_longer_than_its_time(store: MapStore) -> None:
    held = lease.acquire(store, "orders-1", seconds=0.8)
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(0.1):
            held.renew()

    renewing = threading.Thread(target=renew)
    renewing.start()
    try:
        with pytest.raises(LeaseHeld):
            lease.acquire(store, "orders-1", wait_seconds=2)
    finally:
        stop.set()
        renewing.join()
    assert held.remaining_seconds > 0.4


def test_a_lease_that_another_one_took_cannot_be_renewed_and_is_not_released_for_it(store: MapStore) -> None:
    late = lease.acquire(store, "orders-1", seconds=0.3)
    taken = lease.acquire(store, "orders-1", seconds=60, wait_seconds=5)
    assert late.remaining_seconds == 0
    with pytest.raises(LeaseLost, match="not ours any more"):
        late.renew()
    late.release()
    taken.renew()
    with pytest.raises(LeaseHeld):
        lease.acquire(store, "orders-1")


def test_many_that_want_it_have_it_one_after_the_other(store: MapStore) -> None:
    inside, most, tokens = 0, 0, list[int]()
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with lease.acquire(store, "orders-1", seconds=30, wait_seconds=60) as held:
            with guard:
                inside += 1
                most = max(most, inside)
                tokens.append(held.token)
            time.sleep(0.01)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert len(tokens) == 8
    assert tokens == sorted(set(tokens))


def test_leases_that_cannot_be_read_are_refused(store: MapStore) -> None:
    store.write_leases("[]", 0)
    with pytest.raises(StoreError, match="leases cannot be read"):
        lease.acquire(store, "orders-1")


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_lease_that_is_over_before_it_is_there_is_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ShardError, match="lasts more than 0 s"):
        lease.acquire(FolderStore(tmp_path), "move", seconds=seconds)
