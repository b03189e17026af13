"""The fence on a real PostgreSQL: no stale write passes, however transactions interleave."""

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

from tenfold_shards import fence
from tenfold_shards.errors import StaleMap
from tenfold_shards.fence import FenceError, FreezeTimeout

Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]

EVERY_LEVEL = pytest.mark.parametrize(
    "level", [IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE]
)
BUCKET = 7

INSERT = """
    WITH admitted AS (
        SELECT FROM tenfold.fence WHERE bucket = %(bucket)s AND owned AND epoch <= %(version)s FOR KEY SHARE
    )
    INSERT INTO account (id, balance) SELECT %(id)s, 1 FROM admitted
"""
UPDATE = """
    WITH admitted AS (
        SELECT FROM tenfold.fence WHERE bucket = %(bucket)s AND owned AND epoch <= %(version)s FOR KEY SHARE
    )
    UPDATE account SET balance = balance + 1 WHERE id = %(id)s AND EXISTS (SELECT FROM admitted)
"""
DELETE = """
    WITH admitted AS (
        SELECT FROM tenfold.fence WHERE bucket = %(bucket)s AND owned AND epoch <= %(version)s FOR KEY SHARE
    )
    DELETE FROM account WHERE id = %(id)s AND EXISTS (SELECT FROM admitted)
"""


@pytest.fixture
def connect(databases: Callable[[int], list[str]]) -> Generator[Connect]:
    """Connections to one shard, which owns bucket 7 since version 3 and has an account 1."""
    (uri,) = databases(1)
    opened: list[Connection] = []

    def connect(level: IsolationLevel | None = None) -> Connection:
        connection = psycopg.connect(uri, autocommit=True)
        connection.isolation_level = level
        opened.append(connection)
        return connection

    with psycopg.connect(uri, autocommit=True) as first:
        fence.install(first)
        fence.own(first, [BUCKET, 8], epoch=3)
        first.execute("CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL)")
        first.execute("INSERT INTO account VALUES (1, 0)")
    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def in_background() -> Generator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=8) as executor:
        yield executor


def accounts(connection: Connection) -> dict[int, int]:
    return dict(connection.execute("SELECT id, balance FROM account").fetchall())


