"""Both stores by one set of tests: one winner per version, and nothing lost whatever is killed when."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenfold_shards import Conflict, ShardMap, diff, encode
from tenfold_shards.store import MapStore, StoreError, rollback
from tenfold_shards.store_dynamodb import DynamoStore, create_table
from tenfold_shards.store_folder import FolderStore

Open = Callable[[], MapStore]


@pytest.fixture(params=["folder", "dynamodb"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same, empty store again and again."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "maps")
    client: Any = request.getfixturevalue("dynamodb")
    table = f"maps-{uuid.uuid4().hex}"
    create_table(table, client)
    return lambda: DynamoStore(table, "orders", client)


@pytest.fixture
def store(open_store: Open) -> MapStore:
    return open_store()


def version(number: int, owner: str = "a") -> ShardMap:
    return replace(ShardMap.create(["a", "b"]), version=number, owners=(owner,) * 16384)


def test_an_empty_store_has_no_version_and_says_so(store: MapStore) -> None:
    assert (store.head(), store.versions(), store.history()) == (0, [], [])
    with pytest.raises(StoreError, match="publish version 1 first"):
        store.load()


def test_what_was_published_is_read_back_by_whoever_opens_the_store(open_store: Open) -> None:
    first, second = version(1), version(2, "b")
    open_store().publish(first)
    open_store().publish(second)
    assert open_store().head() == 2
    assert open_store().load() == second
    assert open_store().load(1) == first
    assert open_store().versions() == [1, 2]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_map_that_does_not_follow_the_version_in_force_is_refused(store: MapStore, number: int) -> None:
    store.publish(version(1))
    store.publish(version(2))
    with pytest.raises(Conflict) as conflict:
        store.publish(version(number, "b"))
    assert (conflict.value.version, conflict.value.current) == (number, 2)
    assert store.load() == version(2)
    assert store.versions() == [1, 2]


def test_the_first_version_is_one(store: MapStore) -> None:
    with pytest.raises(Conflict):
        store.publish(version(2))
    assert store.head() == 0


def test_a_version_that_is_not_there_is_named_with_the_one_in_force(store: MapStore) -> None:
    store.publish(version(1))
    with pytest.raises(StoreError, match=r"version 7 .* in force there is 1"):
        store.load(7)


def test_history_tells_the_newest_first_and_when(store: MapStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    for number in range(1, 6):
        store.publish(version(number))
    history = store.history(limit=3)
    assert [one.version for one in history] == [5, 4, 3]
    late = datetime.now(UTC) + timedelta(seconds=2)
    assert all(one.published_at and before < one.published_at < late for one in history)


def test_a_rollback_is_a_new_version_that_says_what_the_old_one_said(store: MapStore) -> None:
    store.publish(version(1, "a"))
    store.publish(version(2, "b"))
    assert rollback(store, 1) == version(3, "a")
    assert store.load() == version(3, "a")
    assert store.load(2) == version(2, "b")
    assert diff(store.load(1), store.load(3)).moved == 0
    assert diff(store.load(2), store.load(3)).moved == 16384


def test_of_many_that_publish_at_once_exactly_one_wins_each_version(open_store: Open) -> None:
    open_store().publish(version(1))
    stores = [open_store() for _ in range(8)]
    behind: list[int] = []

    def publish(publisher: int) -> list[int]:
        won: list[int] = []
        own = "ab"[publisher % 2]
        while (head := stores[publisher].head()) < 12:
            try:
                stores[publisher].publish(version(head + 1, own))
                won.append(head + 1)
            except Conflict as conflict:
                behind.append(conflict.current - head)
        return won

    with ThreadPoolExecutor(8) as executor:
        won = list(executor.map(publish, range(8)))
    numbers = sorted(number for one in won for number in one)
    assert numbers == sorted(set(numbers))
    assert min(behind, default=1) >= 1  # who lost was told of a version that is there
    assert open_store().versions() == [1, *numbers]
    for publisher, mine in enumerate(won):
        for number in mine:
            assert open_store().load(number).owners[0] == "ab"[publisher % 2]


def test_leases_are_replaced_by_one_of_many(open_store: Open) -> None:
    stores = [open_store() for _ in range(8)]
    with ThreadPoolExecutor(8) as executor:
        for revision in range(5):
            written = list(executor.map(lambda n, at=revision: stores[n].write_leases(f"{at}:{n}", at), range(8)))
            assert written.count(True) == 1
            leases = open_store().read_leases()
            assert (leases.revision, leases.text) == (revision + 1, f"{revision}:{written.index(True)}")


PUBLISHER = """
import sys
from tenfold_shards import Conflict, ShardMap
from tenfold_shards.store_folder import FolderStore
from dataclasses import replace
store, base, mine = FolderStore(sys.argv[1]), ShardMap.create(["a", "b"]), int(sys.argv[2])
print("ready", flush=True)
count = 0
while True:
    head = store.head()
    count += 1
    owners = ("b",) * mine + ("a",) * (16384 - mine)
    try:
        store.publish(replace(base, version=head + 1, owners=owners))
        print(head + 1, flush=True)
    except Conflict:
        pass
    leases = store.read_leases()
    store.write_leases(str(mine) * 2000, leases.revision)
