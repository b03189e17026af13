"""The router on real shards: writes follow the map while it changes, and a shard that is gone costs its rows alone."""

import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

from tenfold_shards import Override, ShardError, ShardMap, StaleMap, fence
from tenfold_shards.connections import Connections, PoolSettings, UnknownShard
from tenfold_shards.router import Router
from tenfold_shards.store_folder import FolderStore

Server = Any


class Cluster:
    """Shards a, b, ..., a map that spreads the buckets over them, and a mover that changes its mind."""

    def __init__(self, folder: Path, uris: list[str]) -> None:
        self.uris = {"abcdef"[index]: uri for index, uri in enumerate(uris)}
        self.store = FolderStore(folder)
        self.store.publish(ShardMap.create(list(self.uris)))
        self.connections = Connections(self.uris, PoolSettings(max_size=6))
        for shard, uri in self.uris.items():
            with psycopg.connect(uri, autocommit=True) as connection:
                fence.install(connection)
                fence.own(connection, fence.held(self.store.load(), shard), epoch=1)
                connection.execute("CREATE TABLE entry (id bigint PRIMARY KEY, value bigint NOT NULL DEFAULT 0)")

    def router(self, **settings: Any) -> Router:
        return Router(self.store, self.connections, **settings)

    def move(self, key: int, target: str) -> None:
        """Move the bucket of a key: freeze, copy, publish, open."""
        now = self.store.load()
        bucket, source = now.bucket_for(key), now.shard_for(key)
        owners = list(now.owners)
        owners[bucket] = target
        after = replace(now, version=now.version + 1, owners=tuple(owners))
        with (
            psycopg.connect(self.uris[source], autocommit=True) as old,
            psycopg.connect(self.uris[target], autocommit=True) as new,
        ):
            fence.freeze(old, [bucket], after.version)
            entries = [row for row in old.execute("SELECT * FROM entry") if now.bucket_for(row[0]) == bucket]
            new.cursor().executemany("INSERT INTO entry VALUES (%s, %s)", entries)
            self.store.publish(after)
            fence.own(new, [bucket], after.version)
            old.execute("DELETE FROM entry WHERE id = ANY(%s)", ([row[0] for row in entries],))

    def entries(self, shard: str) -> dict[int, int]:
        with psycopg.connect(self.uris[shard]) as connection:
            return dict(connection.execute("SELECT id, value FROM entry").fetchall())


@pytest.fixture
def cluster(databases: Callable[[int], list[str]], tmp_path: Path) -> Generator[Cluster]:
    made = Cluster(tmp_path / "maps", databases(3))
    yield made
    made.connections.close()


def insert(router: Router, key: int) -> None:
    with router.connection(key) as connection:
        connection.execute("INSERT INTO entry (id) VALUES (%s)", (key,))