def wait_until_blocked(connection: Connection, pid: int) -> None:
    """Until that backend waits for another's lock: then the interleaving that the test is about is there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if connection.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (pid,)).fetchone() == (True,):
            return
        time.sleep(0.005)
    raise AssertionError("nobody waits")


@EVERY_LEVEL
def test_a_write_with_the_current_map_is_taken(connect: Connect, level: IsolationLevel) -> None:
    writer = connect(level)
    for version in (3, 4):
        with writer.transaction():
            fence.admit(writer, BUCKET, version)
            writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
    assert accounts(writer) == {1: 2}


@EVERY_LEVEL
@pytest.mark.parametrize(("bucket", "version", "current"), [(BUCKET, 2, 3), (9, 3, 0)])
def test_a_stale_write_is_refused_and_told_the_shards_version(
    connect: Connect, level: IsolationLevel, bucket: int, version: int, current: int
) -> None:
    writer = connect(level)

    def write() -> None:
        with writer.transaction():
            writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
            fence.admit(writer, bucket, version)

    with pytest.raises(StaleMap) as refused:
        write()
    assert (refused.value.seen, refused.value.current) == (version, current)
    assert accounts(writer) == {1: 0}


def test_a_refusal_ends_the_transaction_even_if_the_application_goes_on(connect: Connect) -> None:
    writer = connect()
    writer.execute("BEGIN")
    with suppress(StaleMap):
        fence.admit(writer, BUCKET, 2)
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
    writer.execute("COMMIT")
    assert accounts(writer) == {1: 0}


@EVERY_LEVEL
@pytest.mark.parametrize(("statement", "row"), [(INSERT, 2), (UPDATE, 1), (DELETE, 1)])
def test_the_documented_statements_write_with_a_current_map_and_change_no_row_with_a_stale_one(
    connect: Connect, level: IsolationLevel, statement: str, row: int
) -> None:
    writer = connect(level)
    before = accounts(writer)
    for bucket, version in ((BUCKET, 2), (9, 5)):
        stale = writer.execute(statement.encode(), {"bucket": bucket, "version": version, "id": row})
        assert stale.rowcount == 0
    assert accounts(writer) == before
    taken = writer.execute(statement.encode(), {"bucket": BUCKET, "version": 3, "id": row})
    assert taken.rowcount == 1
    assert accounts(writer) != before


def test_the_statements_in_the_documentation_are_the_ones_tested_here() -> None:
    written = " ".join((fence.__doc__ or "").replace(":", "").split())
    for statement in (INSERT, UPDATE):
        check = statement.split("WITH admitted AS (")[1].split(")\n")[0]
        check = check.replace("%(bucket)s", "bucket").replace("%(version)s", "version")
        assert " ".join(check.split()) in written
    assert "SELECT id, balance FROM admitted" in written
    assert "WHERE id = id AND EXISTS (SELECT FROM admitted)" in written


@EVERY_LEVEL
def test_a_freeze_waits_for_a_write_under_way_and_the_write_counts(
    connect: Connect, level: IsolationLevel, in_background: ThreadPoolExecutor
) -> None:
    writer, mover, watcher = connect(level), connect(), connect()
    with writer.transaction():
        fence.admit(writer, BUCKET, 3)
        frozen = in_background.submit(fence.freeze, mover, [BUCKET], 4)
        wait_until_blocked(watcher, mover.info.backend_pid)
        writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
        assert not frozen.done()
    frozen.result(timeout=10)
    assert accounts(mover) == {1: 1}
    assert fence.rows(mover)[BUCKET] == fence.FenceRow(epoch=4, owned=False, token=0)


@EVERY_LEVEL
def test_while_a_freeze_waits_new_writers_are_refused_so_that_it_cannot_starve(
    connect: Connect, level: IsolationLevel, in_background: ThreadPoolExecutor
) -> None:
    first, second, mover, watcher = connect(level), connect(level), connect(), connect()
    with first.transaction():
        fence.admit(first, BUCKET, 3)
        frozen = in_background.submit(fence.freeze, mover, [BUCKET], 4)
        wait_until_blocked(watcher, mover.info.backend_pid)
        with pytest.raises(StaleMap), second.transaction():
            fence.admit(second, BUCKET, 3)
    frozen.result(timeout=10)


@EVERY_LEVEL
@pytest.mark.parametrize("form", ["function", "statement"])
def test_a_write_whose_snapshot_is_older_than_the_freeze_is_refused(
    connect: Connect, level: IsolationLevel, form: str
) -> None:
    writer, mover = connect(level), connect()
    with stale_or_zero(level), writer.transaction():
        writer.execute("SELECT count(*) FROM account")  # the snapshot, where the level keeps one
        fence.freeze(mover, [BUCKET], epoch=4)
        if form == "function":
            fence.admit(writer, BUCKET, 3)
            writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
        else:
            written = writer.execute(UPDATE.encode(), {"bucket": BUCKET, "version": 3, "id": 1})
            if written.rowcount == 0:
                raise ZeroRows
    assert accounts(mover) == {1: 0}


class ZeroRows(Exception):  # noqa: N818
    pass


@contextmanager
def stale_or_zero(level: IsolationLevel) -> Generator[None]:
    """Refused at READ COMMITTED, not serializable at the others; a statement with the check in it changes no row."""
    try:
        yield
    except ZeroRows:
        assert level == IsolationLevel.READ_COMMITTED
    except StaleMap:
        assert level == IsolationLevel.READ_COMMITTED
    except psycopg.errors.SerializationFailure:
        assert level != IsolationLevel.READ_COMMITTED
    else:
        raise AssertionError("a stale write was taken")


@EVERY_LEVEL
@pytest.mark.parametrize("form", ["function", "statement"])
def test_a_write_that_waits_inside_its_statement_while_the_freeze_happens_is_refused(
    connect: Connect, level: IsolationLevel, form: str, in_background: ThreadPoolExecutor
) -> None:
    """The statement has its snapshot, and comes to the fence only after the freeze is done."""
    writer, mover, watcher, holder = connect(level), connect(), connect(), connect()
    if form == "function":
        # The wait is before the check and inside its statement, so the snapshot is older than the freeze.
        text = "SELECT tenfold.admit(7, 3) FROM (SELECT pg_advisory_xact_lock(1) OFFSET 0) AS waited"
    else:
        text = (
            "WITH waited AS MATERIALIZED (SELECT pg_advisory_xact_lock(1)), admitted AS (SELECT FROM tenfold.fence, "
            "waited WHERE bucket = 7 AND owned AND epoch <= 3 FOR KEY SHARE OF fence)"
            " INSERT INTO account (id, balance) SELECT 2, 1 FROM admitted"
        )

    def write() -> int:
        with writer.transaction(), fence.stale_map_raised(3):
            done = writer.execute(text.encode()).rowcount
            if form == "function":
                return writer.execute("INSERT INTO account VALUES (2, 1)").rowcount
            return done

    holder.execute("SELECT pg_advisory_lock(1)")
    written = in_background.submit(write)
    wait_until_blocked(watcher, writer.info.backend_pid)
    fence.freeze(mover, [BUCKET], epoch=4)
    holder.execute("SELECT pg_advisory_unlock(1)")
    assert changed_rows(written) == 0
    assert accounts(mover) == {1: 0}


def changed_rows(written: Future[int]) -> int:
    try:
        return written.result(timeout=10)
    except (StaleMap, psycopg.errors.SerializationFailure):
        return 0


def test_buckets_that_do_not_move_are_written_all_along(connect: Connect, in_background: ThreadPoolExecutor) -> None:
    holder, writer, mover, watcher = connect(), connect(), connect(), connect()
    with holder.transaction():
        fence.admit(holder, BUCKET, 3)
        frozen = in_background.submit(fence.freeze, mover, [BUCKET], 4)
        wait_until_blocked(watcher, mover.info.backend_pid)
        with writer.transaction():
            fence.admit(writer, 8, 3)
            writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
    frozen.result(timeout=10)
    with writer.transaction():
        fence.admit(writer, 8, 3)


def test_a_freeze_that_waits_too_long_gives_up_and_writes_are_taken_again(connect: Connect) -> None:
    holder, writer, mover = connect(), connect(), connect()
    with holder.transaction():
        fence.admit(holder, BUCKET, 3)
        with pytest.raises(FreezeTimeout, match=r"after 0\.2 s"):
            fence.freeze(mover, [BUCKET, 8], epoch=4, timeout_seconds=0.2)
        with writer.transaction():
            fence.admit(writer, BUCKET, 3)
            fence.admit(writer, 8, 3)
    fence.freeze(mover, [BUCKET, 8], epoch=4)


def test_after_a_move_was_given_up_the_source_takes_writes_with_the_new_version_only(connect: Connect) -> None:
    writer, mover = connect(), connect()
    fence.freeze(mover, [BUCKET], epoch=4)
    fence.own(mover, [BUCKET], epoch=4)
    with pytest.raises(StaleMap), writer.transaction():
        fence.admit(writer, BUCKET, 3)
    with writer.transaction():
        fence.admit(writer, BUCKET, 4)


def test_a_mover_with_an_older_token_changes_nothing(connect: Connect) -> None:
    mover = connect()
    fence.freeze(mover, [BUCKET], epoch=4, token=12)
    before = fence.rows(mover)
    with pytest.raises(FenceError, match="cannot own 1 of 2 buckets at epoch 4 with token 11"):
        fence.own(mover, [BUCKET, 8], epoch=4, token=11)
    with pytest.raises(FenceError, match="cannot freeze 1 of 2"):
        fence.freeze(mover, [BUCKET, 8], epoch=5, token=11)
    assert fence.rows(mover) == before


class Overtaken:
    """A mover's connection: between the two steps of its freeze another mover with a later lease comes."""

    def __init__(self, connection: Connection, overtake: Callable[[], None]) -> None:
        self._connection, self._overtake = connection, overtake

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str | bytes, *arguments: Any) -> Any:
        if "SET epoch" in str(statement):
            self._overtake()
        return self._connection.execute(statement, *arguments)  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_a_mover_that_is_deposed_while_it_freezes_is_told_so(connect: Connect) -> None:
    def overtake() -> None:
        fence.own(connect(), [BUCKET], epoch=4, token=6)

    with pytest.raises(FenceError, match="another mover was here"):
        fence.freeze(Overtaken(connect(), overtake), [BUCKET, 8], epoch=5, token=5)  # pyright: ignore[reportArgumentType]
    assert fence.rows(connect())[BUCKET] == fence.FenceRow(epoch=4, owned=True, token=6)