"""


@pytest.mark.parametrize("seed", range(2))
def test_publishers_killed_at_any_point_lose_no_version_and_tear_none(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "maps"
    acknowledged: dict[int, int] = {}
    # A slow machine publishes less before it is killed.
    for turn in range(40):
        if turn >= 8 and len(acknowledged) > 20:
            break
        publishers = {
            mine: subprocess.Popen(
                [sys.executable, "-c", PUBLISHER, str(folder), str(mine)], stdout=subprocess.PIPE, text=True
            )
            for mine in (100 + turn, 200 + turn)
        }
        for process in publishers.values():
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.01, 0.2))
        for process in publishers.values():
            os.kill(process.pid, signal.SIGKILL)
        for mine, process in publishers.items():
            for line in process.communicate()[0].splitlines(keepends=True):
                if line.endswith("\n"):
                    assert int(line) not in acknowledged
                    acknowledged[int(line)] = mine
        store = FolderStore(folder)
        assert store.versions() == list(range(1, store.head() + 1))
        assert len(set(store.read_leases().text[:3])) <= 3
        assert len(store.read_leases().text) in (0, 6000)
    store = FolderStore(folder)
    assert len(acknowledged) > 20
    for number, mine in acknowledged.items():
        assert store.load(number).counts()["b"] == mine
    for number in store.versions():
        store.load(number)


def test_what_a_killed_publisher_left_is_no_version_and_goes_when_it_is_old(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.publish(version(1))
    for name, age in (("old.tmp", 7200), ("young.tmp", 5)):
        (tmp_path / name).write_text("{")
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    store.publish(version(2))
    assert store.versions() == [1, 2]
    assert sorted(path.name for path in tmp_path.glob("*.tmp")) == ["young.tmp"]


def test_a_file_holds_the_canonical_text_so_that_diff_shows_the_difference(tmp_path: Path) -> None:
    FolderStore(tmp_path).publish(version(1))
    assert (tmp_path / "00000001.json").read_text() == encode(version(1))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "does not hold a shard map"), (b"\xff", "does not hold"), (encode(version(2)).encode(), "holds version 2")],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "00000001.json").write_bytes(content)
    with pytest.raises(StoreError, match=said) as refused:
        FolderStore(tmp_path).load()
    assert "00000001.json" in str(refused.value)


class AnswersLost:
    """A client whose requests arrive and whose answers do not, so that each is sent again."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        def twice(**request: Any) -> Any:
            getattr(self._client, name)(**request)
            return getattr(self._client, name)(**request)

        return twice if name in ("transact_write_items", "put_item") else getattr(self._client, name)