def test_a_router_without_connections_routes_and_says_what_it_lacks(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.publish(ShardMap.create(["a", "b", "c"]))
    router = Router(store)
    keys = list(range(200))
    assert router.shards_for(keys) == [router.shard_for(key) for key in keys]
    assert {router.shard_for(key) for key in keys} == {"a", "b", "c"}
    with pytest.raises(ShardError, match="made without connections"), router.connection(1):
        pass


def test_a_write_goes_to_the_shard_of_its_key_and_nowhere_else(cluster: Cluster) -> None:
    router = cluster.router()
    for key in range(30):
        insert(router, key)
    for shard in cluster.uris:
        assert set(cluster.entries(shard)) == {key for key in range(30) if router.shard_for(key) == shard}


def test_an_error_in_the_transaction_rolls_it_back(cluster: Cluster) -> None:
    router = cluster.router()

    def write() -> None:
        with router.connection(1) as connection:
            connection.execute("INSERT INTO entry (id) VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert cluster.entries(router.shard_for(1)) == {}


def test_a_connection_for_reads_cannot_write(cluster: Cluster) -> None:
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        cluster.router().connection(1, read_only=True) as connection,
    ):
        connection.execute("INSERT INTO entry (id) VALUES (1)")


@pytest.mark.parametrize("level", [None, IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_a_write_by_an_old_map_reads_the_map_again_and_goes_to_the_new_owner(
    cluster: Cluster, level: IsolationLevel | None
) -> None:
    router = cluster.router()
    insert(router, 1)
    source = router.shard_for(1)
    target = next(shard for shard in cluster.uris if shard != source)
    cluster.move(1, target)
    assert router.map.version == 1
    with router.connection(1, isolation=level) as connection:
        connection.execute("UPDATE entry SET value = 5 WHERE id = 1")
        assert connection.execute("SHOW transaction_isolation").fetchone() == (
            level.name.lower().replace("_", " ") if level else "read committed",
        )
    assert router.map.version == 2
    assert cluster.entries(target) == {1: 5}
    assert cluster.entries(source) == {}


def test_a_write_waits_for_a_bucket_at_rest_and_tells_when_it_stays_so(cluster: Cluster) -> None:
    router = cluster.router(write_seconds=0.3)
    shard, bucket = router.shard_for(1), router.map.bucket_for(1)
    with psycopg.connect(cluster.uris[shard], autocommit=True) as mover:
        fence.freeze(mover, [bucket], epoch=2)
        began = time.monotonic()
        with pytest.raises(StaleMap) as stale:
            insert(router, 1)
        assert time.monotonic() - began >= 0.3
        assert (stale.value.seen, stale.value.current) == (1, 2)
        assert cluster.entries(shard) == {}

        patient = cluster.router(write_seconds=20)
        writing = threading.Thread(target=insert, args=(patient, 1))
        writing.start()
        time.sleep(0.1)
        cluster.store.publish(replace(cluster.store.load(), version=2))
        fence.own(mover, [bucket], epoch=2)
        writing.join(timeout=10)
    assert cluster.entries(shard) == {1: 0}


def test_a_key_that_is_isolated_is_written_where_the_override_says_by_old_routers_too(cluster: Cluster) -> None:
    router = cluster.router()
    source, bucket = router.shard_for(1), router.map.bucket_for(1)
    target = next(shard for shard in cluster.uris if shard != source)
    after = replace(router.map, version=2, overrides=(Override(1, target),))
    with (
        psycopg.connect(cluster.uris[source], autocommit=True) as old,
        psycopg.connect(cluster.uris[target], autocommit=True) as new,
    ):
        fence.freeze(old, [bucket], 2)
        cluster.store.publish(after)
        fence.own(old, fence.held(after, source) & {bucket}, 2)
        fence.own(new, fence.held(after, target) & {bucket}, 2)
    insert(router, 1)
    assert cluster.entries(target) == {1: 0}
    assert cluster.entries(source) == {}


def test_work_is_run_again_where_the_database_could_not_serialize_it(cluster: Cluster) -> None:
    router = cluster.router()
    insert(router, 1)

    def add(connection: psycopg.Connection[Any]) -> None:
        (value,) = connection.execute("SELECT value FROM entry WHERE id = 1").fetchone() or (0,)
        time.sleep(0.002)
        connection.execute("UPDATE entry SET value = %s WHERE id = 1", (value + 1,))

    def work() -> None:
        for _ in range(5):
            router.write(1, add, isolation=IsolationLevel.REPEATABLE_READ)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cluster.entries(router.shard_for(1)) == {1: 20}


def test_a_hint_is_followed_in_the_background_and_no_timer_reads_the_store(cluster: Cluster) -> None:
    asked: list[int] = []

    class Counting(FolderStore):
        def head(self) -> int:
            asked.append(1)
            return super().head()

    router = Router(Counting(cluster.store.folder))
    cluster.store.publish(replace(cluster.store.load(), version=2))
    before = len(asked)
    time.sleep(0.4)
    assert len(asked) == before
    router.hint(1)
    router.hint(2)
    deadline = time.monotonic() + 5
    while router.map.version < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert router.map.version == 2
    settled = len(asked)
    router.hint(9)  # of a version that is not there
    time.sleep(0.4)
    assert len(asked) - settled <= 2
    router.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "shard-map"]


def test_many_refused_writers_read_the_map_once(cluster: Cluster) -> None:
    loads: list[int] = []

    class Counting(FolderStore):
        def load(self, version: int | None = None) -> ShardMap:
            loads.append(1)
            time.sleep(0.05)
            return super().load(version)

    router = Router(Counting(cluster.store.folder), cluster.connections)
    cluster.store.publish(replace(cluster.store.load(), version=2))
    threads = [threading.Thread(target=router.refresh, args=(1,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert router.map.version == 2
    assert len(loads) == 2


def test_threads_write_on_while_a_mover_moves_their_buckets_and_every_write_is_found(cluster: Cluster) -> None:
    router = cluster.router()
    keys = [1, 2, 3, 4]
    for key in keys:
        insert(router, key)
    acknowledged = dict.fromkeys(keys, 0)
    stop, errors = threading.Event(), list[Exception]()
    versions: list[int] = []

    def add(connection: psycopg.Connection[Any], key: int) -> None:
        changed = connection.execute("UPDATE entry SET value = value + 1 WHERE id = %s", (key,))
        assert changed.rowcount == 1

    def work(key: int) -> None:
        try:
            while not stop.is_set():
                router.write(key, lambda connection: add(connection, key))
                acknowledged[key] += 1
                versions.append(router.map.version)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for turn in range(30):
        key = keys[turn % 2]  # 3 and 4 stay where they are
        others = [shard for shard in cluster.uris if shard != cluster.store.load().shard_for(key)]
        cluster.move(key, others[turn % 2])
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert min(acknowledged.values()) > 10
    assert len(set(versions)) > 10  # the writers did follow the moves
    final = cluster.store.load()
    for key in keys:
        assert cluster.entries(final.shard_for(key))[key] == acknowledged[key]


def test_connections_to_a_server_that_restarted_are_replaced_before_a_write(cluster: Cluster) -> None:
    router = cluster.router()
    insert(router, 1)
    with psycopg.connect(cluster.uris[router.shard_for(1)], autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'tenfold-shards' AND datname = current_database()"
        )
    time.sleep(0.1)
    with router.connection(1) as connection:
        connection.execute("UPDATE entry SET value = 1 WHERE id = 1")
    assert cluster.entries(router.shard_for(1)) == {1: 1}


def test_a_shard_without_a_connection_string_is_named_and_can_be_added(cluster: Cluster) -> None:
    connections = Connections({"a": cluster.uris["a"]})
    with pytest.raises(UnknownShard, match=r"'b'.*\(there are: a\)"):
        connections.pool("b")
    connections.add("b", cluster.uris["b"])
    with connections.read("b") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    connections.close()


def test_scatter_finds_the_rows_of_all_shards(cluster: Cluster) -> None:
    router = cluster.router()
    for key in range(40):
        insert(router, key)
    result = router.scatter("SELECT id FROM entry WHERE id >= %s ORDER BY id", (10,))
    assert sorted(result.all_rows()) == [(key,) for key in range(10, 40)]
    assert result.complete
    assert result.version == 1
    some = router.scatter("SELECT id FROM entry", shards=["a"])
    assert set(some.rows) == {"a"}


def test_scatter_ends_at_the_limit_and_says_so_only_if_there_was_more(cluster: Cluster) -> None:
    router = cluster.router()
    for key in range(12):
        insert(router, key)
    fits = router.scatter("SELECT id FROM entry", limit=13)
    assert (len(fits.all_rows()), fits.complete) == (12, True)
    ended = router.scatter("SELECT id FROM entry", limit=5)
    assert (len(ended.all_rows()), ended.limited, ended.complete) == (5, True, False)


def test_scatter_leaves_out_copies_that_the_map_does_not_name(cluster: Cluster) -> None:
    router = cluster.router()
    insert(router, 1)
    other = next(shard for shard in cluster.uris if shard != router.shard_for(1))
    with psycopg.connect(cluster.uris[other], autocommit=True) as connection:
        connection.execute("INSERT INTO entry VALUES (1, -1)")
    assert len(router.scatter("SELECT id, value FROM entry").all_rows()) == 2
    assert router.scatter("SELECT id, value FROM entry", key=lambda row: row[0]).all_rows() == [(1, 0)]


def test_scatter_reports_a_slow_shard_and_one_that_refuses_beside_the_rows_of_the_rest(cluster: Cluster) -> None:
    router = cluster.router()
    for shard, value in (("a", 60), ("b", 0)):
        with psycopg.connect(cluster.uris[shard], autocommit=True) as connection:
            connection.execute(f"CREATE VIEW answer AS SELECT pg_sleep({value})::text AS said, 7 AS seven".encode())
    began = time.monotonic()
    result = router.scatter("SELECT seven, said FROM answer", timeout_seconds=0.5)
    assert time.monotonic() - began < 3
    assert result.rows == {"b": [(7, "")]}
    assert result.failures["a"].timed_out
    assert not result.failures["c"].timed_out
    assert 'relation "answer" does not exist' in result.failures["c"].message
    assert not result.complete


def test_scatter_asks_no_more_shards_at_a_time_than_allowed(cluster: Cluster) -> None:
    router = cluster.router()
    began = time.monotonic()
    assert router.scatter("SELECT pg_sleep(0.3)", concurrency=1).complete
    one_by_one = time.monotonic() - began
    began = time.monotonic()
    assert router.scatter("SELECT pg_sleep(0.3)", concurrency=3).complete
    assert one_by_one >= 0.9
    assert time.monotonic() - began < 0.8


def test_scatter_gives_up_a_server_that_does_not_answer_at_all(
    cluster: Cluster, start_server: Callable[[], Server]
) -> None:
    """The server is stopped in its tracks: it takes the connection and says nothing."""
    server = start_server()
    connections = Connections({**cluster.uris, "b": server.uri})
    router = Router(cluster.store, connections)
    assert router.scatter("SELECT 1").complete
    children = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
    stopped = [server.pid, *children]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        result = router.scatter("SELECT 1", timeout_seconds=0.5)
        assert time.monotonic() - began < 3
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert set(result.rows) == {"a", "c"}
    assert result.failures["b"].timed_out
    time.sleep(0.2)
    connections.close()


def test_scatter_refuses_shards_that_the_map_does_not_have(cluster: Cluster) -> None:
    with pytest.raises(ShardError, match="version 1 has no shard z"):
        cluster.router().scatter("SELECT 1", shards=["a", "z"])