def test_an_epoch_never_goes_back(connect: Connect) -> None:
    mover = connect()
    before = fence.rows(mover)
    with pytest.raises(FenceError, match="at epoch 2"):
        fence.own(mover, [BUCKET], epoch=2)
    for epoch in (2, 3):
        with pytest.raises(FenceError, match="epoch=3, owned=True"):
            fence.freeze(mover, [BUCKET], epoch=epoch)
    assert fence.rows(mover) == before


def test_a_bucket_that_is_not_here_cannot_be_frozen(connect: Connect) -> None:
    with pytest.raises(FenceError, match="bucket 9: has no row here"):
        fence.freeze(connect(), [BUCKET, 9], epoch=4)


def test_freezing_again_and_installing_again_change_nothing(connect: Connect) -> None:
    mover = connect()
    fence.freeze(mover, [BUCKET], epoch=4, token=1)
    before = fence.rows(mover)
    fence.freeze(mover, [BUCKET], epoch=4, token=1)
    fence.install(mover)
    assert fence.rows(mover) == before


def test_many_that_install_at_once_all_succeed(
    databases: Callable[[int], list[str]], in_background: ThreadPoolExecutor
) -> None:
    (uri,) = databases(1)

    def install() -> None:
        with psycopg.connect(uri) as connection:
            fence.install(connection)

    for installed in [in_background.submit(install) for _ in range(8)]:
        installed.result(timeout=20)