def test_a_publication_whose_answer_was_lost_is_known_as_ones_own(dynamodb: Any) -> None:
    table = f"maps-{uuid.uuid4().hex}"
    create_table(table, dynamodb)
    store = DynamoStore(table, "orders", AnswersLost(dynamodb))
    store.publish(version(1))
    assert store.load() == version(1)
    assert store.write_leases("x", 0)
    with pytest.raises(Conflict):
        DynamoStore(table, "orders", dynamodb).publish(version(1))


def test_maps_of_other_names_in_the_table_are_other_maps(dynamodb: Any) -> None:
    table = f"maps-{uuid.uuid4().hex}"
    create_table(table, dynamodb)
    DynamoStore(table, "orders", dynamodb).publish(version(1))
    assert DynamoStore(table, "users", dynamodb).head() == 0


def test_a_table_that_is_not_there_is_named(dynamodb: Any) -> None:
    with pytest.raises(StoreError, match="no table nowhere"):
        DynamoStore("nowhere", client=dynamodb).head()


def test_a_map_too_large_for_an_item_is_refused_before_it_is_sent(dynamodb: Any) -> None:
    from tenfold_shards import Override, canonical

    keys = sorted((random.Random(n).randbytes(40) for n in range(12_000)), key=canonical)
    large = replace(version(1), overrides=tuple(Override(key, "a") for key in keys))
    with pytest.raises(StoreError, match="an item of DynamoDB holds 390,000"):
        DynamoStore("nowhere", client=dynamodb).publish(large)


def test_damaged_leases_are_refused_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "leases.json").write_text(json.dumps({"revision": 1}))
    with pytest.raises(StoreError, match=r"leases\.json does not hold leases"):
        FolderStore(tmp_path).read_leases()


def test_a_file_whose_lines_end_otherwise_is_no_canonical_text(tmp_path: Path) -> None:
    (tmp_path / "00000001.json").write_bytes(encode(version(1)).replace("\n", "\r\n").encode())
    with pytest.raises(StoreError, match="not in the canonical form"):
        FolderStore(tmp_path).load()


def test_files_with_names_that_no_version_gets_are_no_versions(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.publish(version(1))
    for name in ("00000000.json", "000000002.json", "0000003.json", "00000004.json.bak"):
        (tmp_path / name).write_text(encode(version(2)))
    assert (store.head(), store.versions()) == (1, [1])
    store.publish(version(2))
    assert store.load() == version(2)


def test_versions_beyond_eight_digits_are_versions(tmp_path: Path) -> None:
    (tmp_path / "100000000.json").write_text(encode(version(100_000_000)))
    assert FolderStore(tmp_path).load() == version(100_000_000)


def test_version_0_is_none_that_could_be_asked_for(store: MapStore) -> None:
    store.publish(version(1))
    with pytest.raises(StoreError, match=r"version 0 .* in force there is 1"):
        store.load(0)


def test_every_request_to_a_table_that_is_not_there_is_refused_in_words(dynamodb: Any) -> None:
    store = DynamoStore("nowhere", client=dynamodb)
    requests: list[Callable[[], object]] = [
        store.history,
        store.read_leases,
        lambda: store.publish(version(1)),
        lambda: store.write_leases("x", 0),
    ]
    for request in requests:
        with pytest.raises(StoreError, match="no table nowhere"):
            request()


def test_a_first_version_that_came_with_its_table_is_one_like_the_others(dynamodb: Any) -> None:
    table = f"maps-{uuid.uuid4().hex}"
    create_table(table, dynamodb)
    key = {"map": {"S": "orders"}}
    first = {**key, "item": {"S": "version#0000000001"}, "text": {"S": encode(version(1))}}
    dynamodb.put_item(TableName=table, Item=first)
    dynamodb.put_item(TableName=table, Item={**key, "item": {"S": "head"}, "version": {"N": "1"}})
    store = DynamoStore(table, "orders", dynamodb)
    assert store.load() == version(1)
    with pytest.raises(Conflict):
        store.publish(version(1, "b"))
    store.publish(version(2, "b"))
    assert [(one.version, one.published_at is None) for one in store.history()] == [(2, False), (1, True)]