def test_the_fence_refuses_to_be_asked_outside_a_transaction(connect: Connect) -> None:
    with pytest.raises(FenceError, match="open one first"):
        fence.admit(connect(), BUCKET, 3)


class Shards:
    """Two shards with one bucket between them, writers that never rest, and a mover: what the fence is for.

    A write is an insert into the shard that the writer's map names. The bucket's rows move by a plain copy while the
    source is frozen, so each acknowledged write must be on the shard that owns the bucket in the end, once.
    """

    def __init__(self, uris: list[str], level: IsolationLevel, fenced: bool) -> None:
        self.uris, self.level, self.fenced = uris, level, fenced
        self.published = (1, 0)  # the map: its version, and the index of the owner
        self.acknowledged: list[int] = []
        self.stop = threading.Event()
        for index, uri in enumerate(uris):
            with psycopg.connect(uri, autocommit=True) as connection:
                fence.install(connection)
                connection.execute("CREATE TABLE entry (id bigint PRIMARY KEY)")
                if index == 0:
                    fence.own(connection, [BUCKET], epoch=1)

    def write(self, first: int) -> None:
        connections = [psycopg.connect(uri, autocommit=True) for uri in self.uris]
        for connection in connections:
            connection.isolation_level = self.level
        version, owner = self.published
        number = first
        while not self.stop.is_set():
            try:
                with connections[owner].transaction():
                    if self.fenced:
                        fence.admit(connections[owner], BUCKET, version)
                    connections[owner].execute("INSERT INTO entry VALUES (%s)", (number,))
            except StaleMap:
                version, owner = self.published
            except psycopg.errors.SerializationFailure:
                pass
            else:
                self.acknowledged.append(number)
                time.sleep(0.001)
                number += 1
                if not self.fenced and number % 20 == 0:
                    version, owner = self.published
        for connection in connections:
            connection.close()

    def move(self) -> None:
        version, owner = self.published
        with (
            psycopg.connect(self.uris[owner], autocommit=True) as source,
            psycopg.connect(self.uris[1 - owner], autocommit=True) as target,
        ):
            fence.freeze(source, [BUCKET], version + 1)
            entries = source.execute("SELECT id FROM entry").fetchall()
            source.execute("DELETE FROM entry WHERE id = ANY(%s)", ([one for (one,) in entries],))
            with target.transaction():
                target.cursor().executemany("INSERT INTO entry VALUES (%s) ON CONFLICT DO NOTHING", entries)
            self.published = (version + 1, 1 - owner)
            fence.own(target, [BUCKET], version + 1)

    def run(self, moves: int) -> tuple[int, int]:
        """How many writes were acknowledged, and how many of them are not where the map says."""
        writers = [threading.Thread(target=self.write, args=(n * 10_000_000,)) for n in range(4)]
        for writer in writers:
            writer.start()
        for _ in range(moves):
            self.move()
            time.sleep(0.01)
        self.stop.set()
        for writer in writers:
            writer.join(timeout=30)
        with psycopg.connect(self.uris[self.published[1]]) as connection:
            found = {one for (one,) in connection.execute("SELECT id FROM entry")}
        return len(self.acknowledged), len(set(self.acknowledged) - found)


@EVERY_LEVEL
def test_no_acknowledged_write_is_lost_or_misplaced_over_many_moves_under_load(
    databases: Callable[[int], list[str]], level: IsolationLevel
) -> None:
    acknowledged, misplaced = Shards(databases(2), level, fenced=True).run(moves=40)
    assert acknowledged > 100
    assert misplaced == 0


def test_without_the_fence_the_same_load_does_misplace_writes(databases: Callable[[int], list[str]]) -> None:
    """The negative control: the test above can fail."""
    _, misplaced = Shards(databases(2), IsolationLevel.READ_COMMITTED, fenced=False).run(moves=8)
    assert misplaced > 0


def test_a_fence_that_reads_without_the_lock_does_misplace_a_write(connect: Connect) -> None:
    """The other control: a check before the write, without holding the row, lets a write pass after the freeze."""
    writer, mover = connect(), connect()
    with writer.transaction():
        (admitted,) = writer.execute(
            "SELECT owned AND epoch <= 3 FROM tenfold.fence WHERE bucket = %s", (BUCKET,)
        ).fetchall()
        fence.freeze(mover, [BUCKET], epoch=4)
        writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
    assert admitted == (True,)
    assert accounts(mover) == {1: 1}
